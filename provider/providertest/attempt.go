package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// hindered tells a step that may meet an obstacle, now or before.
func (c *scenario) hindered(ctx context.Context, s *Step) error {
	for _, text := range []string{s.Before, s.Meanwhile} {
		if err := c.elsewhere(ctx, text); err != nil {
			return err
		}
	}
	return c.attempt(ctx, s.HCL, s.Findings...)
}

// attempt plans and applies a few times. It is content where a plan is empty, has
// errors that were foreseen or are an obstacle, or where applying it met one.
func (c *scenario) attempt(ctx context.Context, text string, foreseen ...string) error {
	hit := false
	for range 3 {
		d, settled, err := c.draw(ctx, text, foreseen)
		if err != nil || settled {
			return err
		}
		now, err := c.round(ctx, d)
		if err != nil {
			return err
		}
		hit = hit || now
	}
	d, settled, err := c.draw(ctx, text, foreseen)
	if err == nil && !settled && !hit {
		err = fmt.Errorf("the plan does not get empty, and nothing says why: %s", pending(d.plan))
	}
	return err
}

// draw makes a plan and tells whether there is nothing to carry out: it is empty,
// or it cannot be, for a reason that was foreseen or is an obstacle.
func (c *scenario) draw(ctx context.Context, text string, foreseen []string) (d draft, settled bool, err error) {
	tenant, diags := c.load(text)
	if tenant == nil {
		if len(foreseen) == 0 {
			return d, true, diags
		}
		return d, true, nil
	}
	if d, err = c.plan(ctx, tenant); err != nil {
		_, err = c.unplanned(err)
		return d, true, err
	}
	failed, err := c.objections(d.plan, diags, foreseen)
	switch {
	case err != nil:
		return d, true, err
	case failed:
		return d, true, c.untouched(ctx, d)
	}
	return d, pending(d.plan) == "", nil
}

// objections looks for errors in the plan, which must be foreseen or an obstacle.
func (c *scenario) objections(p *plan.Plan, diags hcl.Diagnostics, foreseen []string) (failed bool, err error) {
	failed = diags.HasErrors() || len(p.Violations) > 0
	for _, f := range slices.Concat(p.Findings, p.Violations) {
		fits := c.meet(func(o KnownLimitation) bool { return o.finds(f) })
		if f.Severity != schema.Error {
			continue
		}
		sequel := slices.Contains(c.met, true) && slices.Contains(c.suite.ExpectedFollowups, f.Code)
		if failed = true; !fits && !sequel && !slices.Contains(foreseen, f.Code) {
			err = errors.Join(err, fmt.Errorf("errors in the plan: %s %s: %s. %s", f.Code, f.Addr, f.Summary, f.Detail))
		}
	}
	return failed, err
}

// untouched makes sure that a plan with errors is not carried out.
func (c *scenario) untouched(ctx context.Context, d draft) error {
	if _, _, writes, err := c.execute(ctx, d, none, 0); err == nil || writes != 0 {
		return fmt.Errorf("a plan with errors was applied: %d writes, error %v", writes, err)
	}
	return nil
}

// round applies a plan once and tells whether it met an obstacle. Whatever was not
// done must say clearly why, and only what the plan removes may be gone.
func (c *scenario) round(ctx context.Context, d draft) (hit bool, err error) {
	before, err := c.present(ctx, d.tenant)
	if err != nil {
		return c.unplanned(err)
	}
	report, _, _, err := c.execute(ctx, d, none, 0)
	if err != nil {
		return false, fmt.Errorf("apply: %w", err)
	}
	if report.Halted != nil {
		return false, report.Halted
	}
	for i := range report.Results {
		r := &report.Results[i]
		switch {
		case r.Status == apply.Done:
		case r.Status == apply.Skipped:
			hit = true // because of another, which says why
		case c.meet(func(o KnownLimitation) bool { return o.ends(r) }):
			hit = true
		default:
			return false, fmt.Errorf("apply: %w", failures(report))
		}
	}
	after, err := c.present(ctx, d.tenant)
	if err != nil {
		return c.unplanned(err)
	}
	return hit, lost(before, after, report)
}

// unplanned reports whether what keeps a plan from being made is an obstacle; else
// it is an error.
func (c *scenario) unplanned(err error) (hit bool, _ error) {
	if c.meet(func(o KnownLimitation) bool { return o.planning() && strings.Contains(err.Error(), o.Says) }) {
		return true, nil
	}
	return false, err
}

// An identity is an object by kind and id.
type identity struct{ kind, id string }

// present lists every object.
func (c *scenario) present(ctx context.Context, tenant *schema.Tenant) (map[identity]schema.Object, error) {
	client, _, err := c.connect(ctx, tenant, &schema.Index{})
	if err != nil {
		return nil, err
	}
	out := map[identity]schema.Object{}
	for _, k := range c.suite.Provider.Kinds {
		if k.Virtual {
			continue
		}
		for o, err := range c.every(ctx, client, k) {
			if err != nil {
				return nil, fmt.Errorf("list %s: %w", k.Many(), err)
			}
			out[identity{k.Name, o.ID}] = o
		}
	}
	return out, nil
}

// lost says which objects are gone that nothing removed. Who is disabled may be
// out of sight, and what was within something that went is gone with it.
func lost(before, after map[identity]schema.Object, report *apply.Report) error {
	may, gone := map[identity]bool{}, map[schema.Address]bool{}
	for i := range report.Results {
		c := report.Results[i].Change
		if c.Have != nil && (c.Action.Removes() || inactive(c.Want)) {
			may[identity{c.Addr.Kind, c.Have.ID}] = true
			gone[schema.Address{Kind: c.Addr.Kind, Key: c.Have.Addr.Key}] = c.Action == schema.Delete
		}
	}
	for it, o := range before {
		if _, there := after[it]; !there && !may[it] && !within(&o, gone) {
			return fmt.Errorf("%s is gone, and nothing removed it", o.Addr)
		}
	}
	return nil
}

// within reports whether an object was within one of those that are gone.
func within(o *schema.Object, gone map[schema.Address]bool) bool {
	within := false
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; a.Is(schema.OwnedBy) {
			a.Each(o.Body, func(key string) {
				for _, kind := range a.Kinds {
					within = within || gone[schema.Address{Kind: kind, Key: key}]
				}
			})
		}
	}
	return within
}

func inactive(o *schema.Object) bool {
	return o != nil && o.Kind.Inactive != nil && o.Kind.Inactive(o)
}
