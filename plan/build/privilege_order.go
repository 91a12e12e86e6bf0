package build

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The order of changes that grant and revoke rights.
//
// While a plan is half applied, some of a user's own changes and of those of the roles
// and groups that grant the user rights are made, and others are not. No such mixture
// may grant a user more than before and after the plan. One rule is enough, because a
// user who refers to more objects, or to objects with larger sets, never has fewer
// rights: changes that revoke come first, then users, then changes that grant.
//
//   - A user's change waits for the changes that revoke, where the user refers to their
//     objects afterwards.
//   - A change that grants waits for every changed user who referred to its object before.
//   - Where a user who does not change refers to several changed objects, as to the
//     groups of one access, the changes that grant wait for those that revoke.
//
// A change that revokes and grants at once is made in two steps where others must come
// before and after it. See docs/decisions/0005.

// A privilegeOrder holds what the rule needs while it is applied.
type privilegeOrder struct {
	*builder
	shared   []int // drafts of objects that grant rights to users
	takes    map[int]bool
	gives    map[int]bool
	deferred map[int]bool // it grants, and a changed user referred to it
	split    map[int]bool
	needs    map[[2]int]bool // second before first
	causes   *changeSets
	cascades map[int][]cascadeDelete // by the draft that deletes them too
}

// orderPrivileges orders the drafts so that none temporarily grants extra rights.
func (b *builder) orderPrivileges() {
	p := &privilegeOrder{builder: b, takes: map[int]bool{}, gives: map[int]bool{}, deferred: map[int]bool{}, split: map[int]bool{}, needs: map[[2]int]bool{}}
	for i := range b.candidates {
		if takes, gives := b.candidates[i].grantsOrRevokes(); takes || gives {
			p.shared = append(p.shared, i)
			p.takes[i], p.gives[i] = takes, gives
		}
	}
	if b.unfinished() {
		return
	}
	p.addCascades()
	people := p.people()
	if len(p.shared) > 0 {
		p.orderShared(people)
	}
	if p.orderActivation(people) || p.mayCycle() {
		p.breakCycles()
	}
	if len(p.needs) > 0 {
		b.addEdges(p)
	}
}

// orderShared puts the changes of what people have their rights through around those
// of the people.
func (p *privilegeOrder) orderShared(people map[int]*kindState) {
	p.causes = newChangeSets()
	marks, later := p.propagate(false), p.propagate(true)
	before, after := p.subjectSets(people, marks, false), p.subjectSets(people, later, true)
	for i := range people {
		for _, o := range p.causes.sets[before[i]] {
			p.deferred[o] = p.deferred[o] || p.gives[o]
		}
	}
	met := p.sharedBy(marks, people)
	p.choose(met)
	for i := range people {
		p.orderSubject(i, p.causes.sets[before[i]], p.causes.sets[after[i]])
	}
	for _, set := range met {
		p.between(set)
	}
}

// grantsOrRevokes reports whether a change of an object that others refer to takes
// rights from them and whether it gives any. A set that carries rights gives when
// it grows. Where something else than a set carries them, there is no direction
// and no order is better than another.
func (d *candidate) grantsOrRevokes() (takes, gives bool) {
	if d.Action != schema.Update && d.Action != schema.Rename || d.table.kind.Grants != nil || len(d.table.grantKinds) > 0 {
		return false, false
	}
	for i := range d.table.kind.Attributes {
		switch a := &d.table.kind.Attributes[i]; {
		case !d.Changed.Has(i) || !d.table.carriesRights(i):
		case a.Type != schema.TypeSet:
			return false, false
		default:
			have, want := a.Texts(d.Have.Body), a.Texts(d.Want.Body)
			takes, gives = takes || !inside(have, want), gives || !inside(want, have)
		}
	}
	return takes, gives
}

// carriesRights reports whether rights can depend on the attribute: where the kind says
// which attributes carry rights, on these and on references, otherwise on all but
// the key and plain texts.
func (t *kindState) carriesRights(i int) bool {
	a := &t.kind.Attributes[i]
	switch {
	case t.keys.Has(i):
		return false
	case len(a.Kinds) > 0 || a.Is(schema.CarriesRights):
		return true
	}
	return t.guarded == 0 && !(a.Type == schema.TypeString && len(a.OneOf) == 0)
}

// propagate finds for every object the shared changes that its rights come through,
// by what it refers to before the plan or after it.
func (p *privilegeOrder) propagate(planned bool) map[*kindState]map[string]int {
	marks := map[*kindState]map[string]int{}
	mark := func(t *kindState, key string, set int) {
		if marks[t] == nil {
			marks[t] = map[string]int{}
		}
		marks[t][key] = p.causes.join(marks[t][key], set)
	}
	for _, i := range p.shared {
		mark(p.candidates[i].table, p.candidates[i].Addr.Key, p.causes.one(i))
	}
	for _, t := range p.tables {
		for n := range t.refs {
			r := &t.refs[n]
			if !slices.ContainsFunc(r.to, func(to *kindState) bool { return len(marks[to]) > 0 }) {
				continue
			}
			var sets []int
			collect := func(key string) {
				if to := r.target(key); to != nil && marks[to][key] != 0 {
					sets = append(sets, marks[to][key])
				}
			}
			t.each(planned, func(key string, o *schema.Object) {
				sets = sets[:0]
				if r.attr.Each(o.Body, collect); len(sets) > 0 {
					mark(t, key, p.causes.joinAll(sets))
				}
			})
		}
	}
	return marks
}

