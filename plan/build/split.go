package build

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan/graph"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// firstStep is what an object has both before and after the change: every set that
// carries rights is cut down to what is common to both.
func (d *candidate) firstStep() *schema.Object {
	mid := d.Want.Clone()
	mid.ID = d.Have.ID
	for i := range d.table.kind.Attributes {
		if a := &d.table.kind.Attributes[i]; d.Changed.Has(i) && d.table.carriesRights(i) {
			have := a.Texts(d.Have.Body)
			a.SetAny(mid.Body, slices.DeleteFunc(slices.Clone(a.Texts(d.Want.Body)), func(s string) bool {
				_, held := slices.BinarySearch(have, s)
				return !held
			}))
		}
	}
	return &mid
}

// splits reports whether the change can be made in two steps. A set that does not
// itself name rights, such as the businesses of a group, is never left empty
// between them: what a product makes of an empty one is its own business.
func (d *candidate) splits() bool {
	mid := d.firstStep()
	for i := range d.table.kind.Attributes {
		a := &d.table.kind.Attributes[i]
		if !d.Changed.Has(i) || !d.table.carriesRights(i) || a.Is(schema.CarriesRights) {
			continue
		}
		if len(a.Texts(mid.Body)) == 0 && len(a.Texts(d.Have.Body))+len(a.Texts(d.Want.Body)) > 0 {
			return false
		}
	}
	return true
}

// secondStep makes two steps of the change: d takes and renames, what it returns gives.
func (d *candidate) secondStep(at int, drafts []candidate) candidate {
	mid := d.firstStep()
	second := *d
	second.Action, second.From = schema.Update, ""
	second.Have, second.Changed = mid, 0
	second.DependsOn = append(slices.Clone(d.DependsOn), at)
	first := &d.Change
	first.Want, first.Changed = mid, 0
	for i := range d.table.kind.Attributes {
		a := &d.table.kind.Attributes[i]
		if !second.Want.Set.Has(i) || !a.Comparable() {
			continue
		}
		if !a.Equal(first.Have.Body, mid.Body) {
			first.Changed = first.Changed.With(i)
		}
		if !a.Equal(mid.Body, second.Want.Body) {
			second.Changed = second.Changed.With(i)
		}
	}
	// What is only created for the second step is none of the first one's needs.
	first.DependsOn = slices.DeleteFunc(slices.Clone(first.DependsOn), func(n int) bool {
		return drafts[n].Action == schema.Create && !d.refers(&drafts[n])
	})
	first.Reason = sentence(first.Reason, "step 1 of 2: "+choose(first.Action == schema.Rename, "rename and ", "")+
		"revoke first, so that nobody temporarily gains rights")
	second.Reason = sentence(second.Reason, "step 2 of 2: grant")
	return second
}

func sentence(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// refers reports whether the wanted object names what the other draft is about.
func (d *candidate) refers(other *candidate) bool {
	found := false
	for i := range d.table.refs {
		r := &d.table.refs[i]
		r.attr.Each(d.Want.Body, func(key string) {
			found = found || key == other.Addr.Key && r.mayBe(other.table)
		})
	}
	return found
}

// addEdges makes the second steps, writes the passage's needs into the drafts and
// brings these into an order that keeps all needs, as near to the old one as they
// allow.
func (b *builder) addEdges(p *privilegeOrder) {
	n := len(b.candidates)
	rank := make([]int, n, n+len(p.split))
	for i := range rank {
		rank[i] = 2 * i
	}
	second := map[int]int{}
	for _, o := range p.shared {
		if p.split[o] {
			second[o] = len(b.candidates)
			rank = append(rank, 2*o+1)
			b.candidates = append(b.candidates, b.candidates[o].secondStep(o, b.candidates))
		}
	}
	b.dropDeferredEdges(p)
	for pair := range p.needs {
		i := pair[0]
		if i < 0 {
			i = second[^i]
		}
		b.candidates[i].DependsOn = append(b.candidates[i].DependsOn, pair[1])
	}
	b.topoSort(rank)
}

// dropDeferredEdges drops the needs upon what is deferred as a whole. It exists and only
// gives, so nobody who comes to it has to wait for it.
func (b *builder) dropDeferredEdges(p *privilegeOrder) {
	for i := range b.candidates {
		if d := &b.candidates[i]; !d.Action.Removes() {
			d.DependsOn = slices.DeleteFunc(d.DependsOn, func(n int) bool { return p.deferred[n] && !p.split[n] })
		}
	}
}

// topoSort sorts the drafts so that each comes after what it needs, the lowest rank
// first where that leaves a choice.
func (b *builder) topoSort(rank []int) {
	waits := make(graph.Graph, len(b.candidates))
	for i := range b.candidates {
		d := &b.candidates[i]
		slices.Sort(d.DependsOn)
		d.DependsOn = slices.Compact(d.DependsOn)
		waits[i] = d.DependsOn
	}
	order := waits.Sort(rank)
	if len(order) < len(b.candidates) {
		panic("plan: changes wait for each other")
	}
	place := make([]int, len(order))
	sorted := make([]candidate, len(order))
	for at, i := range order {
		place[i], sorted[at] = at, b.candidates[i]
	}
	for i := range sorted {
		for n, at := range sorted[i].DependsOn {
			sorted[i].DependsOn[n] = place[at]
		}
		slices.Sort(sorted[i].DependsOn)
	}
	b.candidates = sorted
}
