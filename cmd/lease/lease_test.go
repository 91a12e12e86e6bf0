package lease

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rolecall-dev/rolecall/cmd/lease/leasetest"
)

// inProcess sends requests to a handler without a socket. A handler that ends without an answer is a lost connection.
type inProcess struct{ http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("connection reset")
		}
	}()
	w := httptest.NewRecorder()
	t.ServeHTTP(w, r)
	return w.Result(), nil
}

func client(s *leasetest.Server, holder string) *Client {
	return &Client{
		Server: "https://kubernetes", Namespace: s.Namespace, Holder: holder, Transport: inProcess{s},
		Token: func() (string, error) { return "token", nil }, Now: time.Now,
		Wait: func(ctx context.Context, d time.Duration) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(d):
				return nil
			}
		},
	}
}

// inCluster runs a test with a clock of its own.
func inCluster(t *testing.T, f func(t *testing.T, s *leasetest.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, leasetest.New("access", "token")) })
}

func acquire(t *testing.T, c *Client) *Lease {
	t.Helper()
	l, err := c.Acquire(t.Context(), "partoo-1", "Partoo 1", nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func release(t *testing.T, l *Lease) {
	t.Helper()
	if err := l.Release(); err != nil {
		t.Error(err)
	}
}

// A lease is held as long as it is renewed, nobody else gets it, and it is free at once when it is given back.
func TestLeaseIsRenewed(t *testing.T) {
	inCluster(t, func(t *testing.T, s *leasetest.Server) {
		l := acquire(t, client(s, "a"))
		for range 10 {
			time.Sleep(time.Minute)
			if err := l.Held(); err != nil {
				t.Fatal(err)
			}
		}
		before := time.Now()
		waited := ""
		_, err := client(s, "b").Acquire(t.Context(), "partoo-1", "Partoo 1", func(holder string) { waited = holder })
		if !errors.Is(err, ErrHeld) || !strings.HasSuffix(err.Error(), ": a") || waited != "a" {
			t.Errorf("%v, waited for %q", err, waited)
		}
		if took := time.Since(before); took > RenewAfter+2*retryAfter {
			t.Errorf("it took %s to see that the holder is running", took)
		}
		release(t, l)
		if err := l.Held(); !errors.Is(err, ErrLost) {
			t.Errorf("held after it was given back: %v", err)
		}
		before = time.Now()
		release(t, acquire(t, client(s, "b")))
		if took := time.Since(before); took != 0 {
			t.Errorf("it took %s to get a free lease", took)
		}
	})
}

// Two pods for one index: one gets the lease.
func TestOnlyOneGetsTheLease(t *testing.T) {
	inCluster(t, func(t *testing.T, s *leasetest.Server) {
		type result struct {
			l   *Lease
			err error
		}
		results := make(chan result)
		for _, holder := range []string{"a", "b", "c"} {
			go func() {
				l, err := client(s, holder).Acquire(context.Background(), "partoo-1", "Partoo 1", nil)
				results <- result{l, err}
			}()
		}
		var held []*Lease
		for range 3 {
			switch r := <-results; {
			case r.err == nil:
				held = append(held, r.l)
			case !errors.Is(r.err, ErrHeld):
				t.Error(r.err)
			}
		}
		if len(held) != 1 {
			t.Fatalf("%d processes have the lease", len(held))
		}
		release(t, held[0])
	})
}

// The lease of a process that ended without giving it back is free after its duration, and not before.
func TestLeaseOfAProcessThatEnded(t *testing.T) {
	inCluster(t, func(t *testing.T, s *leasetest.Server) {
		s.Steal("partoo-1", "dead")
		before := time.Now()
		l := acquire(t, client(s, "a"))
		if took := time.Since(before); took < Duration || took > Duration+retryAfter {
			t.Errorf("it took %s", took)
		}
		release(t, l)
	})
}

// A lease that somebody else has taken, or deleted, is lost at the next renewal.
func TestLeaseIsTakenAway(t *testing.T) {
	for name, take := range map[string]func(*leasetest.Server){
		"it is held by thief":  func(s *leasetest.Server) { s.Steal("partoo-1", "thief") },
		"it is held by nobody": func(s *leasetest.Server) { s.Steal("partoo-1", "") },
		"it was deleted":       func(s *leasetest.Server) { s.Delete("partoo-1") },
	} {
		inCluster(t, func(t *testing.T, s *leasetest.Server) {
			l := acquire(t, client(s, "a"))
			take(s)
			<-l.Lost()
			if err := l.Held(); !errors.Is(err, ErrLost) || !strings.HasSuffix(err.Error(), name) {
				t.Errorf("%v, want %s", err, name)
			}
			release(t, l)
			if holder := s.Holder("partoo-1"); holder == "a" {
				t.Error("a lost lease was taken back")
			}
		})
	}
}

// While the API server does not answer, the lease counts as held for HeldFor, and is lost before anybody else can have it.
func TestServerIsDead(t *testing.T) {
	for _, status := range []int{-1, 500, 401, 403, 429} {
		inCluster(t, func(t *testing.T, s *leasetest.Server) {
			l := acquire(t, client(s, "a"))
			began := time.Now()
			s.Refuse(func(*http.Request) int { return status })
			time.Sleep(HeldFor - time.Second)
			if err := l.Held(); err != nil {
				t.Errorf("status %d: %v", status, err)
			}
			<-l.Lost()
			if took := time.Since(began); took > HeldFor+retryAfter {
				t.Errorf("status %d: lost after %s", status, took)
			}
			if err := l.Held(); !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "could not be renewed for 40s") {
				t.Error(err)
			}
			_ = l.Release()
		})
	}
}

// An API server that answers again in time loses nothing.
func TestServerComesBack(t *testing.T) {
	inCluster(t, func(t *testing.T, s *leasetest.Server) {
		l := acquire(t, client(s, "a"))
		for range 5 {
			s.Refuse(func(*http.Request) int { return 503 })
			time.Sleep(14 * time.Second)
			s.Refuse(nil)
			time.Sleep(time.Minute)
			if err := l.Held(); err != nil {
				t.Fatal(err)
			}
		}
		release(t, l)
	})
}

// Answers that are lost: the lease was written, and its holder finds that out.
func TestAnswersAreLost(t *testing.T) {
	inCluster(t, func(t *testing.T, s *leasetest.Server) {
		n := 0
		s.LoseAnswers(func(r *http.Request) bool {
			if r.Method == http.MethodGet {
				return false
			}
			n++
			return n%2 == 1
		})
		l := acquire(t, client(s, "a"))
		for range 10 {
			time.Sleep(30 * time.Second)
			if err := l.Held(); err != nil {
				t.Fatal(err)
			}
		}
		if s.Holder("partoo-1") != "a" {
			t.Error(s.Holder("partoo-1"))
		}
		_ = l.Release()
	})
}

// A lease whose last renewal was written without an answer is given back.
func TestReleaseAfterALostAnswer(t *testing.T) {
	inCluster(t, func(t *testing.T, s *leasetest.Server) {
		l := acquire(t, client(s, "a"))
		s.LoseAnswers(func(*http.Request) bool { return true })
		time.Sleep(RenewAfter + time.Second)
		s.LoseAnswers(nil)
		release(t, l)
		if holder := s.Holder("partoo-1"); holder != "" {
			t.Errorf("%q holds the lease that was given back", holder)
		}
	})
}

// What the server refuses is an error at once.
func TestRefused(t *testing.T) {
	inCluster(t, func(t *testing.T, s *leasetest.Server) {
		s.Token = "another"
		before := time.Now()
		_, err := client(s, "a").Acquire(t.Context(), "partoo-1", "Partoo 1", nil)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Status != 401 || time.Since(before) != 0 {
			t.Errorf("%v after %s", err, time.Since(before))
		}
		s.Refuse(func(*http.Request) int { return -1 })
		if _, err := client(s, "a").Acquire(t.Context(), "partoo-1", "Partoo 1", nil); !errors.Is(err, errServer) {
			t.Error(err)
		}
	})
}

// A machine that was suspended, or whose clock was set, does not take a lease for held that has ended.
func TestPassed(t *testing.T) {
	from := time.Now()
	if got := passed(from, from.Add(time.Second).Round(0).Add(time.Hour)); got != time.Hour+time.Second {
		t.Error(got)
	}
	if got := passed(from, from.Add(time.Minute)); got != time.Minute {
		t.Error(got)
	}
}
