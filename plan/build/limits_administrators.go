package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// mostStaying is how many administrators that stay a plan hands to apply. Whoever
// is the first to be read as active is enough.
const mostStaying = 10

// limitAdministrators keeps an administrator of the tenant: a live one who has
// signed in, whom the plan leaves or makes one. Whoever the plan creates may never
// come, so it does not count. Nor does whom a manage block ignores: such are the
// accounts of services, behind which there is nobody who could administer.
func (g *limits) limitAdministrators() {
	demoted := map[objectRef]bool{}
	var down []*candidate
	for _, d := range g.changes {
		if d.demotes() {
			down = append(down, d)
			demoted[objectRef{d.table, d.Have.Addr.Key}] = true
		}
	}
	if len(down) == 0 {
		return
	}
	g.noteDemotions(down)
	if g.stayingAdministrators(demoted) || g.hiddenAdministrators() {
		return
	}
	var who []schema.Address
	for _, d := range down {
		who = append(who, d.Have.Addr)
	}
	slices.SortFunc(who, schema.Address.Compare)
	g.addViolation("plan/last-administrator", down[0].Addr, down[0].Pos, "The last administrator would be lost",
		fmt.Sprintf("After this plan nobody could administer %s: it takes the rights of %s, and no other active administrator is there. "+
			"Users who are only invited or have never signed in do not count, nor those whom this plan creates: they may never come. "+
			"Nor do those whom a manage block ignores: they may be the accounts of services. "+
			"Let one administrator stay, or make another user one who has signed in. No flag overrides this.", g.product.Title, someAddresses(who, len(who))))
}

// noteDemotions tells apply which changes demote, and whom.
func (g *limits) noteDemotions(down []*candidate) {
	by := g.cascadingDeletes()
	for _, d := range down {
		g.administrators.Demoted = append(g.administrators.Demoted, *d.Have)
		if d.cascadedBy == nil {
			d.Demotes = true
			continue
		}
		g.containers(d.table, d.Have, func(p objectRef) { g.candidates[by[p]].Demotes = true })
	}
}

// stayingAdministrators hands to apply some of the administrators that stay, and
// reports whether there are any.
func (g *limits) stayingAdministrators(demoted map[objectRef]bool) bool {
	a := &g.administrators
	a.SignInsUnknown, a.Ignored = g.signInsUnknown(), g.ignored
	var stay, own, promoted []schema.Object
	for _, t := range g.tables {
		if t.kind.Administers == nil {
			continue
		}
		for j, l := range t.live {
			d := g.outcome(t).changes[j]
			switch {
			case g.ignores(t, j):
			case demoted[objectRef{t, l.Addr.Key}] || neverSignedIn(l) && !a.SignInsUnknown:
			case administers(l) && l.Addr.Kind == g.Self.Kind && l.Addr.Key == g.Self.Key:
				own = append(own, *l)
			case administers(l):
				stay = append(stay, *l)
			case d != nil && d.Action == schema.Update && d.promotes():
				promoted = append(promoted, *l)
			}
		}
	}
	slices.SortFunc(stay, compareLive)
	slices.SortFunc(promoted, compareLive)
	for _, list := range [...][]schema.Object{own, stay, promoted} {
		a.Staying = append(a.Staying, list[:min(len(list), mostStaying)]...)
	}
	return len(a.Staying) > 0
}

// signInsUnknown reports whether the product says of every administrator that there
// is who never signed in: then it does not keep account of that.
func (x *tenant) signInsUnknown() bool {
	for _, t := range x.tables {
		if slices.ContainsFunc(t.live, func(l *schema.Object) bool { return administers(l) && !neverSignedIn(l) }) {
			return false
		}
	}
	return true
}

// neverSignedIn reports whether the user is known never to have signed in.
func neverSignedIn(o *schema.Object) bool {
	return o.Kind.NeverSignedIn != nil && o.Kind.NeverSignedIn(o)
}

// hiddenAdministrators asks for the thin objects among which there may be another
// administrator, and reports whether there are any.
func (g *limits) hiddenAdministrators() bool {
	hidden := false
	for _, t := range g.tables {
		if t.kind.Administers == nil {
			continue
		}
		for j, l := range t.live {
			if l.Incomplete && t.guarded&^l.Set != 0 && g.outcome(t).changes[j] == nil && !g.ignores(t, j) {
				g.requestRead(t, j)
				hidden = true
			}
		}
	}
	return hidden
}
