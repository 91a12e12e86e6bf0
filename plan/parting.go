package plan

import (
	"container/heap"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// between is what an object has both before and after the change: every set that
// carries rights is cut down to what is common to both.
func (d *draft) between() *schema.Object {
	mid := d.Want.Clone()
	mid.ID = d.Have.ID
	for i := range d.table.kind.Attributes {
		if a := &d.table.kind.Attributes[i]; d.Changed.Has(i) && d.table.carrier(i) {
			have := a.Texts(d.Have.Body)
			a.SetAny(mid.Body, slices.DeleteFunc(slices.Clone(a.Texts(d.Want.Body)), func(s string) bool {
				_, held := slices.BinarySearch(have, s)
				return !held
			}))
		}
	}
	return &mid
}

// parts reports whether the change can be made in two steps. A set that does not
// itself name rights, such as the businesses of a group, is never left empty
// between them: what a product makes of an empty one is its own business.
func (d *draft) parts() bool {
	mid := d.between()
	for i := range d.table.kind.Attributes {
		a := &d.table.kind.Attributes[i]
		if !d.Changed.Has(i) || !d.table.carrier(i) || a.Is(schema.Guarded) {
			continue
		}
		if len(a.Texts(mid.Body)) == 0 && len(a.Texts(d.Have.Body))+len(a.Texts(d.Want.Body)) > 0 {
			return false
		}
	}
	return true
}

// part makes two steps of the change: d takes and renames, what it returns gives.
func (d *draft) part(at int, drafts []draft) draft {
	mid := d.between()
	second := *d
	second.Action, second.From = schema.Update, ""
	second.Have, second.Changed = mid, 0
	second.Needs = append(slices.Clone(d.Needs), at)
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
	first.Needs = slices.DeleteFunc(slices.Clone(first.Needs), func(n int) bool {
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
func (d *draft) refers(other *draft) bool {
	found := false
	for i := range d.table.refs {
		r := &d.table.refs[i]
		r.attr.Each(d.Want.Body, func(key string) {
			found = found || key == other.Addr.Key && r.mayBe(other.table)
		})
	}
	return found
}

// arrange makes the second steps, writes the passage's needs into the drafts and
// brings these into an order that keeps all needs, as near to the old one as they
// allow.
func (b *builder) arrange(p *passage) {
	n := len(b.drafts)
	rank := make([]int, n, n+len(p.split))
	for i := range rank {
		rank[i] = 2 * i
	}
	second := map[int]int{}
	for _, o := range p.shared {
		if p.split[o] {
			second[o] = len(b.drafts)
			rank = append(rank, 2*o+1)
			b.drafts = append(b.drafts, b.drafts[o].part(o, b.drafts))
		}
	}
	b.forget(p)
	for pair := range p.needs {
		i := pair[0]
		if i < 0 {
			i = second[^i]
		}
		b.drafts[i].Needs = append(b.drafts[i].Needs, pair[1])
	}
	b.reorder(rank)
}

// forget drops the needs upon what is deferred as a whole. It exists and only
// gives, so nobody who comes to it has to wait for it.
func (b *builder) forget(p *passage) {
	for i := range b.drafts {
		if d := &b.drafts[i]; !d.Action.Removes() {
			d.Needs = slices.DeleteFunc(d.Needs, func(n int) bool { return p.deferred[n] && !p.split[n] })
		}
	}
}

// reorder sorts the drafts so that each comes after what it needs, the lowest rank
// first where that leaves a choice.
func (b *builder) reorder(rank []int) {
	waits := make([]int, len(b.drafts))
	next := make([][]int, len(b.drafts))
	ready := &ranked{rank: rank}
	for i := range b.drafts {
		d := &b.drafts[i]
		slices.Sort(d.Needs)
		d.Needs = slices.Compact(d.Needs)
		for _, n := range d.Needs {
			waits[i]++
			next[n] = append(next[n], i)
		}
		if waits[i] == 0 {
			heap.Push(ready, i)
		}
	}
	placed := make([]int, len(b.drafts))
	sorted := make([]draft, 0, len(b.drafts))
	for ready.Len() > 0 {
		i := heap.Pop(ready).(int)
		placed[i] = len(sorted)
		sorted = append(sorted, b.drafts[i])
		for _, j := range next[i] {
			if waits[j]--; waits[j] == 0 {
				heap.Push(ready, j)
			}
		}
	}
	if len(sorted) < len(b.drafts) {
		panic("plan: changes wait for each other")
	}
	for i := range sorted {
		for n, at := range sorted[i].Needs {
			sorted[i].Needs[n] = placed[at]
		}
		slices.Sort(sorted[i].Needs)
	}
	b.drafts = sorted
}

// ranked is a heap of drafts, the lowest rank on top.
type ranked struct {
	rank  []int
	items []int
}

func (r *ranked) Len() int           { return len(r.items) }
func (r *ranked) Less(i, j int) bool { return r.rank[r.items[i]] < r.rank[r.items[j]] }
func (r *ranked) Swap(i, j int)      { r.items[i], r.items[j] = r.items[j], r.items[i] }
func (r *ranked) Push(x any)         { r.items = append(r.items, x.(int)) }
func (r *ranked) Pop() any {
	last := r.items[len(r.items)-1]
	r.items = r.items[:len(r.items)-1]
	return last
}
