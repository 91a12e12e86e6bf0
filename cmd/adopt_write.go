package cmd

import (
	"context"
	"fmt"
	"maps"

	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// write writes the files. The baseline then knows what they declare.
func (a *adopting) write(ctx context.Context, r *adopted) error {
	if len(r.files) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := writeEdited(r.files); err != nil {
		return err
	}
	return a.refreshBaseline(r)
}

// refreshBaseline lets the baseline know what the files declare now. Kinds that it does not have stay
// unknown to it.
func (a *adopting) refreshBaseline(r *adopted) error {
	if len(a.known.Tenants) == 0 {
		return nil
	}
	a.c.config = r.config
	err := changeBaselines(a.c, func(b *baselines) {
		for i, p := range r.plan.Plans {
			before := b.of(p)
			if before == nil {
				continue
			}
			o := a.c.observation(i, p)
			o.Live = maps.Clone(a.live[i])
			maps.DeleteFunc(o.Live, func(kind string, _ []schema.Object) bool { return before.Kinds[kind] == nil })
			b.set(drift.Refresh(o, before))
		}
	})
	if err != nil {
		return fmt.Errorf("the files were written, but not the baseline for rolecall drift: %w", err)
	}
	return nil
}
