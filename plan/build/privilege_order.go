package build

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/graph"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The order of changes that grant and revoke rights.
//
// While a plan is half applied, some of its changes are made and others are not. No such
// mixture may grant a user more than before and after the plan. A user has rights through
// shared objects, such as roles and groups, and never has fewer where they refer to more
// of them, or where the sets in them are larger. So changes are made in this order:
// shared objects narrow, then users change, then shared objects widen. A change that does
// both is made in two steps where something has to come between them.
//
//   - A user's change waits for the narrowing of what the user refers to afterwards.
//   - The widening of a shared object waits for every changed user who referred to it
//     before.
//   - Where a user who does not change refers to several changed objects, as to the
//     groups of one access, their widening waits for their narrowing.
//
// Besides, a change waits for what it refers to (depends.go). Nothing else waits, so a refused write holds up only what shares a user with it or
// needs it. See docs/decisions/0005-revoke-first-grant-last.md.

// A privilegeOrder collects what has to wait for what. Subjects are users and what holds
// rights for users, such as memberships.
type privilegeOrder struct {
	*planned
	cascades  map[int][]cascadeDelete // by the candidate that deletes them too
	subjects  []int                   // candidates that change what subjects hold
	switching map[objectRef]int       // candidates that make a user active or inactive
	shared    map[int]sharedChange    // candidates that change shared objects
	sets      *changeSets
	edges     map[edge]bool
}

// An edge lets a step wait for a change. Step ^n is the widening of change n, which is a
// step of its own or the whole change.
type edge struct{ step, waitsFor int }

func (p *privilegeOrder) wait(step, change int) { p.edges[edge{step, change}] = true }

// orderPrivileges orders candidates that are in the order of references so that no user
// temporarily holds extra rights, as near to that order as this allows. Findings tell where
// it is impossible.
func orderPrivileges(changes *planned) ([]candidate, []schema.Finding) {
	p := &privilegeOrder{
		planned: changes, cascades: changes.cascadesOfRights(),
		switching: map[objectRef]int{}, shared: map[int]sharedChange{}, sets: newChangeSets(), edges: map[edge]bool{},
	}
	for i := range p.candidates {
		d := &p.candidates[i]
		if s, ok := d.sharedChange(); ok {
			p.shared[i] = s
		}
		if len(p.cascades[i]) > 0 || d.table.holdsRights() && d.Action.Writes() && d.affectsRights() {
			p.subjects = append(p.subjects, i)
			if was, is := d.active(); was != is && len(d.table.grantKinds) > 0 {
				p.switching[objectRef{d.table, d.Addr.Key}] = i
			}
		}
	}
	p.orderActivation()
	if len(p.shared) > 0 {
		p.orderShared()
	}
	if len(p.edges) == 0 {
		return p.candidates, nil
	}
	return p.sort()
}

// orderShared orders the changes of shared objects and of the subjects that have rights
// through them.
func (p *privilegeOrder) orderShared() {
	before, after := p.propagate(false), p.propagate(true)
	changes := map[objectRef]bool{}
	for _, i := range p.subjects {
		d := &p.candidates[i]
		changes[objectRef{d.table, d.Addr.Key}] = true
		for _, r := range p.cascades[i] {
			changes[objectRef{r.table, r.object().Addr.Key}] = true
		}
		for _, o := range p.sets.sets[before.of(d.table)[d.Addr.Key]] {
			if p.shared[o].widens {
				p.wait(^o, i)
			}
		}
		for _, o := range p.sets.sets[after.of(d.table)[d.Addr.Key]] {
			if p.shared[o].narrows && d.Want != nil {
				p.wait(i, o)
			}
		}
	}
	ordered := map[int]bool{}
	for _, t := range p.kinds {
		for key, set := range before.of(t) {
			if t.kind.Grants != nil && !ordered[set] && !changes[objectRef{t, key}] {
				ordered[set] = true
				p.orderTogether(p.sets.sets[set])
			}
		}
	}
}

// orderTogether orders changes of shared objects to which one unchanged subject refers.
func (p *privilegeOrder) orderTogether(changes []int) {
	for _, o := range changes {
		for _, other := range changes {
			if o != other && p.shared[o].widens && p.shared[other].narrows {
				p.wait(^o, other)
			}
		}
	}
}

// sort makes the second steps, adds what waits to the dependencies and sorts. Changes that
// would wait for themselves, as where a shared object names users itself, do not wait for
// each other, and a finding warns of it.
func (p *privilegeOrder) sort() ([]candidate, []schema.Finding) {
	steps, widening, rank := p.split()
	waits := make(graph.Graph, len(steps))
	for i := range steps {
		waits[i] = slices.Clone(steps[i].DependsOn)
	}
	place := func(step int) int {
		if step < 0 {
			return widening[^step]
		}
		return step
	}
	for e := range p.edges {
		waits.Add(place(e.step), e.waitsFor)
	}
	cyclic, transient := waits.Cyclic(), map[int]bool{}
	for e := range p.edges {
		at := place(e.step)
		_, shared := p.shared[e.waitsFor]
		switch {
		case !cyclic[at] || !cyclic[e.waitsFor]:
			steps[at].DependsOn = append(steps[at].DependsOn, e.waitsFor)
		case shared:
			transient[e.waitsFor] = true
		default:
			transient[at] = true
		}
	}
	var findings []schema.Finding
	for _, i := range slices.Sorted(maps.Keys(transient)) {
		findings = append(findings, transientRights(&steps[i]))
	}
	for i := range steps {
		slices.Sort(steps[i].DependsOn)
		steps[i].DependsOn = slices.Compact(steps[i].DependsOn)
		waits[i] = steps[i].DependsOn
	}
	order := waits.Sort(rank)
	if len(order) < len(steps) {
		panic("plan: changes wait for each other")
	}
	return rearrange(steps, order), findings
}

// rearrange returns the candidates at the places, in their order, with the dependencies
// among them.
func rearrange(candidates []candidate, places []int) []candidate {
	moved := make([]int, len(candidates))
	for n, i := range places {
		moved[i] = n
	}
	out := make([]candidate, len(places))
	for n, i := range places {
		out[n] = candidates[i]
		for k, at := range out[n].DependsOn {
			out[n].DependsOn[k] = moved[at]
		}
		slices.Sort(out[n].DependsOn)
	}
	return out
}

// transientRights warns of a change that cannot be made at a time when it grants no extra
// rights.
func transientRights(d *candidate) schema.Finding {
	f := schema.Finding{
		Severity: schema.Warning, Code: "plan/transient-rights", Addr: d.Addr, Pos: d.Pos,
		Summary: "Users may temporarily hold extra rights",
	}
	f.Detail = fmt.Sprintf("%s gets other %s in one write, and the same plan changes in other ways what people have through it. "+
		"Until the plan is applied, they may hold more rights than before and after it. To rule that out, change %s in a plan of its own.",
		d.Addr, theAttributes(d.table.kind, d.Changed), d.Addr)
	return f
}
