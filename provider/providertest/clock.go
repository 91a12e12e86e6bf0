package providertest

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// A Clock is the clock of an emulator. A wait moves it to the next minute or back, so
// that a new minute begins and it never differs much from the clock of the client.
// NewClock returns one; the zero value is not usable.
type Clock struct {
	mu    sync.Mutex
	now   time.Time
	late  bool
	moved bool // since the last Now
	tick  time.Duration
	pause time.Duration
}

// NewClock returns a clock that begins with the time of the machine. Each Now advances
// it by tick, and a wait of more than pause moves it by a minute.
func NewClock(tick, pause time.Duration) *Clock {
	return &Clock{now: time.Now(), tick: tick, pause: pause}
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.moved = c.now.Add(c.tick), false
	if c.late {
		return c.now.Add(time.Minute)
	}
	return c.now
}

// Wait moves the clock if d is long enough. Simultaneous waits move it once.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d > c.pause && !c.moved {
		c.late, c.moved = !c.late, true
	}
	return ctx.Err()
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
