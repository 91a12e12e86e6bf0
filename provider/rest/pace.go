package rest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// budget returns the budget of a call, or nil if it has none.
func (c *Client) budget(call *Call) *budget {
	for i, l := range c.config.RateClasses {
		if l.Match(call.Method, call.Path) {
			return c.classBudgets[i]
		}
	}
	return c.general
}

// acquire waits until a concurrent request is allowed. leave ends it.
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

// pace waits until the last 429 and the budget allow a request, and returns how long it
// waited. It also waits for a 429 that arrives meanwhile. The error is a
// *pauseTooLongError if the product asks for a pause longer than maxPause.
func (c *Client) pace(ctx context.Context, b *budget) (waited time.Duration, err error) {
	var waitedFor time.Time // end of the pause that it waited for
	for {
		if until := c.pausedUntil(); until.After(waitedFor) {
			if d := until.Sub(c.config.Now()); d > maxPause {
				return waited, &pauseTooLongError{d}
			}
			waitedFor = until
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
		if !c.pausedUntil().After(waitedFor) {
			return waited, ctx.Err()
		}
	}
}

// A pauseTooLongError says that the product asked for a long pause, which is not over.
type pauseTooLongError struct{ pause time.Duration }

func (e *pauseTooLongError) Error() string {
	return "the product asked an earlier request to wait " + formatPause(e.pause) + ", so this one was not sent"
}

// waitUntil waits until a time and returns how long it waited.
func (c *Client) waitUntil(ctx context.Context, at time.Time) (time.Duration, error) {
	d := at.Sub(c.config.Now())
	if d <= 0 {
		return 0, nil
	}
	return d, c.wait(ctx, d)
}

// pausedUntil returns the time before which no request may be sent, because of a 429.
func (c *Client) pausedUntil() time.Time {
	c.pauseMu.Lock()
	defer c.pauseMu.Unlock()
	return c.pauseUntil
}

// pauseAll pauses all requests for d: a 429 concerns the tenant, not one request.
func (c *Client) pauseAll(d time.Duration) {
	c.pauseMu.Lock()
	defer c.pauseMu.Unlock()
	if until := c.config.Now().Add(d); until.After(c.pauseUntil) {
		c.pauseUntil = until
	}
}

// wait waits for d. It returns an error at once if ctx would end before.
func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if end, ok := ctx.Deadline(); ok && c.config.Now().Add(d).After(end) {
		return fmt.Errorf("the request must wait %s, but less time is left: %w", d.Round(time.Second), context.DeadlineExceeded)
	}
	return c.config.Wait(ctx, d)
}

// readRateHeaders reduces the budget to what the product says is left. No product
// documents such headers; those that send them use one of these names.
func (c *Client) readRateHeaders(b *budget, h http.Header) {
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
