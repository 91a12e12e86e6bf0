package cmd

import (
	"context"
	"slices"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/plan/since"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// takeOut takes out the steps of a tenant that have done their work.
func (t *tidying) takeOut(ctx context.Context, tenant int, steps []since.Step) error {
	now, kept := t.before.Tenants[tenant], map[schema.Pos][]since.Step{}
	var old, added []since.Step
	for _, s := range steps {
		if s.New {
			added, kept[s.Pos] = append(added, s), append(kept[s.Pos], s)
		} else {
			old = append(old, s)
		}
	}
	if len(added) > 0 {
		t.keep("Kept %s: new since %s.", countSteps(added), t.options.since)
	}
	if len(old) == 0 {
		return nil
	}
	lists, err := t.list(ctx, now, old)
	if err != nil || lists == nil {
		return err
	}
	finished := map[schema.Pos][]since.Step{}
	var blocks []schema.Pos
	for _, s := range old {
		switch why := lists.Unfinished(s); {
		case why != "":
			kept[s.Pos] = append(kept[s.Pos], s)
			t.keepStep(s, why)
		case s.Earlier == "":
			t.deleteRemoved(tenant, s)
		default:
			if finished[s.Pos] == nil {
				blocks = append(blocks, s.Pos)
			}
			finished[s.Pos] = append(finished[s.Pos], s)
		}
	}
	for _, at := range blocks {
		t.deletePreviously(tenant, finished[at], kept[at])
	}
	return nil
}

func (t *tidying) keepStep(s since.Step, why string) { t.keep("Kept the %s: %s.", s, why) }

// countSteps counts removed blocks and entries of previously.
func countSteps(steps []since.Step) string {
	removed := 0
	for _, s := range steps {
		if s.Earlier == "" {
			removed++
		}
	}
	var out []string
	if removed > 0 {
		out = append(out, text.Count(removed, "removed block", "removed blocks"))
	}
	if n := len(steps) - removed; n > 0 {
		out = append(out, text.Count(n, "entry of previously", "entries of previously"))
	}
	return text.And(out)
}

// list reads the kinds of the steps from the product; nil if there is no key for it.
func (t *tidying) list(ctx context.Context, now *schema.Tenant, steps []since.Step) (*since.Live, error) {
	b, err := newBlock(t.f.Products, now)
	if err != nil {
		return nil, err
	}
	if !b.emulated() && !b.hasKey(t.f.Environ) {
		t.keep("Kept %s of %s: it is not known whether they have done their work, because there is no key. Set %s to check them.",
			countSteps(steps), now.Name, b.keyVariables()[0])
		return nil, nil
	}
	one := &config.Config{Dir: t.before.Dir, Tenants: []*schema.Tenant{now}}
	c, err := connectAll(ctx, t.f, t.dir, one, t.reader, &t.options.hosts, false)
	if err != nil {
		return nil, err
	}
	defer c.close()
	var kinds []string
	for _, s := range steps {
		if !slices.Contains(kinds, s.Addr.Kind) {
			kinds = append(kinds, s.Addr.Kind)
		}
	}
	progress := newReadProgress(&t.f.Streams, "Reading")
	defer progress.done()
	lists, err := live.List(ctx, c.input(0, progress), kinds)
	if err != nil {
		return nil, err
	}
	return since.NewLive(now, lists), nil
}
