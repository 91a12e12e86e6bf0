package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

type animal struct{ Name string }

func TestDoSendsAndDecodes(t *testing.T) {
	var body string
	p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		body = string(b)
		say(w, 201, `{"name":"ibis"}`)
	})
	config := p.config(t)
	var traffic []provider.Traffic
	config.Observe = func(x provider.Traffic) { traffic = append(traffic, x) }
	c := rest.New(config)
	var got animal
	err := c.Do(t.Context(), rest.Call{
		Op: "create animal", Method: "POST", Path: "/animals/" + url.PathEscape("a/b?c"),
		Query: url.Values{"org_id": {"42"}}, Body: map[string]string{"name": "ibis"},
	}, &got)
	if err != nil || got.Name != "ibis" {
		t.Fatalf("got %v, %v", got, err)
	}
	r := p.seen[0]
	want := []string{"POST", "/v2/animals/a%2Fb%3Fc?org_id=42", `{"name":"ibis"}`, "application/json", "application/json", "rolecall/test", key}
	is := []string{r.Method, r.RequestURI, body, r.Header.Get("Content-Type"), r.Header.Get("Accept"), r.Header.Get("User-Agent"), r.Header.Get("X-Api-Key")}
	if d := cmp.Diff(want, is); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]provider.Traffic{{Method: "POST", Path: "/v2/animals/a/b?c", Status: 201}}, traffic); d != "" {
		t.Error(d)
	}
	if c.Sent() != 1 {
		t.Errorf("Sent is %d", c.Sent())
	}
}

// What one answer leads to, for each sort of call: how many requests, and which
// error in the end. The server answers like this for ever.
func TestRetry(t *testing.T) {
	answers := map[string]func(w http.ResponseWriter){
		"429":        func(w http.ResponseWriter) { say(w, 429, "") },
		"500":        func(w http.ResponseWriter) { say(w, 500, "{}") },
		"501":        func(w http.ResponseWriter) { say(w, 501, "{}") },
		"503":        func(w http.ResponseWriter) { say(w, 503, "{}") },
		"400":        func(w http.ResponseWriter) { say(w, 400, "{}") },
		"401":        func(w http.ResponseWriter) { say(w, 401, "{}") },
		"403":        func(w http.ResponseWriter) { say(w, 403, "{}") },
		"404":        func(w http.ResponseWriter) { say(w, 404, "{}") },
		"cut":        cut,
		"half":       func(w http.ResponseWriter) { w.Header().Set("Content-Length", "99"); say(w, 200, `{"name":`) },
		"bad JSON":   func(w http.ResponseWriter) { say(w, 200, `{"name":"ibi`) },
		"wrong type": func(w http.ResponseWriter) { say(w, 200, `{"name":7}`) },
		"empty":      func(w http.ResponseWriter) { w.WriteHeader(200) },
		"HTML":       func(w http.ResponseWriter) { say(w, 200, "<html><title>Sign in</title></html>") },
	}
	type end struct {
		Requests int
		Err      error
	}
	tests := []struct {
		answer             string
		read, write, again end
	}{
		{"429", end{6, nil}, end{6, nil}, end{6, nil}},
		{"500", end{6, nil}, end{1, provider.ErrAmbiguous}, end{6, nil}},
		{"501", end{1, nil}, end{1, provider.ErrAmbiguous}, end{1, nil}},
		{"503", end{6, nil}, end{1, provider.ErrAmbiguous}, end{6, nil}},
		{"400", end{1, nil}, end{1, nil}, end{1, nil}},
		{"401", end{1, provider.ErrCredentials}, end{1, provider.ErrCredentials}, end{1, provider.ErrCredentials}},
		{"403", end{1, provider.ErrCredentials}, end{1, provider.ErrCredentials}, end{1, provider.ErrCredentials}},
		{"404", end{1, provider.ErrNotFound}, end{1, nil}, end{1, nil}},
		{"cut", end{6, nil}, end{1, provider.ErrAmbiguous}, end{6, nil}},
		{"half", end{6, nil}, end{1, provider.ErrAmbiguous}, end{6, nil}},
		{"bad JSON", end{6, nil}, end{1, provider.ErrAmbiguous}, end{6, nil}},
		{"wrong type", end{1, nil}, end{1, provider.ErrAmbiguous}, end{1, nil}},
		{"empty", end{6, nil}, end{1, provider.ErrAmbiguous}, end{6, nil}},
		{"HTML", end{1, nil}, end{1, provider.ErrAmbiguous}, end{1, nil}},
	}
	for _, test := range tests {
		calls := map[string]struct {
			rest.Call
			want end
		}{
			"read":  {rest.Call{Path: "/animals", NotFoundIsGone: true}, test.read},
			"write": {rest.Call{Method: "POST", Path: "/animals"}, test.write},
			"again": {rest.Call{Method: "POST", Path: "/animals", Idempotent: true}, test.again},
		}
		for name, call := range calls {
			t.Run(test.answer+" "+name, func(t *testing.T) {
				p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { answers[test.answer](w) })
				c := rest.New(p.config(t))
				err := c.Do(t.Context(), call.Call, new(animal))
				var told *provider.Error
				if !errors.As(err, &told) {
					t.Fatalf("the error is %#v", err)
				}
				if p.requests() != call.want.Requests || c.Sent() != call.want.Requests {
					t.Errorf("%d requests, Sent is %d, want %d", p.requests(), c.Sent(), call.want.Requests)
				}
				for _, sentinel := range []error{provider.ErrAmbiguous, provider.ErrCredentials, provider.ErrNotFound} {
					if errors.Is(err, sentinel) != (sentinel == call.want.Err) {
						t.Errorf("errors.Is(%v, %v) is %v", err, sentinel, errors.Is(err, sentinel))
					}
				}
			})
		}
	}
}

