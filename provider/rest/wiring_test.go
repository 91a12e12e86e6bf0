package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
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

// Two calls are told to wait, the second one for less time. The second does not
// shorten the pause of the first: it concerns the tenant, not the call.
func TestShorterPauseShortensNone(t *testing.T) {
	both, first := make(chan struct{}), make(chan struct{})
	var arrived sync.WaitGroup
	arrived.Add(2)
	go func() { arrived.Wait(); close(both) }()
	var mu sync.Mutex
	tries := map[string]int{}
	p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		tries[r.URL.Path]++
		try := tries[r.URL.Path]
		mu.Unlock()
		if try > 1 {
			say(w, 200, `{}`)
			return
		}
		arrived.Done()
		<-both
		if r.URL.Path == "/v2/long" {
			w.Header().Set("Retry-After", "60")
		} else {
			<-first // until the other call has its pause
			w.Header().Set("Retry-After", "1")
		}
		say(w, 429, `{}`)
	})
	config := p.config(t)
	var waits []time.Duration
	shortWaits := make(chan struct{})
	config.Wait = func(ctx context.Context, d time.Duration) error { // both pause at once
		mu.Lock()
		waits = append(waits, d)
		n := len(waits)
		mu.Unlock()
		if n == 1 { // the long pause of the first call
			close(first)
			<-shortWaits
			return ctx.Err()
		}
		err := p.Wait(ctx, d) // time passes for both
		if n == 2 {
			close(shortWaits)
		}
		return err
	}
	c := rest.New(config)
	var calls sync.WaitGroup
	for _, path := range []string{"/long", "/short"} {
		calls.Go(func() {
			if err := c.Do(t.Context(), rest.Call{Op: "read", Path: path}, &struct{}{}); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if len(waits) != 2 || waits[0] != time.Minute || waits[1] != time.Minute {
		t.Errorf("waited %v, want a minute each", waits)
	}
}
