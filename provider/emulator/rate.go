package emulator

import "time"

// A Window allows Limit requests in each fixed window of length Per, counted for
// each key apart. A Limit below 1 allows everything. Guarded by the Server's lock.
type Window struct {
	Limit int
	Per   time.Duration
	Now   func() time.Time

	open map[string]window
}

type window struct {
	start time.Time
	used  int
}

// Take counts one request under the key. If it exceeds the limit, shut is the time until the
// next window.
func (w *Window) Take(key string) (shut time.Duration, ok bool) {
	if w.Limit < 1 {
		return 0, true
	}
	now := w.Now()
	at := w.open[key]
	if at.used == 0 || now.Sub(at.start) >= w.Per || now.Before(at.start) {
		at = window{start: now}
	}
	if at.used >= w.Limit {
		return w.Per - now.Sub(at.start), false
	}
	at.used++
	if w.open == nil {
		w.open = map[string]window{}
	}
	w.open[key] = at
	return 0, true
}
