package build

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A subject is one object that a plan changes, in however many steps.
type subject struct {
	kind, key string
	live      int // distinguishes live objects with the same key
}

func (d *candidate) subject() subject { return subject{d.table.kind.Name, d.Addr.Key, d.live} }

// An approvable is a change of the whole new plan, with its steps joined.
type approvable struct {
	change   plan.Change
	id       subject
	needs    []int // indices of the approvables that it depends on
	approved bool
	told     bool // a deviation says already why it is not executed
	blocker  int  // the one that it depends on and that is not executed, or none
}

// compareApproval returns the changes of a finished plan that may be executed: the approved ones
// whose dependencies are approved too. Deviations are all others.
func compareApproval(x *tenant, whole *planned, fresh *plan.Plan) (permitted map[subject]bool, deviations []plan.Deviation) {
	a, candidates := x.Approved, whole.approvables()
	sameSettings := plan.SameSettings(a.Settings, plan.SteeringSettings(&x.Tenant.Settings))
	var unmatched []*plan.Change
	if sameSettings {
		unmatched = matchApproved(a, candidates)
	} else {
		for i := range a.Changes {
			unmatched = append(unmatched, &a.Changes[i])
		}
	}
	if !a.CoversGains(fresh) {
		for i := range candidates {
			if c := &candidates[i]; c.approved && c.change.Governs() {
				c.approved, c.told = false, true
				deviations = append(deviations, plan.Deviation{Addr: c.change.Addr, Action: c.change.Action, Why: plan.OthersGain})
			}
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
			deviations = append(deviations, plan.Deviation{
				Addr: c.change.Addr, Action: c.change.Action, Why: plan.DependsOnUnapproved, DependsOn: candidates[c.blocker].change.Addr,
			})
		}
	}
	deviations = append(deviations, deviationsFrom(x, candidates, unmatched)...)
	for i := range deviations {
		if d := &deviations[i]; !sameSettings && d.Why == plan.DiffersNow {
			d.Why, d.Before, d.After = plan.SettingsDiffer, nil, nil
		}
	}
	slices.SortFunc(deviations, func(x, y plan.Deviation) int {
		return cmp.Or(x.Addr.Compare(y.Addr), cmp.Compare(x.Action, y.Action), cmp.Compare(x.Why, y.Why))
	})
	return permitted, deviations
}

// approvables lists the changes of the finished plan with their dependencies, before and after
// orderPrivileges.
func (p *planned) approvables() []approvable {
	var out []approvable
	at := map[subject]int{}
	place := make([]int, len(p.candidates))
	for i := range p.candidates {
		d := &p.candidates[i]
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
	for i := range p.candidates {
		for _, need := range p.candidates[i].DependsOn {
			out[place[i]].needs = append(out[place[i]].needs, place[need])
		}
	}
	for id, needs := range p.needs {
		for _, need := range needs {
			out[at[id]].needs = append(out[at[id]].needs, at[need])
		}
	}
	return out
}

// matchApproved marks the approved candidates, and returns the approved changes without a
// candidate.
func matchApproved(a *plan.Approval, candidates []approvable) (unmatched []*plan.Change) {
	left := make(map[plan.Identity][]*plan.Change, len(a.Changes))
	for i := range a.Changes {
		id := a.Changes[i].Identity()
		left[id] = append(left[id], &a.Changes[i])
	}
	for i := range candidates {
		ch := &candidates[i].change
		if !ch.Action.Writes() {
			continue
		}
		id := ch.Identity()
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

// block marks the approved candidates that depend, directly or not, on one that is not executed.
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

// deviationsFrom lists the approved changes that the new plan does not make, and the changes of
// the new plan that were not approved.
func deviationsFrom(x *tenant, candidates []approvable, unmatched []*plan.Change) []plan.Deviation {
	fresh := map[schema.Address]*plan.Change{}
	for i := range candidates {
		if c := &candidates[i]; !c.approved && !c.told && c.change.Action.Writes() {
			fresh[plan.WithoutProvider(c.change.Addr)] = &c.change
		}
	}
	var out []plan.Deviation
	told := map[schema.Address]bool{}
	for _, c := range unmatched {
		addr := plan.WithoutProvider(c.Addr)
		d := plan.Deviation{Addr: c.Addr, Action: c.Action, Why: plan.NotNeeded}
		if now := fresh[addr]; now != nil {
			d.Why = plan.DiffersNow
			d.Before, d.After = differing(c, now)
		} else if done(x, c) {
			d.Why = plan.AlreadyDone
		}
		d.Addr.Provider = x.Tenant.Name
		told[addr] = true
		out = append(out, d)
	}
	for addr, c := range fresh {
		if !told[addr] && !x.Approved.Excluded[addr] {
			out = append(out, plan.Deviation{Addr: c.Addr, Action: c.Action, Why: plan.NotApproved})
		}
	}
	return out
}

// differing lists the attributes with different values before two changes of one object, and those
// with different values only after them.
func differing(a, b *plan.Change) (before, after []string) {
	if a.Action != b.Action {
		return nil, nil
	}
	attributes := cmp.Or(a.Have, a.Want, b.Have, b.Want).Kind.Attributes
	for i := range attributes {
		at := attributes[i].Name
		switch {
		case !sameValue(a.Have, b.Have, i):
			before = append(before, at)
		case !sameValue(a.Want, b.Want, i):
			after = append(after, at)
		}
	}
	return before, after
}

// sameValue reports whether two objects have the same value of a compared attribute. Without an
// object it returns true.
func sameValue(a, b *schema.Object, i int) bool {
	if a == nil || b == nil || !a.Kind.Attributes[i].Comparable() {
		return true
	}
	return a.Set.Has(i) == b.Set.Has(i) && (!a.Set.Has(i) || a.Kind.Attributes[i].Equal(a.Body, b.Body))
}

// done reports whether an approved change that the new plan does not make is already in effect.
func done(x *tenant, c *plan.Change) bool {
	t := x.table[c.Addr.Kind]
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
		return t.live[j].Inactive()
	}
	for i := range t.kind.Attributes {
		a := &t.kind.Attributes[i]
		if c.Want.Set.Has(i) && a.Comparable() && !(t.live[j].Set.Has(i) && a.Satisfies(c.Want.Body, t.live[j].Body)) {
			return false
		}
	}
	return true
}

// restrict keeps the permitted changes. Their dependencies are permitted too.
func restrict(s stage, p *planned, permitted map[subject]bool) {
	keep := make([]bool, len(p.candidates))
	for i := range p.candidates {
		keep[i] = permitted[p.candidates[i].subject()]
	}
	p.part(keep)
	downgradeFindings(s, p)
}

// rememberDependencies notes the dependencies before orderPrivileges changes them, for
// compareApproval.
func (p *planned) rememberDependencies() {
	p.needs = map[subject][]subject{}
	for i := range p.candidates {
		d := &p.candidates[i]
		for _, need := range d.DependsOn {
			p.needs[d.subject()] = append(p.needs[d.subject()], p.candidates[need].subject())
		}
	}
}
