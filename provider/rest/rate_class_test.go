package rest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

func ask(t *testing.T, c *rest.Client, path string, times int) {
	t.Helper()
	for range times {
		if err := c.Do(context.Background(), rest.Call{Path: path}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func users(_, path string) bool { return strings.HasPrefix(path, "/users") }

// 120 requests at 60 a minute: 30 at once, because it is not known what was sent before,
// 60 after a minute and 30 after two.
const slow = 2 * time.Minute

func TestRateClasses(t *testing.T) {
	for _, test := range []struct {
		name           string
		general, class int // budgets
		roles, users   int // requests
		want           time.Duration
	}{
		{"the class is slower", 600, 60, 20, 120, slow},
		{"the others are slower", 60, 600, 120, 20, slow},
		{"only the class has a budget", 0, 60, 500, 120, slow},
		{"only the others have a budget", 60, 0, 6, 500, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, `{}`) })
			config := p.config(t)
			config.Budget, config.RateClasses = test.general, []rest.RateClass{{Budget: test.class, Match: users}}
			c, began := rest.New(config), p.Now()
			ask(t, c, "/roles", test.roles)
			ask(t, c, "/users/7", test.users)
			if got := p.Now().Sub(began).Round(time.Second); got != test.want {
				t.Errorf("%d requests and %d in the class took %s, not %s", test.roles, test.users, got, test.want)
			}
		})
	}
}

// A 429 in one rate class keeps the others from sending.
func TestTooManyStopsEveryRateClass(t *testing.T) {
	p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			w.Header().Set("Retry-After", "30")
			say(w, 429, `{}`)
			return
		}
		say(w, 200, `{}`)
	})
	config := p.config(t)
	config.RateClasses = []rest.RateClass{{Match: users}}
	config.Now = newClock().Now // waiting does not move it, so that both calls find the pause
	var waited []time.Duration
	config.Observe = func(x provider.Traffic) { waited = append(waited, x.Waited) }
	c := rest.New(config)
	ask(t, c, "/users/7", 1)
	ask(t, c, "/roles", 1)
	if d := cmp.Diff([]time.Duration{0, 30 * time.Second, 30 * time.Second}, waited); d != "" {
		t.Error(d)
	}
}

func TestMaxConcurrent(t *testing.T) {
	var mu sync.Mutex
	under, most := 0, 0
	arrived, release := make(chan struct{}, 20), make(chan struct{})
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		under++
		most = max(most, under)
		mu.Unlock()
		arrived <- struct{}{}
		<-release
		mu.Lock()
		under--
		mu.Unlock()
		say(w, 200, `{}`)
	})
	config := p.config(t)
	config.MaxConcurrent = 3
	c := rest.New(config)
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			if err := c.Do(context.Background(), rest.Call{Path: "/roles"}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	for range 3 {
		<-arrived
	}
	stop, cancel := context.WithCancel(context.Background())
	cancel()
	if err := c.Do(stop, rest.Call{Path: "/roles"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that is cancelled while it waits returns %v", err)
	}
	close(release)
	all.Wait()
	if most != 3 {
		t.Errorf("%d requests were under way at a time", most)
	}
}
