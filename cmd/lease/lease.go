// Package lease takes leases of Kubernetes (coordination.k8s.io/v1), so that of all pods of a cluster only one
// applies changes to a tenant. It needs nothing but the token that a pod has, and no library.
package lease

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// How long a lease holds. The server does not end a lease: whoever wants it waits until it was not renewed for its duration.
const (
	Duration   = 60 * time.Second // without a renewal, until somebody else may take the lease
	RenewAfter = 20 * time.Second
	retryAfter = 5 * time.Second
	// HeldFor is how long after the last renewal began the lease counts as held. The rest of Duration is for
	// the write that was sent last.
	HeldFor = 40 * time.Second
)

// ErrHeld says that another process holds the lease, and that it is running.
var ErrHeld = errors.New("another apply is running")

// ErrLost says that the lease is not held any more.
var ErrLost = errors.New("the lease was lost")

// A Lease is a lease that this process holds until Release, or until it is lost.
type Lease struct {
	c     *Client
	title string
	sent  time.Time // when the last renewal began; only renewals use it

	mu      sync.Mutex
	record  record    // as the server has it
	renewed time.Time // when the last renewal that succeeded began
	lost    error

	gone  chan struct{} // closed when the lease is lost
	end   context.CancelFunc
	ended chan struct{} // closed when the renewals have ended
}

// Acquire takes the lease with a name, which is that of a DNS label; title is for people. If another process
// holds it and is running, the error is ErrHeld. Whether it is running shows when it renews the lease, so Acquire
// waits for that, or for Duration, and then takes the lease: then waiting, if it is not nil, is called with the
// name of the holder. The times of others are not compared with the clock of this machine.
func (c *Client) Acquire(ctx context.Context, name, title string, waiting func(holder string)) (*Lease, error) {
	var seen string // version of the lease of another
	var since time.Time
	for failures := 0; ; {
		r, err := c.get(ctx, name)
		if err != nil && !errors.Is(err, errNotFound) {
			return nil, fmt.Errorf("cannot lock %s: %w", title, err)
		}
		free := err != nil || r.Spec.Holder == "" || r.Spec.Holder == c.Holder
		switch {
		case free:
		case seen == "":
			if seen, since = r.version(), c.Now(); waiting != nil {
				waiting(text.Clean(r.Spec.Holder))
			}
		case seen != r.version():
			return nil, fmt.Errorf("%w for %s and holds the lease %s: %s", ErrHeld, title, name, text.Clean(r.Spec.Holder))
		case c.Now().Sub(since) >= r.duration():
			free = true
		}
		if !free {
			if err := c.Wait(ctx, retryAfter); err != nil {
				return nil, err
			}
			continue
		}
		began := c.Now()
		taken, err := c.take(ctx, name, title, r, err != nil)
		switch {
		case err == nil:
			return c.keep(ctx, taken, title, began), nil
		case errors.Is(err, errServer) && failures < tries: // the lease may have been taken: read it again
			failures++
			if err := c.Wait(ctx, retryAfter); err != nil {
				return nil, err
			}
		case !errors.Is(err, errConflict):
			return nil, fmt.Errorf("cannot lock %s: %w", title, err)
		}
		seen = ""
	}
}

// take writes the lease of this process: a new one, or in place of the one that was read.
func (c *Client) take(ctx context.Context, name, title string, r record, missing bool) (record, error) {
	now := microTime(c.Now())
	if missing {
		r = newRecord(c.Namespace, name, title)
	} else {
		r.Spec.Transitions++
	}
	r.Spec.Holder, r.Spec.Seconds, r.Spec.Acquired, r.Spec.Renewed = c.Holder, int(Duration/time.Second), now, now
	if missing {
		return c.create(ctx, r)
	}
	return c.update(ctx, name, r)
}

// Held returns nil while no other process can hold the lease, and ErrLost afterwards.
func (l *Lease) Held() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expire()
	return l.lost
}

// expire notes that the lease was not renewed in time.
func (l *Lease) expire() {
	if l.lost == nil && passed(l.renewed, l.c.Now()) >= HeldFor {
		l.lose("it could not be renewed for " + HeldFor.String())
	}
}

// passed is the time between two readings of the clock, by the longer of the two that a machine has: one goes on while
// the machine is suspended, and nobody sets the other.
func passed(from, to time.Time) time.Duration {
	return max(to.Sub(from), to.Round(0).Sub(from.Round(0)))
}

func (l *Lease) lose(why string) {
	if l.lost == nil {
		l.lost = fmt.Errorf("%w on %s: %s", ErrLost, l.title, why)
		close(l.gone)
	}
}

// Lost is closed when the lease is lost.
func (l *Lease) Lost() <-chan struct{} { return l.gone }

// Release ends the renewals and gives the lease back, so that the next process does not wait for it. If that
// fails, the lease ends after its duration.
func (l *Lease) Release() error {
	l.end()
	<-l.ended
	if t, ok := l.c.Transport.(*http.Transport); ok {
		defer t.CloseIdleConnections()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil {
		return nil
	}
	r := l.record
	r.Spec.Holder, r.Spec.Renewed = "", microTime(l.c.Now())
	l.lost = fmt.Errorf("%w on %s: it was given back", ErrLost, l.title)
	_, err := l.c.update(context.Background(), r.name(), r)
	if errors.Is(err, errConflict) { // somebody else has it, or the answer to a renewal was lost
		now, err := l.c.get(context.Background(), r.name())
		if err != nil || now.Spec.Holder != l.c.Holder {
			return err
		}
		now.Spec.Holder, now.Spec.Renewed = "", r.Spec.Renewed
		_, err = l.c.update(context.Background(), now.name(), now)
		return err
	}
	return err
}