func TestRetryComesThrough(t *testing.T) {
	p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		switch n {
		case 1:
			cut(w)
		case 2:
			say(w, 502, "bad gateway")
		default:
			say(w, 200, `{"name":"emu"}`)
		}
	})
	var got animal
	if err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Path: "/animals/1"}, &got); err != nil || got.Name != "emu" {
		t.Fatalf("got %v, %v", got, err)
	}
	waits := p.Waits()
	if len(waits) != 2 || waits[0] < 250*time.Millisecond || waits[0] > 750*time.Millisecond || waits[1] < 500*time.Millisecond || waits[1] > 1500*time.Millisecond {
		t.Errorf("waited %v, want about 0.5 s and 1 s with jitter", waits)
	}
}

func TestRetryAfter(t *testing.T) {
	tests := map[string]struct {
		header string
		want   time.Duration // 0 means with backoff
	}{
		"seconds":   {"60", time.Minute},
		"date":      {newClock().now.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		"missing":   {"", 0},
		"nonsense":  {"soon", 0},
		"negative":  {"-5", 0},
		"fractions": {"1.5", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
				if n == 1 {
					w.Header().Set("Retry-After", test.header)
					say(w, 429, "slow down")
					return
				}
				say(w, 200, "{}")
			})
			if err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Method: "POST", Path: "/animals"}, nil); err != nil {
				t.Fatal(err)
			}
			waits := p.Waits()
			if len(waits) != 1 || test.want != 0 && waits[0] != test.want || waits[0] <= 0 {
				t.Errorf("waited %v, want %v", waits, test.want)
			}
		})
	}
}

// Where a 429 says nothing, the pause is at least the product's window, and that of
// no other failure.
func TestWindow(t *testing.T) {
	for status, least := range map[int]time.Duration{429: time.Minute, 503: 0} {
		p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				say(w, status, "later")
				return
			}
			say(w, 200, "{}")
		})
		config := p.config(t)
		config.Window = time.Minute
		if err := rest.New(config).Do(t.Context(), rest.Call{Path: "/animals"}, nil); err != nil {
			t.Fatal(err)
		}
		if waits := p.Waits(); len(waits) != 1 || waits[0] < least || least == 0 && waits[0] >= time.Minute {
			t.Errorf("after %d: waited %v", status, waits)
		}
	}
}

// A pause beyond reason keeps everybody from sending, and is told without waiting.
func TestRetryAfterTooLongStopsEverybody(t *testing.T) {
	for header, wait := range map[string]string{
		"3600": "60 minutes", "99999999999": "365 days", "99999999999999999999999": "365 days", "Fri, 31 Dec 9999 23:59:59 GMT": "365 days",
	} {
		p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			say(w, 429, "slow down")
		})
		c := rest.New(p.config(t))
		for n := range 3 {
			err := c.Do(t.Context(), rest.Call{Op: "create animal", Method: "POST", Path: "/animals"}, nil)
			var e *provider.Error
			if !errors.As(err, &e) || e.Status != 429 || !strings.Contains(e.Hint, "Wait "+wait) || errors.Is(err, provider.ErrAmbiguous) {
				t.Errorf("%s: call %d: %v; %s", header, n+1, err, provider.Hint(err))
			}
		}
		if len(p.Waits()) != 0 || p.requests() != 1 {
			t.Errorf("%s: waited %v, %d requests", header, p.Waits(), p.requests())
		}
	}
}

