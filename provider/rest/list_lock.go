package rest

import (
	"context"
	"sync"
)

// A listLock prevents writes of a client while it reads lists. Several writes may run at
// the same time, and so may several lists, but not both: a list that changes while it is
// read has to be read again.
type listLock struct {
	mu     sync.Mutex
	idle   sync.Cond // an active count became 0
	active [2]int    // by lockGroup
}

type lockGroup int

const (
	writers lockGroup = iota
	lists
)

// acquire waits until the other group is not active, and returns the function that
// releases the lock.
func (t *listLock) acquire(what lockGroup) (done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.active[1-what] > 0 {
		t.idle.Wait()
	}
	t.active[what]++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.active[what]--; t.active[what] == 0 {
			t.idle.Broadcast()
		}
	}
}

// inList marks the context of requests that belong to a list.
type inList struct{}

// lockWrite acquires the lock for a write. Reads and requests of a list do not need it.
func (s *activeCall) lockWrite(ctx context.Context) (done func()) {
	if isSafe(s.call.Method) || ctx.Value(inList{}) != nil {
		return func() {}
	}
	return s.listLock.acquire(writers)
}

// lockForList prevents writes of the client until done is called.
func (c *Client) lockForList(ctx context.Context) (_ context.Context, done func()) {
	if c == nil || ctx.Value(inList{}) != nil {
		return ctx, func() {}
	}
	return context.WithValue(ctx, inList{}, true), c.listLock.acquire(lists)
}
