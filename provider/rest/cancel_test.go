package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A list whose context ends between two pages is an error, also where every page
// that was asked for came and the product does not say how many items there are.
func TestCancelledListIsNoList(t *testing.T) {
	for name, page := range map[string]func(at rest.At) rest.Page[string]{
		"numbered": func(at rest.At) rest.Page[string] {
			return rest.Page[string]{Items: []string{fmt.Sprint("item", at.Number)}, Pages: 40, Total: -1}
		},
		"one page": func(rest.At) rest.Page[string] { return rest.Page[string]{Items: []string{"item"}, Total: -1} },
		"by token": func(at rest.At) rest.Page[string] {
			p := rest.Page[string]{Items: []string{fmt.Sprint("item", at.Number)}, Total: -1}
			if at.Number < 40 {
				p.Next = fmt.Sprint("after", at.Number)
			}
			return p
		},
	} {
		for _, cancelAt := range []int{1, 2, 5, 40} {
			if name == "one page" && cancelAt > 1 {
				continue
			}
			t.Run(fmt.Sprint(name, " ", cancelAt), func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				l := rest.List[string]{
					Op: "list things", ID: func(s *string) string { return *s }, Workers: 1,
					Fetch: func(_ context.Context, at rest.At) (rest.Page[string], error) {
						if at.Number == cancelAt {
							cancel()
						}
						return page(at), nil
					},
				}
				var items []string
				var last error
				for item, err := range l.All(ctx) {
					if last = err; err == nil {
						items = append(items, item)
					}
				}
				if len(items) > 0 || !errors.Is(last, context.Canceled) {
					t.Errorf("%d items, error %v", len(items), last)
				}
			})
		}
	}
}

// Waiting ends when the context does: between two tries, and for the budget.
func TestWaitingCanBeCancelled(t *testing.T) {
	for name, c := range map[string]struct {
		status, budget, calls int
	}{
		"between tries":  {status: 503, calls: 1},
		"for the budget": {status: 200, budget: 1, calls: 2},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, c.status, "{}") })
			config := p.config(t)
			config.Budget = c.budget
			config.Wait = func(ctx context.Context, _ time.Duration) error {
				cancel()
				return ctx.Err()
			}
			client := rest.New(config)
			var err error
			for range c.calls {
				err = client.Do(ctx, rest.Call{Op: "list animals", Path: "/animals"}, nil)
			}
			if !errors.Is(err, context.Canceled) || p.requests() != 1 || client.Sent() != 1 {
				t.Errorf("%d requests, %v", p.requests(), err)
			}
		})
	}
}
