package providertest

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// A Clock is the clock of an emulator and of its client. It stands still until somebody
// waits, so that nothing depends on how long a test takes. NewClock returns one; the zero
// value is not usable. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock. All clocks begin with the same time.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// Now returns the time. It serves as Product.Now.
func (c *Clock) Now() time.Time { return c.advance(0) }

// Wait advances the clock by d, at once. It serves as Product.Wait.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	c.advance(d)
	return ctx.Err()
}

// Ticking returns a function that advances the clock by tick and returns the time: the clock
// of an emulator in which time passes between requests.
func (c *Clock) Ticking(tick time.Duration) func() time.Time {
	return func() time.Time { return c.advance(tick) }
}

func (c *Clock) advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

// A RightsLog holds the rights of each user after each change. The zero value is empty.
// It is safe for concurrent use.
type RightsLog struct {
	mu  sync.Mutex
	all []map[string][]string
}

// Add adds a state. The map must not be changed afterwards.
func (m *RightsLog) Add(state map[string][]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, state)
}

// Take returns the states since the last call. It serves as Product.TakeRights.
func (m *RightsLog) Take() []map[string][]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.all
	m.all = nil
	return out
}

// Serial returns a handler that serves one request at a time, for emulators whose state
// has no mutex.
func Serial(h http.Handler) http.Handler {
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		h.ServeHTTP(w, r)
	})
}
