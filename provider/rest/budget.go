package rest

import (
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
)

// A budget allows a number of requests in any span of time, however it is cut: up to
// limit requests may leave at once, and the next one when the oldest of them is one
// span ago. It is a log of departures, so that nothing is paced that need not be.
type budget struct {
	limit int
	span  time.Duration
	class string
	log   provider.RequestLog // of all runs on this machine; may be nil

	mu    sync.Mutex
	left  []departures // of the last span, the oldest first
	count int          // requests in left
}

// departures are n requests that left at one moment.
type departures struct {
	at time.Time
	n  int
}

// slack is added to each span, because a request can leave a little later than it was
// told to, and the one that waits for it a little less late.
const slack = 100 * time.Millisecond

// newBudget returns nil where limit is none. A run that knows nothing of the last span
// starts with half of the budget.
func newBudget(limit int, span time.Duration, class string, log provider.RequestLog, now time.Time) *budget {
	if limit <= 0 {
		return nil
	}
	b := &budget{limit: limit, span: span + slack, class: class, log: log}
	if log == nil || !log.Known() {
		b.add(now, limit/2)
	}
	return b
}

// reserve notes a request and returns when it may leave, now or later.
func (b *budget) reserve(now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := func(others []time.Time) time.Time {
		for _, at := range others {
			if !at.After(now.Add(2 * b.span)) { // the clock was set back
				b.add(at, 1)
			}
		}
		at := b.next(now)
		b.add(at, 1)
		return at
	}
	if b.log == nil {
		return next(nil)
	}
	return b.log.Reserve(b.class, next)
}

// next is the first moment at which one more request keeps to the limit.
func (b *budget) next(now time.Time) time.Time {
	for len(b.left) > 0 && !b.left[0].at.Add(b.span).After(now) {
		b.count -= b.left[0].n
		b.left = b.left[1:]
	}
	over := b.count + 1 - b.limit
	for _, d := range b.left {
		if over <= 0 {
			break
		}
		now = d.at.Add(b.span)
		over -= d.n
	}
	return now
}

// add notes n requests. They are nearly always the last ones.
func (b *budget) add(at time.Time, n int) {
	if n <= 0 {
		return
	}
	i := len(b.left)
	for i > 0 && b.left[i-1].at.After(at) {
		i--
	}
	b.left = append(b.left, departures{})
	copy(b.left[i+1:], b.left[i:])
	b.left[i] = departures{at, n}
	b.count += n
}

// remaining takes the product's word that fewer requests remain than the log says:
// others send too, with other keys or from other machines.
func (b *budget) remaining(now time.Time, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next(now) // forgets what is too old
	b.add(now, b.limit-b.count-n)
}
