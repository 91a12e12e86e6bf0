package provider

import (
	"context"
	"time"
)

// Sleep waits for d, or until ctx ends and returns its error. It is the default of
// Options.Wait.
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
