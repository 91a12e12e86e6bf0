package build

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Marks name the changes that concern objects: a number of changeSets by kind and key.
type marks struct {
	*changeSets
	byLevel []map[string]int
}

func newMarks(tables []*kindState, sets *changeSets) marks {
	return marks{sets, make([]map[string]int, len(tables))}
}

// of returns the marks of a kind by key.
func (m *marks) of(t *kindState) map[string]int { return m.byLevel[t.level] }

// mark adds a set of changes to the mark of an object.
func (m *marks) mark(t *kindState, key string, set int) {
	if set == 0 {
		return
	}
	if m.byLevel[t.level] == nil {
		m.byLevel[t.level] = map[string]int{}
	}
	m.byLevel[t.level][key] = m.join(m.byLevel[t.level][key], set)
}

// markReferrers marks objects of a kind like those that they refer to. each calls a function
// with every object and its key.
func (m *marks) markReferrers(t *kindState, r *reference, each func(visit func(string, *schema.Object))) {
	if !slices.ContainsFunc(r.to, func(to *kindState) bool { return len(m.of(to)) > 0 }) {
		return
	}
	var sets []int
	collect := func(key string) {
		for _, to := range r.to {
			if set := m.of(to)[key]; set != 0 && r.target(key) == to {
				sets = append(sets, set)
			}
		}
	}
	each(func(key string, o *schema.Object) {
		sets = sets[:0]
		r.attr.Each(o.Body, collect)
		m.mark(t, key, m.joinAll(sets))
	})
}

// A changeSets stores each set of changes once, under a number: the change of a role with 100,000
// users marks all of them with the same set. Set 0 is empty.
type changeSets struct {
	sets   [][]int // sorted indices of changes
	known  map[string]int
	joined map[[2]int]int
	takes  map[int]bool // sets with a change that may revoke rights; see noteUnreadLoss
}

func newChangeSets() *changeSets {
	return &changeSets{sets: [][]int{nil}, known: map[string]int{}, joined: map[[2]int]int{}, takes: map[int]bool{}}
}

// one returns the set of one change.
func (c *changeSets) one(change int) int { return c.number([]int{change}) }

// join returns the union of two sets.
func (c *changeSets) join(a, b int) int {
	if a == 0 || a == b {
		return b
	}
	return c.joinAll([]int{a, b})
}

// joinAll returns the union of many sets. It reorders its argument.
func (c *changeSets) joinAll(ids []int) int {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > 0 && ids[0] == 0 {
		ids = ids[1:]
	}
	switch len(ids) {
	case 0:
		return 0
	case 1:
		return ids[0]
	}
	pair := [2]int{ids[0], ids[1]}
	if id, ok := c.joined[pair]; ok && len(ids) == 2 {
		return id
	}
	largest := slices.MaxFunc(ids, func(a, b int) int { return cmp.Compare(len(c.sets[a]), len(c.sets[b])) })
	if !slices.ContainsFunc(ids, func(id int) bool { return id != largest && !inside(c.sets[id], c.sets[largest]) }) {
		return largest // without an allocation
	}
	var all []int
	for _, id := range ids {
		all = append(all, c.sets[id]...)
	}
	slices.Sort(all)
	set := c.number(slices.Compact(all))
	if len(ids) == 2 {
		c.joined[pair] = set
	}
	return set
}

// number returns the number of a set.
func (c *changeSets) number(set []int) int {
	key := make([]byte, 0, 4*len(set))
	for _, n := range set {
		key = append(key, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	id, ok := c.known[string(key)]
	if !ok {
		id = len(c.sets)
		c.sets = append(c.sets, set)
		c.known[string(key)] = id
	}
	return id
}
