package build

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// mayCycle reports whether what the passage asks for can go against what the
// references ask for: what people have rights through names people itself, as a
// team that has memberships and names its owner, or names what people's rights go
// with.
func (p *privilegeOrder) mayCycle() bool {
	for _, o := range p.shared {
		for _, t := range p.tables {
			if (t.kind.Grants != nil || len(t.grantKinds)+len(t.containedKinds) > 0) && p.candidates[o].table.refersTo(t) {
				return true
			}
		}
	}
	return false
}

// breakCycles leaves out of the passage's needs whatever would close a circle, and
// tells of it.
func (p *privilegeOrder) breakCycles() {
	pairs := slices.SortedFunc(maps.Keys(p.needs), func(x, y [2]int) int {
		return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
	})
	added, told := map[int][]int{}, map[schema.Address]bool{}
	for _, pair := range pairs {
		if !p.reachable(pair[1], pair[0], added, map[int]bool{}) {
			added[pair[0]] = append(added[pair[0]], pair[1])
			continue
		}
		delete(p.needs, pair)
		d := &p.candidates[max(pair[0], ^pair[0])]
		if !told[d.Addr] {
			told[d.Addr] = true
			p.addFinding(p.transientRights(d))
		}
	}
}

// reachable reports whether a step waits for another, by way of others as well. A
// second step has the number that giver gives it, and waits for the first one too.
func (p *privilegeOrder) reachable(step, other int, added map[int][]int, seen map[int]bool) bool {
	if step == other {
		return true
	}
	if seen[step] {
		return false
	}
	seen[step] = true
	if step < 0 && p.reachable(^step, other, added, seen) {
		return true
	}
	for _, n := range added[step] {
		if p.reachable(n, other, added, seen) {
			return true
		}
	}
	for _, n := range p.candidates[max(step, ^step)].DependsOn {
		if (!p.deferred[n] || p.split[n]) && p.reachable(n, other, added, seen) {
			return true
		}
	}
	return false
}
