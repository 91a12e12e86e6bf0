package rest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"
)

const (
	tries   = 6               // of one call, the first included
	longest = 5 * time.Minute // pause that is waited for; a longer one is told
)

// limiter keeps to the budget in every minute, however it is cut: what may be
// sent at once is taken off the rate.
func limiter(budget int) *rate.Limiter {
	if budget <= 0 {
		return nil
	}
	burst := max(1, budget/10)
	perMinute := max(budget-burst, 1)
	return rate.NewLimiter(rate.Limit(float64(perMinute)/60), burst)
}

// lane is the budget that a call is paced by; nil means none.
func (c *Client) lane(call *Call) *rate.Limiter {
	for i, l := range c.config.Lanes {
		if l.Match(call.Method, call.Path) {
			return c.lanes[i]
		}
	}
	return c.limiter
}

// sit waits for a seat among the requests under way, and returns how to leave it.
func (c *Client) sit(ctx context.Context) (leave func(), err error) {
	if c.seats == nil {
		return func() {}, ctx.Err()
	}
	select {
	case c.seats <- struct{}{}:
		return func() { <-c.seats }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pace waits until the budget and the last 429 allow a request, and tells for
// how long.
func (c *Client) pace(ctx context.Context, budget *rate.Limiter) (waited time.Duration, err error) {
	now := c.config.Now()
	c.hold.Lock()
	waited = c.until.Sub(now)
	c.hold.Unlock()
	if waited = max(waited, 0); waited > 0 {
		if err := c.wait(ctx, waited); err != nil {
			return waited, err
		}
	}
	if budget == nil {
		return waited, ctx.Err()
	}
	now = c.config.Now()
	place := budget.ReserveN(now, 1)
	if d := place.DelayFrom(now); d > 0 {
		waited += d
		if err := c.wait(ctx, d); err != nil {
			place.CancelAt(c.config.Now())
			return waited, err
		}
	}
	return waited, ctx.Err()
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

// delays yields growing pauses with jitter.
func delays() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     500 * time.Millisecond,
		RandomizationFactor: 0.5,
		Multiplier:          2,
		MaxInterval:         30 * time.Second,
	}
}

// retryAfter reads the header that says when to come back, in seconds or as a
// date. It returns false where there is none or it makes no sense.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := h.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}
