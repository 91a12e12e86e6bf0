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
func (b *builder) limitAdministrators(along []candidate) {
	demoted := map[objectRef]bool{}
	var down []*candidate
	note := func(d *candidate) {
		if d.demotes() {
			down = append(down, d)
			demoted[objectRef{d.table, d.Have.Addr.Key}] = true
		}
	}
	for i := range b.candidates {
		note(&b.candidates[i])
	}
	for i := range along {
		note(&along[i])
	}
	if len(down) == 0 {
		return
	}
	b.noteDemotions(down)
	if b.stayingAdministrators(demoted) || b.hiddenAdministrators() {
		return
	}
	var who []schema.Address
	for _, d := range down {
		who = append(who, d.Have.Addr)
	}
	slices.SortFunc(who, schema.Address.Compare)
	b.addViolation("plan/last-administrator", down[0].Addr, down[0].Pos, "The last administrator would be lost",
		fmt.Sprintf("After this plan nobody could administer %s: it takes the rights of %s, and no other active administrator is there. "+
			"Users who are only invited or have never signed in do not count, nor those whom this plan creates: they may never come. "+
			"Nor do those whom a manage block ignores: they may be the accounts of services. "+
			"Let one administrator stay, or make another user one who has signed in. No flag overrides this.", b.product.Title, someAddresses(who, len(who))))
}

// noteDemotions tells apply which changes demote, and whom.
func (b *builder) noteDemotions(down []*candidate) {
	by := b.cascadingDeletes()
	for _, d := range down {
		b.plan.Administrators.Demoted = append(b.plan.Administrators.Demoted, *d.Have)
		if d.cascadedBy == nil {
			d.Demotes = true
			continue
		}
		d.table.deletedContainers(d.Have, func(p objectRef) { b.candidates[by[p]].Demotes = true })
	}
}

// stayingAdministrators hands to apply some of the administrators that stay, and
// reports whether there are any.
func (b *builder) stayingAdministrators(demoted map[objectRef]bool) bool {
	a := &b.plan.Administrators
	a.SignInsUnknown, a.Ignored = b.signInsUnknown(), b.ignored
	var stay, own, promoted []schema.Object
	for _, t := range b.tables {
		if t.kind.Administers == nil {
			continue
		}
		for j, l := range t.live {
			d := t.changes[j]
			switch {
			case b.ignores(t, j):
			case demoted[objectRef{t, l.Addr.Key}] || t.neverSignedIn(l) && !a.SignInsUnknown:
			case administers(l) && l.Addr.Kind == b.Self.Kind && l.Addr.Key == b.Self.Key:
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
func (b *builder) signInsUnknown() bool {
	for _, t := range b.tables {
		for _, l := range t.live {
			if administers(l) && !t.neverSignedIn(l) {
				return false
			}
		}
	}
	return true
}

// neverSignedIn reports whether the user is known never to have signed in.
func (t *kindState) neverSignedIn(o *schema.Object) bool {
	return t.kind.NeverSignedIn != nil && t.kind.NeverSignedIn(o)
}
