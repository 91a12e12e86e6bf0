// Package checks evaluates check blocks: it answers what their conditions ask from the rights of a tenant,
// and from what a plan changes. It is pure: it sends no requests, reads no files and has no clock.
package checks

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/plan/people"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Input is what checks are evaluated with.
type Input struct {
	Tenant *schema.Tenant
	State  *access.State
	Plan   *plan.Plan // nil if there is none; then checks about changes are skipped
}

// Evaluate evaluates the checks of a tenant.
func Evaluate(in Input) []plan.Check {
	a := newAnswers(in)
	var out []plan.Check
	for i := range in.Tenant.Checks {
		out = append(out, a.check(&in.Tenant.Checks[i]))
	}
	return out
}

// Skip returns the checks of a tenant without evaluating them. why is without a period.
func Skip(t *schema.Tenant, why string) []plan.Check {
	var out []plan.Check
	for i := range t.Checks {
		c := &t.Checks[i]
		out = append(out, plan.Check{Name: c.Name, Warning: c.Warning, Pos: c.Pos, Result: plan.CheckSkipped, Why: why})
	}
	return out
}

func (a *answers) check(c *schema.Check) plan.Check {
	out := plan.Check{Name: c.Name, Warning: c.Warning, Pos: c.Pos}
	if c.OfChanges && a.Plan == nil {
		out.Result, out.Why = plan.CheckSkipped, "only a plan has changes"
		return out
	}
	o := c.Evaluate(a)
	out.Members, out.Failed = o.Members, o.Failed
	out.Failures = o.Failures[:min(len(o.Failures), plan.MaxCheckFailures)]
	switch {
	case len(o.Problems) > 0:
		out.Result, out.Problems, out.Members, out.Failed, out.Failures = plan.CheckUndecided, o.Problems, 0, 0, nil
	case o.Failed > 0:
		out.Result = plan.CheckFailed
	default:
		out.Result = plan.CheckPassed
	}
	return out
}

// Apply gives a plan the results: what stops apply is a violation, and other failures are warnings. It adds the
// people whom the results name and no file declares to those of the plan.
func Apply(p *plan.Plan, in Input, results []plan.Check) {
	p.Checks = results
	for i := range results {
		for _, f := range results[i].Findings() {
			if f.Severity == schema.Error {
				p.Violations = append(p.Violations, f)
			} else {
				p.Findings = append(p.Findings, f)
			}
		}
	}
	p.UndeclaredPeople = WithPeople(p.UndeclaredPeople, in, results)
}

// WithPeople adds to a sorted list the people whom results name and no file declares.
func WithPeople(list []schema.Address, in Input, results []plan.Check) []schema.Address {
	var texts []string
	for i := range results {
		c := &results[i]
		for _, f := range c.Failures {
			texts = append(texts, f.Key, f.Text)
		}
		for _, f := range c.Problems {
			texts = append(texts, f.Summary, f.Detail)
		}
	}
	if len(texts) == 0 {
		return list
	}
	declared := map[schema.Address]bool{}
	for i := range in.Tenant.Objects {
		declared[plan.WithoutProvider(in.Tenant.Objects[i].Addr)] = true
	}
	var undeclared []schema.Address
	for _, sub := range in.State.Subjects() {
		if a := plan.WithoutProvider(sub.Addr); sub.Person && !declared[a] {
			undeclared = append(undeclared, a)
		}
	}
	set := people.NewSet(undeclared)
	out := slices.Clone(list)
	for _, s := range texts {
		out = append(out, set.In(s)...)
	}
	slices.SortFunc(out, schema.Address.Compare)
	return slices.Compact(out)
}
