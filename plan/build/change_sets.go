package build

import "slices"

// ChangeSets keeps sets of changes, each one once, and names them by a number: a role
// with 100,000 holders reaches all of them through the same set. Set 0 is empty.
type changeSets struct {
	sets   [][]int // sorted places of changes
	single map[int]int
	joined map[[2]int]int
	known  map[string]int
	takes  map[int]bool // sets of which a change may take rights; see noteUnreadLoss
}

func newChangeSets() *changeSets {
	return &changeSets{sets: [][]int{nil}, single: map[int]int{}, joined: map[[2]int]int{}, known: map[string]int{}, takes: map[int]bool{}}
}

// one returns the set of one change.
func (c *changeSets) one(change int) int {
	id, ok := c.single[change]
	if !ok {
		id = c.intern([]int{change})
		c.single[change] = id
	}
	return id
}

// join returns the union of two sets.
func (c *changeSets) join(a, b int) int {
	switch {
	case a == b || b == 0:
		return a
	case a == 0:
		return b
	case a > b:
		a, b = b, a
	}
	id, ok := c.joined[[2]int{a, b}]
	if !ok {
		id = c.merge(a, b)
		c.joined[[2]int{a, b}] = id
	}
	return id
}

func (c *changeSets) merge(a, b int) int {
	switch small, large := c.sets[a], c.sets[b]; {
	case len(small) > len(large):
		if subset(large, small) {
			return a
		}
	case subset(small, large):
		return b
	}
	return c.union(slices.Concat(c.sets[a], c.sets[b]))
}

// joinAll returns the union of many sets, without a set for each step on the way.
// It reorders its argument.
func (c *changeSets) joinAll(ids []int) int {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch len(ids) {
	case 0:
		return 0
	case 1:
		return ids[0]
	case 2:
		return c.join(ids[0], ids[1])
	}
	n := 0
	for _, id := range ids {
		n += len(c.sets[id])
	}
	all := make([]int, 0, n)
	for _, id := range ids {
		all = append(all, c.sets[id]...)
	}
	return c.union(all)
}

func (c *changeSets) union(changes []int) int {
	slices.Sort(changes)
	return c.intern(slices.Compact(changes))
}

// subset reports whether every change of a small set is in a large one.
func subset(small, large []int) bool {
	for _, n := range small {
		if _, found := slices.BinarySearch(large, n); !found {
			return false
		}
	}
	return true
}

// intern returns the number of a set.
func (c *changeSets) intern(set []int) int {
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
