// Package rights compares what subjects can do before and after a plan.
package rights

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Difference has the rights that one subject gains and loses.
type Difference struct {
	Subject  schema.Address
	Person   bool // the subject is a user, not an object that stands for users
	Gained   []schema.Grant
	Lost     []schema.Grant
	LosesAll bool             // it has no rights afterwards, or only those of the product's weakest role
	CausedBy []schema.Address // the changes that reach the subject, its own included
	// People are the declared users for whom a subject stands that is no user itself; see
	// schema.Kind.People. An approval does not have them.
	People []schema.Address
}

// Compare orders grants by right, scope and via.
func Compare(a, b schema.Grant) int {
	return cmp.Or(cmp.Compare(a.Right, b.Right), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Via, b.Via))
}

// Of lists the grants of an object, sorted and without duplicates. A nil object has none.
func Of(o *schema.Object, look schema.Lookup) []schema.Grant {
	if o == nil || o.Kind.Grants == nil {
		return nil
	}
	return sorted(o.Kind.Grants(o, look))
}

// Diff returns the grants that a subject gains and loses, sorted. A right on the same place before
// and after is neither gained nor lost, even if another object gives it or its scope has another
// name: a user who moves from one role to another with the same rights, or from a store to a country
// that contains it, loses nothing. Nor is a right gained or lost if the subject has all rights on its
// scope on the other side. If only some places of a scope are gained or lost, these replace the
// scope. The lists may be in any order and are not changed. The sets of the grants are numbers of
// places, which may be nil if no grant has a set.
func Diff(before, after []schema.Grant, places *Places) (gained, lost []schema.Grant) {
	if slices.Equal(before, after) {
		return nil, nil
	}
	before, after = sorted(before), sorted(after)
	if !placed(before) && !placed(after) {
		return subtract(after, before, places), subtract(before, after, places)
	}
	return places.difference(before, after)
}

// placed reports whether one of the grants has a set of places.
func placed(grants []schema.Grant) bool {
	return slices.ContainsFunc(grants, func(g schema.Grant) bool { return g.Set != 0 })
}

// sorted returns the grants in order and without duplicates: the given slice if it is so already.
func sorted(grants []schema.Grant) []schema.Grant {
	strictly := true
	for i := 1; i < len(grants) && strictly; i++ {
		strictly = Compare(grants[i-1], grants[i]) < 0
	}
	if strictly {
		return grants
	}
	grants = slices.Clone(grants)
	slices.SortFunc(grants, Compare)
	return slices.CompactFunc(grants, func(a, b schema.Grant) bool { return Compare(a, b) == 0 })
}

// subtract returns the grants of a that b does not cover. Both are sorted.
func subtract(a, b []schema.Grant, places *Places) []schema.Grant {
	if CoversAll(b) {
		return nil
	}
	var out []schema.Grant
	all := scopesOfAll(b)
	var c coverage
	for i := range a {
		if i == 0 || a[i].Right != a[i-1].Right {
			c, b = coverageOf(a[i].Right, b, all, places)
		}
		out = c.uncovered(out, a[i])
	}
	return sorted(out)
}

// A coverage has the grants of one right, and the scopes on which every right is covered.
type coverage struct {
	grants     []schema.Grant  // of the right, sorted by scope
	all        map[string]bool // scopes on which every right is covered
	sets       []int           // sets of places of the grants
	everywhere bool
	places     *Places
}

// coverageOf returns the coverage of a right, and the sorted grants after it.
func coverageOf(right string, b []schema.Grant, all map[string]bool, places *Places) (coverage, []schema.Grant) {
	from := 0
	for from < len(b) && b[from].Right < right {
		from++
	}
	c := coverage{all: all, places: places}
	to := from
	for ; to < len(b) && b[to].Right == right; to++ {
		c.everywhere = c.everywhere || b[to].Places == schema.Everywhere
		if set := b[to].Set; set != 0 && !slices.Contains(c.sets, set) {
			c.sets = append(c.sets, set)
		}
	}
	c.grants = b[from:to]
	return c, b[to:]
}

// uncovered appends the part of a grant of the right that is not covered.
func (c *coverage) uncovered(out []schema.Grant, g schema.Grant) []schema.Grant {
	if c.everywhere || c.all[g.Scope] {
		return out
	}
	same, known := c.scope(g.Scope)
	switch {
	case g.Set == 0:
		if known || c.places != nil && c.places.contains(c.sets, g.Scope) {
			return out
		}
	case slices.Contains(c.sets, g.Set) || known && same.Set == 0:
		return out // the same places, or the same scope whose places were not known
	default:
		rest := c.places.subtract(g.Set, c.sets)
		if len(c.grants) > 0 {
			rest = slices.DeleteFunc(slices.Clone(rest), func(n int32) bool { _, single := c.scope(c.places.names[n]); return single })
		}
		total := len(c.places.sets[g.Set-1])
		if len(rest) == 0 && total > 0 {
			return out
		}
		if len(rest) < total || known && total > 0 {
			return c.places.on(out, g, rest)
		}
	}
	g.Area, g.Set = "", 0
	return append(out, g)
}

// scope returns a grant of the right with the scope.
func (c *coverage) scope(scope string) (*schema.Grant, bool) {
	i, ok := slices.BinarySearchFunc(c.grants, scope, func(g schema.Grant, s string) int { return cmp.Compare(g.Scope, s) })
	if !ok {
		return nil, false
	}
	return &c.grants[i], true
}

// scopesOfAll lists the scopes on which grants cover every right.
func scopesOfAll(grants []schema.Grant) map[string]bool {
	var out map[string]bool
	for i := range grants {
		if grants[i].All {
			if out == nil {
				out = map[string]bool{}
			}
			out[grants[i].Scope] = true
		}
	}
	return out
}
