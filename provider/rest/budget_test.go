package rest_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A requestLog is one machine's log of requests, shared by several clients.
type requestLog struct {
	mu    sync.Mutex
	known bool
	all   []departure
	read  map[*run]int
}

type departure struct {
	by *run
	at time.Time
}

// A run is one program that uses the log.
type run struct{ log *requestLog }

func (r *run) Known() bool { return r.log.known }

func (r *run) Reserve(_ string, next func([]time.Time) time.Time) time.Time {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	var others []time.Time
	for _, d := range r.log.all[r.log.read[r]:] {
		if d.by != r {
			others = append(others, d.at)
		}
	}
	at := next(others)
	r.log.all = append(r.log.all, departure{r, at})
	r.log.read[r] = len(r.log.all)
	return at
}

func newRequestLog(known bool) *requestLog { return &requestLog{known: known, read: map[*run]int{}} }

// Whatever the requests and the pauses between them are, and however many runs share
// the log, never more than the budget leave within a minute; and nobody waits while
// fewer than the budget left in the last minute.
func TestBudgetInEveryMinute(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 12).Draw(t, "budget")
		log := newRequestLog(true)
		now := newClock()
		var left []time.Time
		var clients []*rest.Client
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			clients = append(clients, rest.New(rest.Config{
				Base: p.server.URL, Budget: limit, Requests: &run{log}, Wait: now.Wait, Now: now.Now,
				Observe: func(x provider.Traffic) {
					if n := len(left); x.Waited > 0 && (n < limit || now.Now().Sub(left[n-limit]) > time.Minute+time.Second) {
						t.Fatalf("request %d waited %s and need not", n, x.Waited)
					}
					left = append(left, now.Now())
				},
			}))
		}
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			pause := time.Duration(rapid.IntRange(0, 20).Draw(t, "pause")) * time.Second
			if rapid.Bool().Draw(t, "pauses") {
				if err := now.Wait(context.Background(), pause); err != nil {
					t.Fatal(err)
				}
			}
			c := clients[rapid.IntRange(0, len(clients)-1).Draw(t, "run")]
			if err := c.Do(context.Background(), rest.Call{Path: "/animals"}, nil); err != nil {
				t.Fatal(err)
			}
		}
		for i := limit; i < len(left); i++ {
			if d := left[i].Sub(left[i-limit]); d < time.Minute {
				t.Fatalf("%d requests within %s", limit+1, d)
			}
		}
	})
}

// A plan of 1,000 users needs 68 requests. At 240 a minute none of them waits, even
// where nothing is known of the minute before.
func TestBudgetLetsABurstThrough(t *testing.T) {
	for name, log := range map[string]provider.RequestLog{"no log": nil, "a new log": &run{newRequestLog(false)}, "a log": &run{newRequestLog(true)}} {
		t.Run(name, func(t *testing.T) {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
			config := p.config(t)
			config.Budget, config.Requests = 240, log
			c := rest.New(config)
			ask(t, c, "/animals", 68)
			if len(p.Waits()) > 0 {
				t.Errorf("waited %v", p.Waits())
			}
			more := map[bool]int{true: 240 - 68, false: 120 - 68}[name == "a log"]
			ask(t, c, "/animals", more)
			if len(p.Waits()) > 0 {
				t.Errorf("waited %v for %d more", p.Waits(), more)
			}
			ask(t, c, "/animals", 1)
			if len(p.Waits()) != 1 {
				t.Errorf("the budget is used up, and the next request waited %v", p.Waits())
			}
		})
	}
}

// A rate class can count another span than a minute: ten creations in ten seconds.
func TestBudgetOfTenSeconds(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
	config := p.config(t)
	config.Requests = &run{newRequestLog(true)}
	config.RateClasses = []rest.RateClass{{Name: "create", Budget: 10, Per: 10 * time.Second, Match: func(string, string) bool { return true }}}
	c := rest.New(config)
	ask(t, c, "/users", 21)
	if w := p.Waits(); len(w) != 2 || w[0] < 10*time.Second || w[0] > 11*time.Second {
		t.Errorf("21 requests waited %v", w)
	}
}

// What the product says of its own count is believed where it is less.
func TestBudgetHeedsTheProduct(t *testing.T) {
	for _, header := range []string{"RateLimit-Remaining", "X-RateLimit-Remaining"} {
		for _, c := range []struct {
			says  string
			waits int
		}{{"0", 1}, {"1", 0}, {"1000", 0}, {"many", 0}, {"", 0}} {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set(header, c.says)
				say(w, 200, "{}")
			})
			config := p.config(t)
			config.Budget, config.Requests = 60, &run{newRequestLog(true)}
			ask(t, rest.New(config), "/animals", 2)
			if got := len(p.Waits()); got != c.waits {
				t.Errorf("%s: %q: waited %v", header, c.says, p.Waits())
			}
		}
	}
}

// A pause that another call's 429 asks for while this one waits for the budget is kept
// as well.
func TestPauseComesWhileWaitingForTheBudget(t *testing.T) {
	p := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/refused" && n == 2 {
			w.Header().Set("Retry-After", "200")
			say(w, 429, "")
			return
		}
		say(w, 200, "{}")
	})
	config := p.config(t)
	config.RateClasses = []rest.RateClass{{Budget: 1, Match: func(_, path string) bool { return path == "/slow" }}}
	config.Requests = &run{newRequestLog(true)}
	var c *rest.Client
	var waits []time.Duration
	config.Wait = func(ctx context.Context, d time.Duration) error {
		if waits = append(waits, d); len(waits) == 1 { // /slow waits for its budget
			if err := c.Do(ctx, rest.Call{Op: "ask", Path: "/refused"}, nil); err != nil {
				return err
			}
		}
		return p.Wait(ctx, d)
	}
	c = rest.New(config)
	ask(t, c, "/slow", 1)
	began := p.Now()
	ask(t, c, "/slow", 1)
	if took := p.Now().Sub(began); took < 200*time.Second || !slices.Contains(waits, 200*time.Second) {
		t.Errorf("it left after %s; waits %v", took, waits)
	}
}

// Retry-After: 0 and a moment that is over say that there is a limit, not that there
// is none: the pause is that of any other failure.
func TestRetryAfterOfNothingBacksOff(t *testing.T) {
	for _, header := range []string{"0", newClock().now.Add(-time.Minute).Format(http.TimeFormat)} {
		p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			say(w, 429, "")
		})
		if err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Op: "ask", Path: "/animals"}, nil); err == nil {
			t.Error("a refusal is no answer")
		}
		if w := p.Waits(); len(w) != 5 || slices.Min(w) < 100*time.Millisecond {
			t.Errorf("Retry-After: %s waited %v", header, w)
		}
	}
}
