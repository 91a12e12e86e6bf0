package apply

import (
	"context"
	"time"
)

// createPause is how long an unanswered create has to appear before it is looked up
// once more. Gateways answer in place of a product that is still at work.
const createPause = 3 * time.Second

// wait pauses by the clock.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
