package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "k-4711-very-secret"

// A clock stands still but for what is waited.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.waits = append(c.waits, d)
	return ctx.Err()
}

func (c *clock) Waits() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waits
}

// A product is a server that answers request n (from 1) with answer.
type product struct {
	*clock
	server *httptest.Server
	mu     sync.Mutex
	seen   []*http.Request
}

func serve(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *product {
	t.Helper()
	p := &product{clock: newClock()}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.seen = append(p.seen, r)
		n := len(p.seen)
		p.mu.Unlock()
		answer(n, w, r)
	}))
	t.Cleanup(p.server.Close)
	return p
}

// requests counts what reached the server.
func (p *product) requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.seen)
}

func (p *product) config(t *testing.T) rest.Config {
	transport := rest.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	return rest.Config{
		Product: "Zoo", Base: p.server.URL + "/v2/", Setting: "endpoint", Header: http.Header{"x-api-key": {key}},
		Transport: transport, Wait: p.Wait, Now: p.Now, UserAgent: "rolecall/test",
	}
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	conn.Close()
}

func say(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write([]byte(body))
}

// What a product remarks beside a success is told, without the key.
func TestWarningsAreTold(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		say(w, 200, `{"status":"SUCCESS","warnings":["3 seats left","the key is `+key+`"],"response":{}}`)
	})
	config := p.config(t)
	var told []string
	config.Observe = func(t provider.Traffic) { told = append(told, t.Warnings...) }
	config.Warnings = func(body []byte) []string {
		var answer struct{ Warnings []string }
		if json.Unmarshal(body, &answer) != nil {
			return nil
		}
		return answer.Warnings
	}
	if err := rest.New(config).Do(t.Context(), rest.Call{Method: "POST", Path: "/users"}, nil); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(told, "; "); got != "3 seats left; the key is (redacted)" {
		t.Error(got)
	}
}