// each calls f for every object as it is or as it is planned, under the key that
// it has afterwards.
func (t *kindState) each(planned bool, f func(key string, o *schema.Object)) {
	loses := planned && t.hasCascade()
	for j, l := range t.live {
		switch d := t.changes[j]; {
		case loses && t.cascades(l):
		case d == nil:
			f(l.Addr.Key, l)
		case !planned:
			f(d.Addr.Key, l)
		case d.Want != nil:
			f(d.Addr.Key, d.Want)
		}
	}
	if planned {
		for key, o := range t.created {
			f(key, o)
		}
	}
}

// addCascades gives what goes with something else to the draft that takes it along.
func (p *privilegeOrder) addCascades() {
	p.cascades = map[int][]cascadeDelete{}
	riders := p.builder.cascadeDeletes()
	if len(riders) == 0 {
		return
	}
	by := p.cascadingDeletes()
	for _, r := range riders {
		if r.table.kind.Grants != nil || len(r.table.grantKinds) > 0 {
			p.cascades[by[r.cascadedBy]] = append(p.cascades[by[r.cascadedBy]], r)
		}
	}
}

// people are the drafts of those who hold rights and whose own rights change, of
// what holds rights for others, and of what takes either along.
func (p *privilegeOrder) people() map[int]*kindState {
	out := map[int]*kindState{}
	for i := range p.candidates {
		if d := &p.candidates[i]; (d.table.kind.Grants != nil || len(d.table.grantKinds) > 0) && d.Action.Writes() && d.affectsRights() {
			out[i] = d.table
		}
	}
	for i := range p.cascades {
		out[i] = p.candidates[i].table
	}
	return out
}

// sharedBy lists the different sets of shared changes that meet in somebody who
// does not change.
func (p *privilegeOrder) sharedBy(before map[*kindState]map[string]int, people map[int]*kindState) [][]int {
	changing := map[objectRef]bool{}
	for i, t := range people {
		changing[objectRef{t, p.candidates[i].Addr.Key}] = true
		for _, r := range p.cascades[i] {
			changing[objectRef{r.table, r.object().Addr.Key}] = true
		}
	}
	seen := map[int]bool{}
	for _, t := range p.tables {
		if t.kind.Grants == nil {
			continue
		}
		for key, set := range before[t] {
			if !seen[set] && len(p.causes.sets[set]) > 1 && !changing[objectRef{t, key}] {
				seen[set] = true
			}
		}
	}
	var out [][]int
	for set := range seen {
		out = append(out, p.causes.sets[set])
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// choose decides which changes are made in two steps: those that must be on both
// sides of others. One that cannot be parted is told of.
func (p *privilegeOrder) choose(met [][]int) {
	asked := map[int]bool{}
	for _, o := range p.shared {
		asked[o] = p.deferred[o] && (p.takes[o] || p.candidates[o].Action == schema.Rename)
	}
	for _, set := range met {
		if mixed := p.both(set); len(mixed) > 1 {
			for _, o := range mixed {
				asked[o] = true
			}
		}
	}
	for _, o := range slices.Sorted(maps.Keys(asked)) {
		if !asked[o] {
			continue
		}
		if d := &p.candidates[o]; !d.splits() {
			delete(p.deferred, o)
			p.addFinding(p.transientRights(d))
			continue
		}
		p.split[o] = true
	}
}

// both are those of a set that take and give at once.
func (p *privilegeOrder) both(set []int) []int {
	var out []int
	for _, o := range set {
		if p.takes[o] && p.gives[o] {
			out = append(out, o)
		}
	}
	return out
}

// orderSubject puts somebody who changes after what takes and before what gives.
func (p *privilegeOrder) orderSubject(person int, before, after []int) {
	for _, o := range before {
		if p.deferred[o] {
			p.needs[[2]int{p.grantStep(o), person}] = true
		}
	}
	if p.candidates[person].Want == nil {
		return
	}
	for _, o := range after {
		if p.takes[o] {
			p.needs[[2]int{person, o}] = true
		}
	}
}

// between puts what gives after what takes.
func (p *privilegeOrder) between(set []int) {
	stuck := func(o int) bool { return p.takes[o] && p.gives[o] && !p.split[o] }
	for _, o := range set {
		for _, other := range set {
			if o != other && p.gives[o] && p.takes[other] && !(stuck(o) && stuck(other)) {
				p.needs[[2]int{p.grantStep(o), other}] = true
			}
		}
	}
}

// grantStep is the number of the step in which a change gives: its own where it is one
// step, and a negative one for a second step.
func (p *privilegeOrder) grantStep(o int) int {
	if p.split[o] {
		return ^o
	}
	return o
}

// transientRights warns of a change that cannot be made in two steps.
func (p *privilegeOrder) transientRights(d *candidate) schema.Finding {
	f := schema.Finding{
		Severity: schema.Warning, Code: "plan/transient-rights", Addr: d.Addr, Pos: d.Pos,
		Summary: "Users may temporarily hold extra rights",
	}
	f.Detail = fmt.Sprintf("%s gets other %s in one write, and the same plan changes in other ways what people have through it. "+
		"Until the plan is applied, they may hold more rights than before and after it. To rule that out, change %s in a plan of its own.",
		d.Addr, theAttributes(d.table.kind, d.Changed), d.Addr)
	return f
}

func inside(small, large []string) bool {
	for _, s := range small {
		if _, found := slices.BinarySearch(large, s); !found {
			return false
		}
	}
	return true
}
