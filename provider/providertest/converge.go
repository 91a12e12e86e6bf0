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

// stepWithLimitations runs a step in which, or before which, a known limitation may
// occur.
func (c *scenarioRun) stepWithLimitations(ctx context.Context, s *Step) error {
	for _, text := range []string{s.Before, s.Meanwhile} {
		if err := c.applyByOthers(ctx, text); err != nil {
			return err
		}
	}
	return c.convergeOrExplain(ctx, s.HCL, s.Findings...)
}

// convergeOrExplain plans and applies a few times. It succeeds if a plan is empty or has
// errors that are expected, or if a known limitation explains the errors or the result.
func (c *scenarioRun) convergeOrExplain(ctx context.Context, text string, expected ...string) error {
	hit := false
	for range 3 {
		d, settled, err := c.planOnce(ctx, text, expected)
		if err != nil || settled {
			return err
		}
		now, err := c.applyOnce(ctx, d)
		if err != nil {
			return err
		}
		hit = hit || now
	}
	d, settled, err := c.planOnce(ctx, text, expected)
	if err == nil && !settled && !hit {
		err = fmt.Errorf("the plan does not become empty, and no known limitation explains it: %s", pending(d.plan))
	}
	return err
}

// planOnce makes a plan and reports whether there is nothing to apply: it is empty, or
// it failed for a reason that is expected or a known limitation.
func (c *scenarioRun) planOnce(ctx context.Context, text string, expected []string) (d draft, settled bool, err error) {
	tenant, diags := c.load(text)
	if tenant == nil {
		if len(expected) == 0 {
			return d, true, diags
		}
		return d, true, nil
	}
	if d, err = c.plan(ctx, tenant); err != nil {
		_, err = c.explainPlanError(err)
		return d, true, err
	}
	failed, err := c.checkFindings(d.plan, diags, expected)
	switch {
	case err != nil:
		return d, true, err
	case failed:
		return d, true, c.checkNotApplied(ctx, d)
	}
	return d, pending(d.plan) == "", nil
}

// checkFindings reports whether the plan has errors, which must be expected or a known
// limitation.
func (c *scenarioRun) checkFindings(p *plan.Plan, diags hcl.Diagnostics, expected []string) (failed bool, err error) {
	failed = diags.HasErrors() || len(p.Violations) > 0
	for _, f := range slices.Concat(p.Findings, p.Violations) {
		fits := c.matchLimitation(func(o KnownLimitation) bool { return o.matchesFinding(f) })
		if f.Severity != schema.Error {
			continue
		}
		followup := slices.Contains(c.met, true) && slices.Contains(c.suite.ExpectedFollowups, f.Code)
		if failed = true; !fits && !followup && !slices.Contains(expected, f.Code) {
			err = errors.Join(err, fmt.Errorf("errors in the plan: %s %s: %s. %s", f.Code, f.Addr, f.Summary, f.Detail))
		}
	}
	return failed, err
}

// checkNotApplied makes sure that apply refuses a plan with errors.
func (c *scenarioRun) checkNotApplied(ctx context.Context, d draft) error {
	if _, _, writes, err := c.execute(ctx, d, noFault, 0); err == nil || writes != 0 {
		return fmt.Errorf("a plan with errors was applied: %d writes, error %v", writes, err)
	}
	return nil
}

// applyOnce applies a plan and reports whether a known limitation occurred. Each change
// that is not done must say why, and only what the plan removes may be gone.
func (c *scenarioRun) applyOnce(ctx context.Context, d draft) (hit bool, err error) {
	before, err := c.liveObjects(ctx, d.tenant)
	if err != nil {
		return c.explainPlanError(err)
	}
	report, _, _, err := c.execute(ctx, d, noFault, 0)
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
			hit = true // because of another change, which says why
		case c.matchLimitation(func(o KnownLimitation) bool { return o.matchesResult(r) }):
			hit = true
		default:
			return false, fmt.Errorf("apply: %w", failures(report))
		}
	}
	after, err := c.liveObjects(ctx, d.tenant)
	if err != nil {
		return c.explainPlanError(err)
	}
	return hit, checkNothingLost(before, after, report)
}

// explainPlanError returns err unless a known limitation explains it.
func (c *scenarioRun) explainPlanError(err error) (hit bool, _ error) {
	if c.matchLimitation(func(o KnownLimitation) bool { return o.preventsPlan() && strings.Contains(err.Error(), o.Message) }) {
		return true, nil
	}
	return false, err
}

// An identity is an object by kind and id.
type identity struct{ kind, id string }

// liveObjects lists all objects.
func (c *scenarioRun) liveObjects(ctx context.Context, tenant *schema.Tenant) (map[identity]schema.Object, error) {
	client, _, err := c.connect(ctx, tenant, &schema.Index{})
	if err != nil {
		return nil, err
	}
	out := map[identity]schema.Object{}
	for _, k := range c.suite.Provider.Kinds {
		if k.Virtual {
			continue
		}
		for o, err := range c.listAll(ctx, client, k) {
			if err != nil {
				return nil, fmt.Errorf("list %s: %w", k.Many(), err)
			}
			out[identity{k.Name, o.ID}] = o
		}
	}
	return out, nil
}

// checkNothingLost returns an error if an object is gone that no change removed. Lists
// may omit users who were deactivated, and an object that another one owns is deleted
// with it.
func checkNothingLost(before, after map[identity]schema.Object, report *apply.Report) error {
	may, gone := map[identity]bool{}, map[schema.Address]bool{}
	for i := range report.Results {
		c := report.Results[i].Change
		if c.Have != nil && (c.Action.Removes() || c.Want.Inactive()) {
			may[identity{c.Addr.Kind, c.Have.ID}] = true
			gone[schema.Address{Kind: c.Addr.Kind, Key: c.Have.Addr.Key}] = c.Action == schema.Delete
		}
	}
	for it, o := range before {
		if _, there := after[it]; !there && !may[it] && !ownedByDeleted(&o, gone) {
			return fmt.Errorf("%s is gone, and no change removed it", o.Addr)
		}
	}
	return nil
}

// ownedByDeleted reports whether a deleted object owned the object.
func ownedByDeleted(o *schema.Object, gone map[schema.Address]bool) bool {
	owned := false
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; a.Is(schema.OwnedBy) {
			a.Each(o.Body, func(key string) {
				for _, kind := range a.Kinds {
					owned = owned || gone[schema.Address{Kind: kind, Key: key}]
				}
			})
		}
	}
	return owned
}
