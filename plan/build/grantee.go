package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Rights that objects hold for a user.
//
// A membership's rights belong to its member: Kind.Grantee names the reference to that
// user. Everything about users is then reported for the member, from their own rights
// and all rights that are held for them together, because a right that comes from one
// membership instead of another is neither gained nor lost.

// bindGrantee finds the reference to the users whom the rights of the kind's objects belong
// to, and records the kind in the kinds that it may name.
func bindGrantee(t *kindState) {
	if t.kind.Grantee == "" || t.kind.Grants == nil {
		return
	}
	for i := range t.refs {
		if r := &t.refs[i]; r.attr.Name == t.kind.Grantee {
			t.grantee = r
			for _, to := range r.to {
				to.grantKinds = append(to.grantKinds, t)
			}
		}
	}
}

// subject reports whether rights are reported for the objects of the kind.
func (t *kindState) subject() bool {
	return t.grantee == nil && t.kind.Grants != nil || len(t.grantKinds) > 0
}

// grantees calls f with the place of the object that the rights of an object belong to:
// itself, or the one that its holder names, which need not exist yet.
func (t *kindState) grantees(key string, o *schema.Object, f func(objectRef)) {
	switch {
	case t.grantee == nil:
		f(objectRef{t, key})
	case o != nil:
		t.grantee.attr.Each(o.Body, func(who string) {
			if to := t.grantee.named(who); to != nil {
				f(objectRef{to, who})
			}
		})
	}
}

// named is target, but returns for a WeakRef without a target the first kind
// that the text may be a key of.
func (r *reference) named(key string) *kindState {
	if to := r.target(key); to != nil || !r.loose || len(r.to) == 0 {
		return to
	}
	return r.to[0]
}

// countGrantees counts those of the kind for whom live objects hold rights.
func countGrantees(t *kindState) int {
	found := map[string]bool{}
	for _, from := range t.grantKinds {
		for _, l := range from.live {
			from.grantees("", l, func(p objectRef) {
				if p.table == t {
					found[p.key] = true
				}
			})
		}
	}
	return len(found)
}

// warnOrphanedGrants warns of declared objects that hold rights for a user whom the plan removes:
// the product deletes them too, or creates the user again because of them.
func (c *integrity) warnOrphanedGrants() {
	gone := map[objectRef]*candidate{}
	for i := range c.candidates {
		if d := &c.candidates[i]; len(d.table.grantKinds) > 0 && d.Action.Removes() {
			gone[objectRef{d.table, d.Addr.Key}] = d
		}
	}
	if len(gone) == 0 {
		return
	}
	for _, t := range c.tables {
		if t.grantee == nil {
			continue
		}
		left := map[*candidate][]*schema.Object{}
		for i, w := range t.want {
			if t.partner[i] != skipped {
				t.grantees(w.Addr.Key, w, func(p objectRef) {
					if d := gone[p]; d != nil {
						left[d] = append(left[d], w)
					}
				})
			}
		}
		for d, objects := range left {
			c.addFinding(forsakes(d, objects))
		}
	}
}

func forsakes(d *candidate, left []*schema.Object) schema.Finding {
	slices.SortFunc(left, func(x, y *schema.Object) int { return x.Addr.Compare(y.Addr) })
	addresses := make([]schema.Address, len(left))
	for i, o := range left {
		addresses[i] = o.Addr
	}
	what := someAddresses(addresses, len(addresses))
	return left[0].Problem("plan/grantee-removed", left[0].Kind.Grantee, "Declared for a user whom this plan removes", fmt.Sprintf(
		"The files declare %s, and this plan %s %s, to whom they belong. Declare %s as well, or delete those blocks.",
		what, choose(d.Action == schema.Delete, "deletes", "deactivates"), d.Addr, d.Addr)).Warn()
}
