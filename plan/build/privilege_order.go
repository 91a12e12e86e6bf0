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
// While a plan is being applied, some of its changes are made and others are not. At no time may a
// user have a right that the user has neither before nor after the plan. Users have rights through
// shared objects, such as roles and groups; more references to them, and larger sets in them,
// never give fewer rights. So shared objects narrow first, then users change, then shared objects
// widen. A change that narrows and widens is made in two steps if another change has to come
// between them.
//
//   - A user's change waits for the narrowing of objects that the user refers to afterwards.
//   - The widening of a shared object waits for every changed user who referred to it before.
//   - If a user who does not change refers to several changed objects, such as the groups of one
//     access, their widening waits for their narrowing.
//   - A change of the object that decides what all rights mean waits for all other changes, or users
//     and what widens wait for it, as the kind says (schema.Kind.Governs).
//
// An object that gives different rights to each of several users (schema.Kind.GrantsTo), such as a
// location group, is a shared object too. It drops and adds users itself, so a user's change waits
// for its narrowing if it named the user before, and its widening waits for the users that it names
// afterwards. It widens when it is created and narrows when it is deleted.
//
// A change also waits for the objects that it refers to (depends.go). It waits for no others, so
// a refused write stops only changes that share a user with it or depend on it. See
// docs/decisions/0005-revoke-first-grant-last.md.

// A privilegeOrder collects which changes wait for which. Subjects are users, and objects that hold
// rights for users, such as memberships.
type privilegeOrder struct {
	*planned
	cascades  map[int][]cascadeDelete // by candidate: the objects that are deleted with its own
	subjects  []int                   // candidates that change subjects
	switching map[objectRef]int       // candidates that activate or deactivate a user
	shared    map[int]sharedChange    // candidates that change shared objects
	sets      *changeSets
	edges     map[edge]bool
}

// An edge lets a step wait for a change. Step ^n is the widening of change n: its second step if
// it has two, else the whole change.
type edge struct{ step, waitsFor int }

func (p *privilegeOrder) wait(step, change int) { p.edges[edge{step, change}] = true }

// orderPrivileges reorders candidates, which are in the order of references, so that no user
// temporarily holds extra rights. Findings name the changes for which that is impossible.
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
	p.orderGoverning()
	if len(p.shared) > 0 {
		p.orderShared()
	}
	if len(p.edges) == 0 {
		return p.candidates, nil
	}
	return p.sort()
}

// orderShared orders the changes of shared objects and of subjects that have rights through them.
func (p *privilegeOrder) orderShared() {
	before, after := p.propagate(false), p.propagate(true)
	changes := map[objectRef]bool{}
	for _, i := range p.subjects {
		d := &p.candidates[i]
		changes[objectRef{d.table, d.Addr.Key}] = true
		if d.table.kind.GrantsTo != nil {
			continue // it is a shared object itself
		}
		for _, r := range p.cascades[i] {
			changes[objectRef{r.table, r.object().Addr.Key}] = true
		}
		for _, planned := range [...]bool{false, true} {
			through := before
			if planned {
				through = after
			}
			for _, o := range p.sets.sets[through.of(d.table)[d.Addr.Key]] {
				namesUsers := p.candidates[o].table.kind.GrantsTo != nil
				if p.shared[o].widens && planned == namesUsers {
					p.wait(^o, i)
				}
				if p.shared[o].narrows && planned != namesUsers && d.Want != nil {
					p.wait(i, o)
				}
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

// orderGoverning orders the changes of objects that decide what all rights mean (schema.Kind.Governs).
// Such a change waits for all others that write, so that everything is prepared when it is made. With
// first, it waits only for what is created and for what narrows; the changes of subjects and all that
// widens wait for it.
func (p *privilegeOrder) orderGoverning() {
	for o := range p.candidates {
		governs := p.candidates[o].table.kind.Governs
		if governs == nil || !p.candidates[o].Action.Writes() || p.candidates[o].Want == nil {
			continue
		}
		first := governs(p.candidates[o].Want)
		for i := range p.candidates {
			d := &p.candidates[i]
			switch {
			case i == o || !d.Action.Writes():
			case first && d.table.holdsRights():
				p.wait(i, o)
			case !first || d.Action == schema.Create:
				p.wait(^o, i)
			default:
				if p.shared[i].narrows {
					p.wait(^o, i)
				}
				if p.shared[i].widens {
					p.wait(^i, o)
				}
			}
		}
	}
}

// orderTogether orders the changes of shared objects to which the same unchanged subject refers.
func (p *privilegeOrder) orderTogether(changes []int) {
	for _, o := range changes {
		for _, other := range changes {
			if o != other && p.shared[o].widens && p.shared[other].narrows {
				p.wait(^o, other)
			}
		}
	}
}

// sort splits changes into steps, adds the edges to the dependencies and sorts. Changes that would
// wait for each other in a cycle, as where a shared object names users itself, do not wait, and
// findings warn of them.
func (p *privilegeOrder) sort() ([]candidate, []schema.Finding) {
	steps, widening, rank := p.split()
	waits := make(graph.Graph, len(steps))
	for i := range steps {
		waits[i] = slices.Clone(steps[i].DependsOn)
	}
	index := func(step int) int {
		if step < 0 {
			return widening[^step]
		}
		return step
	}
	for e := range p.edges {
		waits.Add(index(e.step), e.waitsFor)
	}
	cyclic, transient := waits.Cyclic(), map[int]bool{}
	for e := range p.edges {
		at := index(e.step)
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

// rearrange returns the candidates with the given indices, in that order, with the indices of their
// dependencies adapted.
func rearrange(candidates []candidate, indices []int) []candidate {
	moved := make([]int, len(candidates))
	for n, i := range indices {
		moved[i] = n
	}
	out := make([]candidate, len(indices))
	for n, i := range indices {
		out[n] = candidates[i]
		for k, at := range out[n].DependsOn {
			out[n].DependsOn[k] = moved[at]
		}
		slices.Sort(out[n].DependsOn)
	}
	return out
}

// transientRights warns of a change that may temporarily grant extra rights in any order.
func transientRights(d *candidate) schema.Finding {
	f := schema.Finding{
		Severity: schema.Warning, Code: "plan/transient-rights", Addr: d.Addr, Pos: d.Pos,
		Summary: "Users may temporarily hold extra rights",
	}
	f.Detail = fmt.Sprintf("%s gets other %s in one write, and the same plan changes the rights of users with it in other ways. "+
		"Until the plan is applied, users may hold more rights than before and after it. To avoid that, change %s in a separate plan.",
		d.Addr, theAttributes(d.table.kind, d.Changed), d.Addr)
	return f
}
