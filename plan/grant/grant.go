// Package grant says who can do what, and who gains or loses what.
package grant

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Difference is what one subject gains and loses.
type Difference struct {
	Subject schema.Address
	Gained  []schema.Grant
	Lost    []schema.Grant
	Because []schema.Address // the changes that reach the subject, its own included
}

// Compare orders grants by right, scope and what carries them.
func Compare(a, b schema.Grant) int {
	return cmp.Or(cmp.Compare(a.Right, b.Right), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Via, b.Via))
}

// same orders grants by what they let a subject do, whatever carries them.
func same(a, b schema.Grant) int {
	return cmp.Or(cmp.Compare(a.Right, b.Right), cmp.Compare(a.Scope, b.Scope))
}

// Of lists what an object may do, sorted and without repetition. A nil object and
// kinds that hold no rights have none.
func Of(o *schema.Object, look schema.Lookup) []schema.Grant {
	if o == nil || o.Kind.Grants == nil {
		return nil
	}
	return sorted(o.Kind.Grants(o, look))
}

// Diff returns what is in one list and not in the other, sorted. A right that
// holds on the same scope before and after is neither gained nor lost, also where
// something else carries it now: moving a person from one role to another with
// the same rights takes nothing away. Nor is a right gained or lost by whoever has
// all rights on its scope on the other side. The lists may be in any order and are
// left as they are.
func Diff(before, after []schema.Grant) (gained, lost []schema.Grant) {
	if slices.Equal(before, after) {
		return nil, nil
	}
	before, after = sorted(before), sorted(after)
	return minus(after, before), minus(before, after)
}

// sorted returns the grants in order and without repetition, in the given slice
// where that is so already.
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
	return slices.Compact(grants)
}

// minus returns the grants of a that let a subject do what none of b does. Both
// are sorted.
func minus(a, b []schema.Grant) []schema.Grant {
	var out []schema.Grant
	all := everywhere(b)
	for _, g := range a {
		if all[g.Scope] {
			continue
		}
		for len(b) > 0 && same(b[0], g) < 0 {
			b = b[1:]
		}
		if len(b) == 0 || same(b[0], g) != 0 {
			out = append(out, g)
		}
	}
	return out
}

// everywhere lists the scopes on which grants cover every right.
func everywhere(grants []schema.Grant) map[string]bool {
	var out map[string]bool
	for _, g := range grants {
		if g.All && out == nil {
			out = map[string]bool{}
		}
		if g.All {
			out[g.Scope] = true
		}
	}
	return out
}
