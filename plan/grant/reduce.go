package grant

import "github.com/rolecall-dev/rolecall/provider/schema"

// Reduced reports whether a subject loses so much that the guards count it like one
// that is removed: it can do nothing afterwards, or nothing beyond the least of the
// product (schema.Grant.Least), or fewer than half as many different rights, or in
// fewer than half as many places. Whoever gets as much elsewhere is not reduced.
func Reduced(before, after []schema.Grant) bool {
	if len(before) > 0 && len(after) == 0 {
		return true
	}
	was, is := measure(before), measure(after)
	return 2*is.rights < was.rights || 2*is.places < was.places
}

// CoversAll reports whether the grants let a subject do everything everywhere, so
// that no other right that it loses matters.
func CoversAll(grants []schema.Grant) bool {
	for i := range grants {
		if grants[i].All && grants[i].Places == schema.Everywhere {
			return true
		}
	}
	return false
}

// An extent is how much grants let a subject do, those of the least left aside.
type extent struct{ rights, places int }

// measure counts different rights and the places of different scopes. Every right
// of a scope is Everywhere rights.
func measure(grants []schema.Grant) extent {
	var e extent
	rights, scopes := map[string]bool{}, map[string]bool{}
	for i := range grants {
		g := &grants[i]
		if g.Least {
			continue
		}
		if g.All {
			e.rights = schema.Everywhere
		}
		rights[g.Right] = true
		if !scopes[g.Scope] {
			scopes[g.Scope] = true
			e.places = min(e.places+max(g.Places, 1), schema.Everywhere)
		}
	}
	e.rights = min(e.rights+len(rights), schema.Everywhere)
	return e
}
