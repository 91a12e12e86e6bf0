package rest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// budget is what a call is paced by; nil means nothing.
func (c *Client) budget(call *Call) *budget {
	for i, l := range c.config.RateClasses {
		if l.Match(call.Method, call.Path) {
			return c.classes[i]
		}
	}
	return c.general
}

// acquire waits for one of the slots of Config.MaxConcurrent, and returns how to free it.
func (c *Client) acquire(ctx context.Context) (leave func(), err error) {
	if c.slots == nil {
		return func() {}, ctx.Err()
	}
	select {
	case c.slots <- struct{}{}:
		return func() { <-c.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pace waits until the last 429 and the budget allow a request, and tells for how
// long. A 429 that comes meanwhile is waited for as well. The error is a *closed where
// the product does not want any request for longer than is waited for.
func (c *Client) pace(ctx context.Context, b *budget) (waited time.Duration, err error) {
	var held time.Time // the pause that was waited for
	for {
		if until := c.paused(); until.After(held) {
			if d := until.Sub(c.config.Now()); d > longest {
				return waited, &closed{d}
			}
			held = until
			d, err := c.waitUntil(ctx, until)
			if waited += d; err != nil {
				return waited, err
			}
		}
		if b != nil {
			d, err := c.waitUntil(ctx, b.reserve(c.config.Now()))
			if waited += d; err != nil {
				return waited, err
			}
		}
		if !c.paused().After(held) {
			return waited, ctx.Err()
		}
	}
}

// closed says that the product asked for a long pause, which is not over.
type closed struct{ pause time.Duration }

func (e *closed) Error() string {
	return "an earlier request was told to wait " + about(e.pause) + ", so this one was not sent"
}

// waitUntil waits for a moment, and tells for how long.
func (c *Client) waitUntil(ctx context.Context, at time.Time) (time.Duration, error) {
	d := at.Sub(c.config.Now())
	if d <= 0 {
		return 0, nil
	}
	return d, c.wait(ctx, d)
}

// paused is the moment until which a 429 keeps everybody from sending.
func (c *Client) paused() time.Time {
	c.hold.Lock()
	defer c.hold.Unlock()
	return c.until
}

// stop keeps everybody from sending for d: a 429 is about the tenant, not about
// one request.
func (c *Client) stop(d time.Duration) {
	c.hold.Lock()
	defer c.hold.Unlock()
	if until := c.config.Now().Add(d); until.After(c.until) {
		c.until = until
	}
}

// wait pauses, unless ctx would end before: then waiting is of no use.
func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if end, ok := ctx.Deadline(); ok && c.config.Now().Add(d).After(end) {
		return fmt.Errorf("a pause of %s is needed and less time is left: %w", d.Round(time.Second), context.DeadlineExceeded)
	}
	return c.config.Wait(ctx, d)
}

// heed takes the product's word about what is left of a budget. No product documents
// such headers; those that send them use one of these names.
func (c *Client) heed(b *budget, h http.Header) {
	if b == nil {
		return
	}
	for _, name := range [...]string{"RateLimit-Remaining", "X-RateLimit-Remaining"} {
		if n, err := strconv.ParseUint(h.Get(name), 10, 31); err == nil {
			b.remaining(c.config.Now(), int(n))
			return
		}
	}
}
