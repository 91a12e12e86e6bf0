package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Rights that objects hold for a user.
//
// The rights of a membership belong to its member: Kind.Grantee names the reference to that user.
// Plans report rights for the member, from the user's own rights and all that other objects hold
// for the user, because a right that comes from another membership than before is neither gained
// nor lost.

// bindGrantee finds the reference to the users to whom the rights of the kind's objects belong,
// and records the kind with the kinds that the reference may name.
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

// grantees calls f with each object to which the rights of an object belong: itself, or those that
// its grantee attribute names, which need not exist.
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

// named is target, but returns for a WeakRef without a target the first kind that it may name.
func (r *reference) named(key string) *kindState {
	if to := r.target(key); to != nil || !r.loose || len(r.to) == 0 {
		return to
	}
	return r.to[0]
}

// countGrantees counts the objects of the kind for which live objects hold rights.
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
// the product deletes them too, or the next plan would create the user again.
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
			c.addFinding(orphanedGrants(d, objects))
		}
	}
}

func orphanedGrants(d *candidate, left []*schema.Object) schema.Finding {
	slices.SortFunc(left, func(x, y *schema.Object) int { return x.Addr.Compare(y.Addr) })
	addresses := make([]schema.Address, len(left))
	for i, o := range left {
		addresses[i] = o.Addr
	}
	what := someAddresses(addresses, len(addresses))
	return left[0].Problem("plan/grantee-removed", left[0].Kind.Grantee, "Declared for a user whom this plan removes", fmt.Sprintf(
		"The files declare %s for %s, which this plan %s. Declare %[2]s as well, or delete those blocks.",
		what, d.Addr, text.Choose(d.Action == schema.Delete, "deletes", "deactivates"))).Warn()
}
