package rights

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Half is the share of rights that a subject must keep: one that keeps less counts as removed.
const Half = 0.5

// Kept returns the share of rights that a subject keeps, from 0 to 1: the smallest of the shares of
// different rights, of places, and of pairs of a right and a place, with and without the rights of
// the product's weakest role (schema.Grant.Least). A subject with no rights afterwards, or only those
// of the weakest role, keeps 0. Each sort of rights (schema.Grant.Sort) is measured separately. The
// sets of the grants are numbers of places, which may be nil if no grant has a set.
func Kept(before, after []schema.Grant, places *Places) float64 {
	if len(before) > 0 && len(after) == 0 {
		return 0
	}
	if !placed(before) && !placed(after) {
		return kept(before, after, places)
	}
	return places.keeping(before, after)
}

func kept(before, after []schema.Grant, places *Places) float64 {
	if places == nil {
		places = &Places{}
	}
	unknown := map[string]bool{}
	for i := range before {
		if before[i].Unknown {
			unknown[before[i].Right] = true
		}
	}
	share := func(before, after []schema.Grant) float64 {
		least := 1.0
		is := measure(after, func(g *schema.Grant) bool { return unknown[g.Right] }, places)
		for sort, was := range measure(before, func(*schema.Grant) bool { return true }, places) {
			now := is[sort]
			for _, n := range [...][2]int{{now.rights, was.rights}, {now.places, was.places}, {now.pairs, was.pairs}} {
				if n[0] < n[1] {
					least = min(least, float64(n[0])/float64(n[1]))
				}
			}
		}
		return least
	}
	return min(share(before, after), share(beyondLeast(before), beyondLeast(after)))
}

// KeepsNothing reports whether a subject loses all of its rights except those of the weakest role,
// even if it gets other rights, or the same rights on other places, as when one column of a roster
// was sorted on its own. Lost is a result of Diff.
func KeepsNothing(before, lost []schema.Grant) bool {
	type where struct {
		right, scope string
		set          int
	}
	gone := map[where]bool{}
	for i := range lost {
		gone[where{lost[i].Right, lost[i].Scope, int(lost[i].Set)}] = true
	}
	had := beyondLeast(before)
	for i := range had {
		if !gone[where{had[i].Right, had[i].Scope, int(had[i].Set)}] {
			return false
		}
	}
	return len(had) > 0
}

// LosesAll reports whether a subject with rights has none afterwards, or only those of the weakest
// role.
func LosesAll(before, after []schema.Grant) bool {
	if len(before) == 0 || len(after) == 0 {
		return len(before) > 0
	}
	return len(beyondLeast(before)) > 0 && len(beyondLeast(after)) == 0
}

// beyondLeast returns the grants without those of the weakest role.
func beyondLeast(grants []schema.Grant) []schema.Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g schema.Grant) bool { return g.Least })
}

// CoversAll reports whether the grants include all rights on everything.
func CoversAll(grants []schema.Grant) bool {
	for i := range grants {
		if grants[i].Unlimited() {
			return true
		}
	}
	return false
}

// manyRights is the number of rights for grants whose rights cannot be counted: all rights of a
// scope, and unknown rights.
const manyRights = 1 << 20

// An extent counts what grants cover.
type extent struct{ rights, places, pairs int }

// measure counts the different rights, places and pairs of each sort. Unknown rights for which
// trusted returns false count as one.
func measure(grants []schema.Grant, trusted func(*schema.Grant) bool, places *Places) map[string]extent {
	extents, all := map[string]extent{}, map[string][]schema.Grant{}
	rights := slices.SortedFunc(slices.Values(grants), Compare)
	for len(rights) > 0 {
		n := 1
		for n < len(rights) && rights[n].Right == rights[0].Right {
			n++
		}
		sort, weight := rights[0].Sort, 1
		for i := range rights[:n] {
			if g := &rights[i]; g.All || g.Unknown && trusted(g) {
				weight = manyRights
			}
		}
		e := extents[sort]
		e.rights += weight
		e.pairs += weight * places.count(rights[:n])
		extents[sort] = e
		all[sort] = append(all[sort], rights[:n]...)
		rights = rights[n:]
	}
	for sort, e := range extents {
		e.places = places.count(all[sort])
		extents[sort] = e
	}
	return extents
}
