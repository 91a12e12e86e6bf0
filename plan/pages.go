package plan

import "github.com/rolecall-dev/rolecall/provider/schema"

// ByPages tells for each change whether it is verified together with others of its
// kind, by listing the kind once after they were made, instead of being read back alone.
// These are creations for which no other change waits, where listing takes fewer than
// half as many requests. pageSize is how many objects of a kind one request lists; 0
// where listing does not show all of an object.
func (p *Plan) ByPages(pageSize func(*schema.Kind) int) []bool {
	needed := make([]bool, len(p.Changes))
	for i := range p.Changes {
		for _, n := range p.Changes[i].DependsOn {
			if n >= 0 && n < len(needed) {
				needed[n] = true
			}
		}
	}
	alone := func(i int) bool { return p.Changes[i].Action == schema.Create && !needed[i] }
	creations, live := map[string]int{}, map[string]int{}
	for kind, n := range p.Unchanged {
		live[kind] += n
	}
	for _, u := range p.Unmanaged {
		live[u.Kind] += len(u.Keys)
	}
	for i := range p.Changes {
		live[p.Changes[i].Addr.Kind]++
		if alone(i) {
			creations[p.Changes[i].Addr.Kind]++
		}
	}
	out := make([]bool, len(p.Changes))
	for i := range p.Changes {
		c := &p.Changes[i]
		if !alone(i) {
			continue
		}
		if size := pageSize(c.Want.Kind); size > 0 {
			out[i] = creations[c.Addr.Kind] > 2*Pages(live[c.Addr.Kind], size)
		}
	}
	return out
}

// Pages is how many requests list a number of objects, one more at least than they fill,
// because some may be out of sight.
func Pages(objects, size int) int { return objects/size + 2 }
