package plan

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Approval is what a saved plan permits in one tenant. It is compared with a
// plan that was just computed, and only what both hold identically is executed.
// The zero value permits nothing.
type Approval struct {
	changes  []Change                // one for each object
	settings *schema.Object          // see Plan.Settings
	aside    map[schema.Address]bool // left out on purpose when the plan was made
}

// Approval returns what the plan permits when it is computed again.
func (p *Plan) Approval() *Approval {
	a := &Approval{changes: joined(p.Changes), settings: p.Settings, aside: map[schema.Address]bool{}}
	for i := range p.LeftOut {
		a.aside[unprefixed(p.LeftOut[i].Addr)] = true
	}
	return a
}

// Approval returns what the document permits in a tenant of a product: nothing
// where it has no plan for it.
func (d *Document) Approval(product, tenant string) *Approval {
	for _, p := range d.Plans {
		if p.Product == product && p.Tenant == tenant {
			return p.Approval()
		}
	}
	return &Approval{}
}

// Missing returns the approved changes of the document in tenants for which the new
// document has no plan.
func (d *Document) Missing(fresh *Document) []Deviation {
	var out []Deviation
	for _, p := range d.Plans {
		if slices.ContainsFunc(fresh.Plans, func(q *Plan) bool { return q.Product == p.Product && q.Tenant == p.Tenant }) {
			continue
		}
		for _, c := range joined(p.Changes) {
			out = append(out, Deviation{Addr: c.Addr, Action: c.Action, Why: TenantMissing, Tenant: p.Tenant})
		}
	}
	return out
}

// unprefixed drops the name of the provider block, which may be another one.
func unprefixed(a schema.Address) schema.Address {
	return schema.Address{Kind: a.Kind, Key: a.Key}
}

// A Deviation is a change that was approved and is not made, or that the files ask
// for and nobody approved.
type Deviation struct {
	Addr   schema.Address
	Action schema.Action // that is not executed
	Why    DeviationCause
	Before []string       // of DiffersNow: attributes that have another value in the product by now
	After  []string       // of DiffersNow: other attributes for which the files ask for another value
	Needs  schema.Address // of NeedsUnapproved: the change that it needs and that is not executed
	Tenant string         // of TenantMissing: the product's id of the tenant
}

// A DeviationCause says why a change is not executed. Programs read it too.
type DeviationCause string

// The causes.
const (
	DiffersNow      DeviationCause = "differs"          // approved, and the new plan makes another change of the object
	SettingsDiffer  DeviationCause = "settings"         // approved, and the provider block says otherwise by now how changes are made
	NotNeeded       DeviationCause = "not-needed"       // approved, and the new plan does not change the object
	AlreadyDone     DeviationCause = "already-done"     // approved, and the object is already as it would become
	NeedsUnapproved DeviationCause = "needs-unapproved" // approved, and it needs a change that is not executed
	NotApproved     DeviationCause = "not-approved"     // in the new plan, and not approved
	TenantMissing   DeviationCause = "no-tenant"        // approved, and there is no new plan for the tenant
)

// Open reports whether the deviation leaves something undone that was approved or
// that the files ask for.
func (d *Deviation) Open() bool { return d.Why != AlreadyDone }

// A subject is one object that a plan changes, in however many steps.
type subject struct {
	kind, key string
	live      int // tells apart live objects that share a key
}

func (d *candidate) subject() subject { return subject{d.table.kind.Name, d.Addr.Key, d.live} }

// An approvable is a change of the whole new plan, its steps joined.
type approvable struct {
	change   Change
	id       subject
	needs    []int // places of candidates
	approved bool
	blocker  int // the candidate that it needs and that is not executed, or none
}

// compare decides which changes of a finished plan may be executed: those that are
// approved as they are, with everything that they need. It tells all the others.
func (a *Approval) compare(b *builder) (permitted map[subject]bool, deviations []Deviation) {
	candidates := b.approvables()
	sameSettings := sameSettings(a.settings, b.plan.Settings)
	var unmatched []*Change
	if sameSettings {
		unmatched = a.match(candidates)
	} else {
		for i := range a.changes {
			unmatched = append(unmatched, &a.changes[i])
		}
	}
	block(candidates)
	permitted = map[subject]bool{}
	for i := range candidates {
		c := &candidates[i]
		switch {
		case c.approved && c.blocker == none:
			permitted[c.id] = true
		case c.approved:
			deviations = append(deviations, Deviation{
				Addr: c.change.Addr, Action: c.change.Action, Why: NeedsUnapproved, Needs: candidates[c.blocker].change.Addr,
			})
		}
	}
	deviations = append(deviations, a.differences(b, candidates, unmatched)...)
	for i := range deviations {
		if d := &deviations[i]; !sameSettings && d.Why == DiffersNow {
			d.Why, d.Before, d.After = SettingsDiffer, nil, nil
		}
	}
	slices.SortFunc(deviations, func(x, y Deviation) int {
		return cmp.Or(x.Addr.Compare(y.Addr), cmp.Compare(x.Action, y.Action), cmp.Compare(x.Why, y.Why))
	})
	return permitted, deviations
}

// approvables lists the changes of the finished plan with everything that they need:
// what they need in their order of execution, and what they would need without it.
func (b *builder) approvables() []approvable {
	var out []approvable
	at := map[subject]int{}
	place := make([]int, len(b.candidates))
	for i := range b.candidates {
		d := &b.candidates[i]
		n, seen := at[d.subject()]
		if !seen {
			n = len(out)
			at[d.subject()] = n
			out = append(out, approvable{change: d.Change, id: d.subject(), blocker: none})
		} else {
			out[n].change.Want = d.Want
		}
		place[i] = n
	}
	for i := range b.candidates {
		for _, need := range b.candidates[i].DependsOn {
			out[place[i]].needs = append(out[place[i]].needs, place[need])
		}
	}
	for id, needs := range b.dependenciesBefore {
		for _, need := range needs {
			out[at[id]].needs = append(out[at[id]].needs, at[need])
		}
	}
	return out
}