// A pause beyond reason, or beyond the end of the context, is told at once.
func TestRetryAfterTooLong(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		say(w, 429, "slow down")
	})
	c := rest.New(p.config(t))
	err := c.Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
	if len(p.Waits()) != 0 || !strings.Contains(provider.Hint(err), "Wait 60 minutes") {
		t.Errorf("waited %v; %v; %s", p.Waits(), err, provider.Hint(err))
	}

	p = serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		say(w, 429, "slow down")
	})
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(30*time.Second))
	defer cancel()
	config := p.config(t)
	config.Now = time.Now
	err = rest.New(config).Do(ctx, rest.Call{Op: "list animals", Path: "/animals"}, nil)
	if len(p.Waits()) != 0 || !errors.Is(err, context.DeadlineExceeded) || p.requests() != 1 {
		t.Errorf("waited %v, %d requests, %v", p.Waits(), p.requests(), err)
	}
}

func TestCancelled(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		t.Run(method, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				cancel()
				<-r.Context().Done()
			})
			c := rest.New(p.config(t))
			err := c.Do(ctx, rest.Call{Op: "x", Method: method, Path: "/animals"}, nil)
			if !errors.Is(err, context.Canceled) || errors.Is(err, provider.ErrAmbiguous) != (method == "POST") || c.Sent() != 1 {
				t.Errorf("after sending: %v, %d sent", err, c.Sent())
			}
			err = c.Do(ctx, rest.Call{Op: "x", Method: method, Path: "/animals"}, nil)
			if !errors.Is(err, context.Canceled) || errors.Is(err, provider.ErrAmbiguous) || c.Sent() != 1 {
				t.Errorf("before sending: %v, %d sent", err, c.Sent())
			}
		})
	}
}

// The budget holds for all goroutines together, in every minute.
func TestBudget(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
	config := p.config(t)
	config.Budget = 60
	var mu sync.Mutex
	var times []time.Time
	config.Observe = func(provider.Traffic) {
		mu.Lock()
		defer mu.Unlock()
		times = append(times, p.Now())
	}
	c := rest.New(config)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for range 50 {
				if err := c.Do(t.Context(), rest.Call{Path: "/animals"}, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	if took := times[len(times)-1].Sub(times[0]); took < 3*time.Minute {
		t.Errorf("200 requests at 60 a minute took %s", took)
	}
}

func TestBudgetOfOneWorker(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
	config := p.config(t)
	config.Budget = 60
	c := rest.New(config)
	var times []time.Time
	for range 200 {
		if err := c.Do(t.Context(), rest.Call{Path: "/animals"}, nil); err != nil {
			t.Fatal(err)
		}
		times = append(times, p.Now())
	}
	for i := 60; i < len(times); i++ {
		if d := times[i].Sub(times[i-60]); d < time.Minute {
			t.Fatalf("61 requests within %s", d)
		}
	}
}

// A 429 to one keeps all from sending.
func TestPauseIsShared(t *testing.T) {
	p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			w.Header().Set("Retry-After", "60")
			say(w, 429, "")
			return
		}
		say(w, 200, "{}")
	})
	config := p.config(t)
	// Waiting does not move the clock, so that both calls find the pause.
	config.Now = newClock().Now
	var waited []time.Duration
	config.Observe = func(x provider.Traffic) { waited = append(waited, x.Waited) }
	c := rest.New(config)
	for range 2 {
		if err := c.Do(t.Context(), rest.Call{Path: "/animals"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]time.Duration{0, time.Minute, time.Minute}, waited); d != "" {
		t.Error(d)
	}
}

// The product's own status inside a 200 counts.
func TestStatusInEnvelope(t *testing.T) {
	p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			say(w, 200, `{"status":"QUOTA"}`)
			return
		}
		say(w, 200, `{"status":"NOT_FOUND","message":"no such user"}`)
	})
	config := p.config(t)
	config.Status = func(status int, body []byte) int {
		switch {
		case strings.Contains(string(body), "QUOTA"):
			return 429
		case strings.Contains(string(body), "NOT_FOUND"):
			return 404
		}
		return status
	}
	config.Reason = func(int, []byte) string { return "no such user" }
	err := rest.New(config).Do(t.Context(), rest.Call{Op: "read user", Path: "/users/7", NotFoundIsGone: true}, nil)
	if !errors.Is(err, provider.ErrNotFound) || p.requests() != 2 || !strings.HasSuffix(err.Error(), "answered 404: no such user") {
		t.Errorf("%v after %d requests", err, p.requests())
	}
}

func TestEmptyAnswerWithoutOut(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	if err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Method: "DELETE", Path: "/animals/1"}, nil); err != nil {
		t.Error(err)
	}
}

// A path with a part that is empty or made of dots would hit another object.
func TestPathThatNamesNothing(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
	c := rest.New(p.config(t))
	for _, path := range []string{"/users/", "/users//x", "/roles/..", "/roles/%2e%2e", "/roles/.", "", "/%zz"} {
		if err := c.Do(t.Context(), rest.Call{Op: "delete role", Method: "DELETE", Path: path}, nil); err == nil {
			t.Errorf("%q was sent", path)
		}
	}
	if p.requests() != 0 {
		t.Errorf("%d requests", p.requests())
	}
}
