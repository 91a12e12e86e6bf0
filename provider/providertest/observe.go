package providertest

import (
	"context"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// A Clock is the time of an emulator. Whoever waits moves it: it goes forth and back, so
// that it never gets far from the clock of the client, and each time a new minute begins.
// The zero value is not usable; NewClock makes one.
type Clock struct {
	mu    sync.Mutex
	now   time.Time
	late  bool
	moved bool // since it was looked at
	tick  time.Duration
	pause time.Duration
}

// NewClock returns a clock that shows the time of the machine. It goes on by tick with
// each look at it, and a wait of more than pause moves it by a minute.
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

// Wait moves the clock where the wait is long enough. Those who wait at the same time move it once.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d > c.pause && !c.moved {
		c.late, c.moved = !c.late, true
	}
	return ctx.Err()
}

// Moments are what everybody could see and do after each change. The zero value has
// none. It may be used by several goroutines.
type Moments struct {
	mu  sync.Mutex
	all []map[string][]string
}

// Note adds a moment. The map must not be changed any more.
func (m *Moments) Note(moment map[string][]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, moment)
}

// Take returns the moments since the last call. It is a Product's Reach.
func (m *Moments) Take() []map[string][]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.all
	m.all = nil
	return out
}

// MustClose closes the emulator when the test ends.
func MustClose(t testing.TB, emulator io.Closer) {
	t.Helper()
	t.Cleanup(func() {
		if err := emulator.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Serial returns a handler that serves one request after the other, for emulators whose
// state is not guarded.
func Serial(h http.Handler) http.Handler {
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		h.ServeHTTP(w, r)
	})
}
