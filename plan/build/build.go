package build

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Build computes the plan of one tenant. It does not write to its input. The order of desired
// and live objects makes no difference.
//
// There is no state file, so a plan cannot know that an undeclared object was declared before:
// deleting its block never gives a Forget change. Plan.Unmanaged lists the objects that the
// product owns, and those that on_removal = "forget" keeps.
//
// With Input.Approved, the plan has only approved changes, and the limits check only those;
// Plan.Deviations lists the others.
func Build(in Input) Result {
	x := newTenant(in)
	r, whole := build(x, nil)
	if in.Approved == nil || !r.Missing.Empty() {
		return r
	}
	permitted, deviations := compareApproval(x, whole, r.Plan)
	r, _ = build(newTenant(in), permitted)
	if r.Plan != nil {
		r.Plan.Deviations = deviations
	}
	return r
}

// build computes a plan of the permitted changes, or of all changes if permitted is nil. It ends
// after the first stage that finds something missing.
func build(x *tenant, permitted map[subject]bool) (Result, *planned) {
	s := stage{x, newReport()}
	var (
		d *drafts
		p *planned
		m *impact
		l *limits
	)
	for _, step := range [...]func(){
		func() { requestDeclared(s) },
		func() { match(s) },
		func() { d = draft(s) },
		func() { warnLookAlikes(s, d) },
		func() { hintRenames(s, d) },
		func() { checkReferences(s, d) },
		func() { p = order(s, d, permitted) },
		func() { m = computeImpact(s, p) },
		func() { l = checkLimits(s, p, m) },
	} {
		step()
		if s.unfinished() {
			return Result{Missing: s.missing()}, nil
		}
	}
	return result(s, p, m, l), p
}

// A stage is the input of every stage of a plan: the tenant, which it reads, and the report, to
// which it adds.
type stage struct {
	*tenant
	*report
}

// compareLive orders live objects by key and id.
func compareLive(a, b schema.Object) int {
	return cmp.Or(cmp.Compare(a.Addr.Key, b.Addr.Key), cmp.Compare(a.ID, b.ID))
}

func comparePos(a, b schema.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// result collects the plan and what its readers need besides.
func result(s stage, p *planned, m *impact, l *limits) Result {
	describeCascades(p)
	out := &plan.Plan{
		Provider: s.Tenant.Name, Product: s.product.Name, Tenant: s.ID, Endpoint: s.Endpoint, Self: s.Self,
		Settings: plan.SteeringSettings(&s.Tenant.Settings), DisplayNames: s.Labels, Kinds: s.product.KindNames(),
		Observed: p.observed, Excluded: p.excluded, Unchanged: p.unchanged,
		Affected: m.affected, Danger: m.danger, Unknown: m.unknown,
		Findings: inOrder(s.findings), Violations: inOrder(l.violations),
		MassChanges: massChanges(s, p), Administrators: l.administrators,
		Unmanaged: listUndeclared(s, p), SetNames: setNames(s),
		NoImpact: s.NoImpact, Scope: scopeOf(s), Expiring: expiring(s),
	}
	for i := range p.candidates {
		out.Changes = append(out.Changes, p.candidates[i].Change)
	}
	handoversFirst(out)
	out.UndeclaredPeople = undeclaredPeople(s, out)
	slices.SortFunc(out.Observed, func(x, y plan.Change) int {
		return cmp.Or(cmp.Compare(s.table[x.Addr.Kind].level, s.table[y.Addr.Kind].level), x.Addr.Compare(y.Addr), cmp.Compare(x.Action, y.Action))
	})
	r := Result{Plan: out, After: map[string][]schema.Object{}, NewKeys: newKeys(s, p)}
	for _, t := range s.tables {
		if t.listed && !t.kind.Virtual {
			r.After[t.kind.Name] = p.after(t)
		}
	}
	return r
}
