package rest

import (
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
)

// A budget limits the requests in every sliding window of length span: up to limit
// requests may be sent at once, and the next one when the oldest is one span ago.
type budget struct {
	limit int
	span  time.Duration
	class string
	log   provider.RequestLog // of all runs on this machine; may be nil

	mu     sync.Mutex
	recent []sentRequests // of the last span, the oldest first
	count  int            // requests in left
}

// sentRequests are n requests that were sent at one time.
type sentRequests struct {
	at time.Time
	n  int
}

// slack is added to each span, because a request may be sent a little later than reserved,
// and the one that waits for it with less delay.
const slack = 100 * time.Millisecond

// newBudget returns nil if limit is 0. If it is not known what was sent in the last span,
// half of the budget counts as sent.
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

// reserve records a request and returns when it may be sent.
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

// next returns the earliest time at which one more request is within the limit.
func (b *budget) next(now time.Time) time.Time {
	for len(b.recent) > 0 && !b.recent[0].at.Add(b.span).After(now) {
		b.count -= b.recent[0].n
		b.recent = b.recent[1:]
	}
	over := b.count + 1 - b.limit
	for _, d := range b.recent {
		if over <= 0 {
			break
		}
		now = d.at.Add(b.span)
		over -= d.n
	}
	return now
}

// add records n requests. They are nearly always the latest.
func (b *budget) add(at time.Time, n int) {
	if n <= 0 {
		return
	}
	i := len(b.recent)
	for i > 0 && b.recent[i-1].at.After(at) {
		i--
	}
	b.recent = append(b.recent, sentRequests{})
	copy(b.recent[i+1:], b.recent[i:])
	b.recent[i] = sentRequests{at, n}
	b.count += n
}

// remaining records that only n requests are left, because others send requests with
// other keys or from other machines.
func (b *budget) remaining(now time.Time, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next(now) // removes what is too old
	b.add(now, b.limit-b.count-n)
}
