package rest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// Where many calls share a small budget, one may be refused time and again because
// the others were faster. Its tries are bounded all the same.
func TestTooManyWhileOthersGetThrough(t *testing.T) {
	for _, c := range []struct {
		name   string
		others bool
	}{
		{"others get through", true},
		{"nobody gets through", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var client *rest.Client
			slow := 0
			p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/quick") {
					say(w, 200, "{}")
					return
				}
				if slow++; slow > 20 {
					say(w, 200, "{}")
					return
				}
				if c.others {
					if err := client.Do(r.Context(), rest.Call{Op: "be quick", Path: "/quick"}, nil); err != nil {
						t.Error(err)
					}
				}
				w.Header().Set("Retry-After", "1")
				say(w, 429, "")
			})
			client = rest.New(p.config(t))
			err := client.Do(t.Context(), rest.Call{Op: "be slow", Path: "/slow"}, nil)
			if err == nil || slow != 6 {
				t.Errorf("%d requests and %v, want 6 and an error", slow, err)
			}
		})
	}
}

// Where nothing else is given, pauses are those of this machine's clock: they come
// to an end, and they end with the context.
func TestWaitingByTheClock(t *testing.T) {
	p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		switch n {
		case 1:
			w.Header().Set("Retry-After", "0")
			say(w, 503, "")
		case 2:
			say(w, 200, "{}")
		default:
			w.Header().Set("Retry-After", "200")
			say(w, 503, "")
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	config := p.config(t)
	config.Wait = nil
	config.Now = func() time.Time {
		if p.requests() == 3 { // asked how long to wait
			cancel()
		}
		return time.Now()
	}
	c := rest.New(config)
	if err := c.Do(ctx, rest.Call{Op: "list animals", Path: "/animals"}, nil); err != nil || p.requests() != 2 {
		t.Errorf("%d requests, %v", p.requests(), err)
	}
	if err := c.Do(ctx, rest.Call{Op: "list animals", Path: "/animals"}, nil); !errors.Is(err, context.Canceled) || p.requests() != 3 {
		t.Errorf("%d requests, %v", p.requests(), err)
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
