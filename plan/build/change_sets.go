package build

import (
	"cmp"
	"slices"
)

// A changeSets keeps sets of changes, each one once, and names them by a number: a role
// with 100,000 holders reaches all of them through the same set. Set 0 is empty.
type changeSets struct {
	sets   [][]int // sorted places of changes
	known  map[string]int
	joined map[[2]int]int
	takes  map[int]bool // sets of which a change may take rights; see noteUnreadLoss
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
