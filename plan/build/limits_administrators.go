package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// maxStaying is the number of administrators of each sort who stay that a plan records for apply,
// which needs one that is still active.
const maxStaying = 10

// A demotions is the changes of a plan that take the rights of administrators.
type demotions struct {
	*limits
	changes []*candidate
	demoted map[objectRef]bool
}

// limitAdministrators forbids a plan after which the tenant has no administrator: a live user who
// has signed in, and who stays or becomes an administrator. Users whom the plan creates do not
// count, because they may never sign in, nor do users whom a manage block ignores, because they
// may be service accounts.
func (g *limits) limitAdministrators() {
	d := demotions{limits: g, demoted: map[objectRef]bool{}}
	for _, c := range g.changes {
		if c.demotes() {
			d.changes = append(d.changes, c)
			d.demoted[objectRef{c.table, c.Have.Addr.Key}] = true
		}
	}
	if len(d.changes) == 0 {
		return
	}
	d.note()
	if d.findStaying() || d.requestHidden() {
		return
	}
	var who []schema.Address
	for _, c := range d.changes {
		who = append(who, c.Have.Addr)
	}
	slices.SortFunc(who, schema.Address.Compare)
	g.addViolation("plan/last-administrator", d.changes[0].Addr, d.changes[0].Pos, "The last administrator would be lost",
		fmt.Sprintf("After this plan, %s would have no administrator: the plan takes the rights of %s, and there is no other active administrator. "+
			"Users who are only invited or have never signed in do not count, nor do users whom this plan creates, because they may never sign in. "+
			"Users whom a manage block ignores do not count either, because they may be service accounts. "+
			"Keep one administrator, or make a user an administrator who has signed in. No flag overrides this.", g.product.Title, someAddresses(who, len(who))))
}

// note records for apply which changes demote administrators, and which administrators.
func (d *demotions) note() {
	by := d.cascadingDeletes()
	for _, c := range d.changes {
		d.administrators.Demoted = append(d.administrators.Demoted, *c.Have)
		if c.cascadedBy == nil {
			c.Demotes = true
			continue
		}
		d.containers(c.table, c.Have, func(p objectRef) { d.candidates[by[p]].Demotes = true })
	}
}

// findStaying records for apply some of the administrators who stay, and reports whether there
// are any.
func (d *demotions) findStaying() bool {
	a := &d.administrators
	a.SignInsUnknown, a.Ignored = d.signInsUnknown(), d.ignored
	var stay, own, promoted []schema.Object
	for _, t := range d.tables {
		if t.kind.Administers == nil {
			continue
		}
		for j, l := range t.live {
			c := d.outcome(t).changes[j]
			switch {
			case d.ignores(t, j):
			case d.demoted[objectRef{t, l.Addr.Key}] || l.NeverSignedIn() && !a.SignInsUnknown:
			case l.Administers() && l.Addr.Kind == d.Self.Kind && l.Addr.Key == d.Self.Key:
				own = append(own, *l)
			case l.Administers():
				stay = append(stay, *l)
			case c != nil && c.Action == schema.Update && c.promotes():
				promoted = append(promoted, *l)
			}
		}
	}
	slices.SortFunc(stay, compareLive)
	slices.SortFunc(promoted, compareLive)
	for _, list := range [...][]schema.Object{own, stay, promoted} {
		a.Staying = append(a.Staying, list[:min(len(list), maxStaying)]...)
	}
	return len(a.Staying) > 0
}

// signInsUnknown reports whether the product says that no administrator has ever signed in: then
// it does not record sign-ins.
func (x *tenant) signInsUnknown() bool {
	for _, t := range x.tables {
		if slices.ContainsFunc(t.live, func(l *schema.Object) bool { return l.Administers() && !l.NeverSignedIn() }) {
			return false
		}
	}
	return true
}

// requestHidden requests incomplete objects that may be administrators, and reports whether there
// are any.
func (d *demotions) requestHidden() bool {
	hidden := false
	for _, t := range d.tables {
		if t.kind.Administers == nil {
			continue
		}
		for j, l := range t.live {
			if l.Incomplete && t.guarded&^l.Set != 0 && d.outcome(t).changes[j] == nil && !d.ignores(t, j) {
				d.requestRead(t, j)
				hidden = true
			}
		}
	}
	return hidden
}