// match marks the candidates that are approved, and returns the approved changes
// that are none of them.
func (a *Approval) match(candidates []approvable) (unmatched []*Change) {
	var c canonical
	left := make(map[identity][]*Change, len(a.changes))
	for i := range a.changes {
		id := c.change(&a.changes[i])
		left[id] = append(left[id], &a.changes[i])
	}
	for i := range candidates {
		ch := &candidates[i].change
		if !ch.Action.Writes() {
			continue
		}
		id := c.change(ch)
		if same := left[id]; len(same) > 0 {
			candidates[i].approved = true
			left[id] = same[1:]
		}
	}
	for _, rest := range left {
		unmatched = append(unmatched, rest...)
	}
	return unmatched
}

// block marks the approved candidates that need, directly or not, one that is not
// executed.
func block(candidates []approvable) {
	dependents := make([][]int, len(candidates))
	var stopped []int
	for i := range candidates {
		for _, need := range candidates[i].needs {
			dependents[need] = append(dependents[need], i)
		}
		if !candidates[i].approved {
			stopped = append(stopped, i)
		}
	}
	for len(stopped) > 0 {
		i := stopped[len(stopped)-1]
		stopped = stopped[:len(stopped)-1]
		for _, j := range dependents[i] {
			if c := &candidates[j]; c.approved && c.blocker == none && i != j {
				c.blocker = i
				stopped = append(stopped, j)
			}
		}
	}
}

// differences tells what was approved and is not in the new plan as it was, and
// what is in the new plan and was not approved.
func (a *Approval) differences(b *builder, candidates []approvable, unmatched []*Change) []Deviation {
	fresh := map[schema.Address]*Change{}
	for i := range candidates {
		if c := &candidates[i]; !c.approved && c.change.Action.Writes() {
			fresh[unprefixed(c.change.Addr)] = &c.change
		}
	}
	var out []Deviation
	told := map[schema.Address]bool{}
	for _, c := range unmatched {
		addr := unprefixed(c.Addr)
		d := Deviation{Addr: c.Addr, Action: c.Action, Why: NotNeeded}
		if now := fresh[addr]; now != nil {
			d.Why = DiffersNow
			d.Before, d.After = differing(c, now)
		} else if b.done(c) {
			d.Why = AlreadyDone
		}
		d.Addr.Provider = b.plan.Provider
		told[addr] = true
		out = append(out, d)
	}
	for addr, c := range fresh {
		if !told[addr] && !a.aside[addr] {
			out = append(out, Deviation{Addr: c.Addr, Action: c.Action, Why: NotApproved})
		}
	}
	return out
}

// differing names the attributes in which two changes of one object start from
// different values, and those of which only the outcome differs.
func differing(a, b *Change) (before, after []string) {
	if a.Action != b.Action {
		return nil, nil
	}
	for i, at := range attributesOf(a, b) {
		switch {
		case !sameValue(a.Have, b.Have, i):
			before = append(before, at)
		case !sameValue(a.Want, b.Want, i):
			after = append(after, at)
		}
	}
	return before, after
}

// attributesOf names the attributes of the kind that both changes are about.
func attributesOf(a, b *Change) []string {
	for _, o := range [...]*schema.Object{a.Have, a.Want, b.Have, b.Want} {
		if o != nil {
			return allNames(o.Kind)
		}
	}
	return nil
}

// sameValue reports whether two objects have the same value of an attribute that
// is compared. Where there is no object, there is no value to differ.
func sameValue(a, b *schema.Object, i int) bool {
	if a == nil || b == nil || !a.Kind.Attributes[i].Comparable() {
		return true
	}
	return a.Set.Has(i) == b.Set.Has(i) && (!a.Set.Has(i) || a.Kind.Attributes[i].Equal(a.Body, b.Body))
}

// done reports whether the product already has what an approved change that the
// new plan does not make would bring about.
func (b *builder) done(c *Change) bool {
	t := b.table[c.Addr.Kind]
	if t == nil || !t.listed {
		return false
	}
	j, live := t.byKey[c.Addr.Key]
	switch {
	case c.Action == schema.Delete:
		return !live && !t.kind.NoList
	case !live || len(t.duplicates[c.Addr.Key]) > 0:
		return false
	case c.Action == schema.Deactivate:
		return inactive(t.live[j])
	}
	for i := range t.kind.Attributes {
		a := &t.kind.Attributes[i]
		if c.Want.Set.Has(i) && a.Comparable() && !(t.live[j].Set.Has(i) && a.Satisfies(c.Want.Body, t.live[j].Body)) {
			return false
		}
	}
	return true
}

// restrict keeps the changes that are permitted. What they need is permitted too.
func (b *builder) restrict() {
	if b.permitted == nil {
		return
	}
	keep := make([]bool, len(b.candidates))
	for i := range b.candidates {
		keep[i] = b.permitted[b.candidates[i].subject()]
	}
	b.part(keep)
	b.downgradeFindings()
}

// rememberDependencies notes what every change needs before the order of privileges is
// decided, which drops needs and adds others. Only a comparison asks for it.
func (b *builder) rememberDependencies() {
	if b.Approved == nil || b.permitted != nil {
		return
	}
	b.dependenciesBefore = map[subject][]subject{}
	for i := range b.candidates {
		d := &b.candidates[i]
		for _, need := range d.DependsOn {
			b.dependenciesBefore[d.subject()] = append(b.dependenciesBefore[d.subject()], b.candidates[need].subject())
		}
	}
}
