package cmd

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/plan/checks"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// evaluateChecks evaluates the checks of a tenant, about the tenant after the plan. For drift they are about the
// tenant as it is, and the plan stays without them.
func (c *connections) evaluateChecks(i int, s *live.Survey) {
	t, to := c.config.Tenants[i], c.all[i]
	switch {
	case !c.checks || len(t.Checks) == 0:
	case c.everything && !c.onlyNote:
		now, missing := withDeclared(t, s.Now)
		to.checked = checks.Input{Tenant: t, State: accessState(t, s, now, missing)}
		to.checks = checks.Evaluate(to.checked)
	case s.Plan.NoImpact:
		s.Plan.Checks = checks.Skip(t, "--no-impact leaves out who can do what")
	case s.Plan.Errors() > 0:
		s.Plan.Checks = checks.Skip(t, "the plan has errors")
	default:
		after, removed := withRemoved(s)
		in := checks.Input{Tenant: t, State: accessState(t, s, after, removed), Plan: s.Plan}
		if results := checks.Evaluate(in); c.onlyNote {
			s.Plan.Checks = results
		} else {
			checks.Apply(s.Plan, in, results)
		}
	}
}

func accessState(t *schema.Tenant, s *live.Survey, objects map[string][]schema.Object, removed map[schema.Address]bool) *access.State {
	return access.New(access.Input{Tenant: t, Live: objects, Unlisted: s.PartlyRead, Labels: s.Labels, Permissions: s.Permissions, Removed: removed})
}

// withRemoved returns the objects after the plan with the subjects that the plan deletes, whose names checks may
// still use, and all that it deletes or deactivates.
func withRemoved(s *live.Survey) (map[string][]schema.Object, map[schema.Address]bool) {
	after, removed := maps.Clone(s.After), map[schema.Address]bool{}
	for i := range s.Plan.Changes {
		c := &s.Plan.Changes[i]
		if !c.Action.Removes() {
			continue
		}
		list := after[c.Addr.Kind]
		stays := slices.ContainsFunc(list, func(o schema.Object) bool { return o.Addr.Key == c.Addr.Key })
		switch {
		case c.Action == schema.Delete && stays: // another object gets the key
			continue
		case !stays && c.Have != nil && c.Have.Kind.Subject:
			after[c.Addr.Kind] = append(slices.Clip(list), *c.Have)
		}
		removed[plan.WithoutProvider(c.Addr)] = true
	}
	return after, removed
}

// withDeclared returns the live objects with the subjects that files declare and that do not exist yet, which have no
// rights, and these.
func withDeclared(t *schema.Tenant, now map[string][]schema.Object) (map[string][]schema.Object, map[schema.Address]bool) {
	out, missing := maps.Clone(now), map[schema.Address]bool{}
	live := map[schema.Address]bool{}
	for _, list := range now {
		for i := range list {
			live[plan.WithoutProvider(list[i].Addr)] = true
		}
	}
	for _, o := range t.Objects {
		if a := plan.WithoutProvider(o.Addr); o.Kind.Subject && !o.Kind.Virtual && !live[a] {
			missing[a] = true
			out[a.Kind] = append(slices.Clip(out[a.Kind]), o)
		}
	}
	return out, missing
}

// tenantChecks lists the results of the checks of drift.
func (c *connections) tenantChecks() []tenantChecks {
	var out []tenantChecks
	for _, t := range c.all {
		out = append(out, tenantChecks{t.name, t.checks})
	}
	return out
}

// addChecks adds the checks to the differences of a tenant: one that fails is a difference, and one that is
// undecided was not checked. Warnings are notes.
func addChecks(d *drift.Drift, in checks.Input, results []plan.Check) {
	for i := range results {
		c := &results[i]
		for _, f := range c.Findings() {
			text := f.Summary + ": " + f.Detail
			switch {
			case c.Warning:
				d.Notes = append(d.Notes, "Warning: "+text)
			case c.Result == plan.CheckFailed:
				d.AddCheck(c)
			default:
				d.Unseen = append(d.Unseen, text)
			}
			if c.Result == plan.CheckUndecided {
				d.Findings = append(d.Findings, f)
			}
		}
	}
	d.UndeclaredPeople = checks.WithPeople(d.UndeclaredPeople, in, results)
}

// undecided lists the findings about checks that are undecided and stop apply. They are printed with the lines of the
// files, because most are about a name that is not written as it should be.
func undecided(p *plan.Plan) []schema.Finding {
	var out []schema.Finding
	for _, f := range p.Violations {
		if plan.OfCheck(&f) && f.Code != plan.CodeCheckFailed {
			out = append(out, f)
		}
	}
	return out
}

// checkApproved refuses a saved plan that was approved with a check that the files do not have any more.
func checkApproved(saved, fresh *plan.Document) error {
	if saved == nil {
		return nil
	}
	missing := saved.MissingChecks(fresh)
	if len(missing) == 0 {
		return nil
	}
	for i, name := range missing {
		missing[i] = text.Quote(name)
	}
	return withCode(exitRefused, advise("Nothing was changed. Plan again and review that plan.",
		"the plan was made with %s %s, which the files do not have any more or no longer let stop apply", text.Choose(len(missing) == 1, "check", "checks"), text.And(missing)))
}
