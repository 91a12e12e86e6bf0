package provider

import (
	"context"
	"time"
)

// Sleep pauses for d by the clock, or until ctx ends, whose error it then returns. It is
// what Options.Wait means where it is nil.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
