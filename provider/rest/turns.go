package rest

import (
	"context"
	"sync"
)

// turns keeps the writes of a client apart from its reading of whole lists: several
// writes go on side by side, and so do several lists, but not one beside the other. A
// list that is read while the client itself creates objects would change under it, be
// read again, and be given up.
type turns struct {
	mu   sync.Mutex
	free sync.Cond // either count became 0
	in   [2]int    // under way, by turn
}

type turn int

const (
	writing turn = iota
	listing
)

// take waits until nothing of the other sort is under way, and returns what ends the turn.
func (t *turns) take(what turn) (done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.in[1-what] > 0 {
		t.free.Wait()
	}
	t.in[what]++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.in[what]--; t.in[what] == 0 {
			t.free.Broadcast()
		}
	}
}

// inList marks the context of requests that belong to a list.
type inList struct{}

// turn waits for the turn of a call. Those that belong to a list have it already, and
// reads need none.
func (s *sending) turn(ctx context.Context) (done func()) {
	if safe(s.call.Method) || ctx.Value(inList{}) != nil {
		return func() {}
	}
	return s.turns.take(writing)
}

// reading keeps the client's writes from being sent until done is called.
func (c *Client) reading(ctx context.Context) (_ context.Context, done func()) {
	if c == nil || ctx.Value(inList{}) != nil {
		return ctx, func() {}
	}
	return context.WithValue(ctx, inList{}, true), c.turns.take(listing)
}
