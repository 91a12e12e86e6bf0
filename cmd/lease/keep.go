package lease

import (
	"context"
	"errors"
	"time"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// keep returns the lease of a record that was written after began, and renews it until Release.
func (c *Client) keep(ctx context.Context, r record, title string, began time.Time) *Lease {
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))
	l := &Lease{c: c, title: title, record: r, renewed: began, gone: make(chan struct{}), end: end, ended: make(chan struct{})}
	go func() {
		defer close(l.ended)
		for pause := RenewAfter; l.c.Wait(ctx, pause) == nil; {
			if pause = l.renew(ctx); pause == 0 {
				return
			}
		}
	}()
	return l
}

// renew renews the lease and returns when to do so again; 0 means never, because it is lost.
func (l *Lease) renew(ctx context.Context) time.Duration {
	l.mu.Lock()
	l.expire()
	r, lost := l.record, l.lost
	l.mu.Unlock()
	if lost != nil {
		return 0
	}
	before := l.sent // when the renewal before this one began, whose answer may have been lost
	written, began, err := l.write(ctx, r)
	if errors.Is(err, errConflict) {
		var now record
		now, err = l.c.get(ctx, r.name())
		switch {
		case err != nil:
		case now.Spec.Holder != l.c.Holder:
			l.mu.Lock()
			defer l.mu.Unlock()
			l.lose("it is held by " + holderName(now))
			return 0
		case now.Spec.Renewed == microTime(before):
			written, began = now, before
		default:
			written, began, err = l.write(ctx, now)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.expire() // the answer may have come too late
		if l.lost != nil {
			return 0
		}
		l.record, l.renewed = written, began
		return RenewAfter
	case errors.Is(err, errNotFound):
		l.lose("it was deleted")
		return 0
	}
	return retryAfter
}

// write renews the lease, which the server has as r, and returns when that began. Only renewals call it.
func (l *Lease) write(ctx context.Context, r record) (record, time.Time, error) {
	l.sent = l.c.Now()
	r.Spec.Renewed = microTime(l.sent)
	written, err := l.c.update(ctx, r.name(), r)
	return written, l.sent, err
}

func holderName(r record) string {
	if r.Spec.Holder == "" {
		return "nobody"
	}
	return text.Clean(r.Spec.Holder)
}
