package drift

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// undeclared adds the live objects that no file declares and that matter: users with privileges,
// roles and other objects that give rights, and members of declared parents. With a baseline, also
// those that the baseline does not have, or has with other rights.
func (f *finder) undeclared() {
	for i := range f.Plan.Unmanaged {
		u := &f.Plan.Unmanaged[i]
		if u.Ignored {
			continue // see privilegedAndIgnored
		}
		notable := map[string]bool{}
		for _, n := range u.Notable {
			notable[n.Key] = true
		}
		for _, key := range u.Keys {
			if o := f.rights.live[u.Kind][key]; o != nil {
				f.addUndeclared(o, notable[key], schema.Pos{})
			}
		}
	}
}

// addUndeclared adds a live object that no file declares, if it matters. notable says that it is a
// member of a parent that a file mentions, or that the plan removes it. pos is the block that does so.
func (f *finder) addUndeclared(o *schema.Object, notable bool, pos schema.Pos) {
	k, what := o.Kind, f.rights.own(o)
	d := Difference{Addr: o.Addr, Subject: granteeOf(o), Danger: !what.none(), Pos: pos}
	before, known := f.Baseline.entry(o.Addr)
	changed := f.Baseline.changed(o)
	end := f.expired[schema.Address{Kind: o.Addr.Kind, Key: o.Addr.Key}]
	switch {
	case end != nil && (known || !f.Baseline.has(k.Name)):
		if known {
			d.Origin = Pending
		}
		d.Text = expiredWords(o, end, what)
	case f.Baseline.has(k.Name) && !known && !(what.none() && madeByProduct(o)):
		d.Origin, d.Text = Moved, addedWords(o, what)
	case before.Declared:
		d.Origin, d.Text = Pending, formerWords(o, what)
	case changed != 0:
		d.Origin, d.Text = Moved, f.gotWords(o, changed, what)
		d.Attributes = f.current(o, changed)
	case before.Inactive && !o.Inactive():
		d.Origin, d.Text = Moved, activatedWords(o, what)
	case !what.none():
		if f.accountedFor(o) {
			return
		}
		d.Text = undeclaredWords(o, what)
	case givesRights(o, notable):
		d.Text = undeclaredWords(o, what)
	default:
		return
	}
	f.addPerson(d, o)
}

// givesRights reports whether an undeclared object matters although it is as it was: a role or the
// like, or the member of a parent that a file mentions.
func givesRights(o *schema.Object, notable bool) bool {
	switch k := o.Kind; {
	case k.Subject: // see own
		return false
	case k.Grantee != "" && k.Parent() != nil:
		return notable
	default:
		return k.Having(schema.CarriesRights) != 0 && !k.UpdateOnly && o.Frozen != schema.Everything
	}
}

// madeByProduct reports whether nobody can have added the object by hand, such as a built-in role.
func madeByProduct(o *schema.Object) bool {
	return o.Kind.UpdateOnly || o.Frozen == schema.Everything && !o.Kind.Subject && o.Kind.Grantee == ""
}

// privilegedAndIgnored adds the users with privileges whom a pattern ignores. An entry of ignore that
// names one user hides that user as the baseline has it.
func (f *finder) privilegedAndIgnored() {
	for _, k := range f.Tenant.Product.Kinds {
		if !k.Subject || !f.ignored.Affects(k.Name) {
			continue
		}
		for j := range f.Live[k.Name] {
			o := &f.Live[k.Name][j]
			if _, ignored := f.ignored.Match(k, o.Addr.Key); !ignored || f.rights.declares(o.Addr) != nil {
				continue
			}
			what := f.rights.all(o)
			if what.none() || f.accountedFor(o) {
				continue
			}
			d := Difference{Addr: o.Addr, Danger: true, Text: undeclaredWords(o, what)}
			if f.movedWithHeld(o) {
				d.Origin, d.Text = Moved, addedWords(o, what)
			}
			f.addPerson(d, o)
		}
	}
}

// addPerson adds the difference of an undeclared object, and says whether it is the key's own user.
func (f *finder) addPerson(d Difference, o *schema.Object) {
	if plan.WithoutProvider(o.Addr) == plan.WithoutProvider(f.Plan.Self) {
		d.Text += "; it is the user of the key"
	}
	f.add(d, o)
}

// accountedFor reports whether an entry of protect, or one of ignore that is no pattern, names the
// user, and whether the user is as in the baseline, if there is one.
func (f *finder) accountedFor(o *schema.Object) bool {
	if !o.Kind.Subject {
		return false
	}
	m, ignored := f.ignored.Match(o.Kind, o.Addr.Key)
	exactly := ignored && (m.Pattern == o.Addr.Key || !strings.ContainsAny(m.Pattern, `*?[]{}\`))
	return (exactly || f.protected[o.Addr]) && !f.movedWithHeld(o)
}

// movedWithHeld reports whether a user is new since the baseline, or has other rights, or whether
// this is so of an object that holds rights for the user.
func (f *finder) movedWithHeld(o *schema.Object) bool {
	for _, x := range append([]*schema.Object{o}, f.rights.held[o.Addr]...) {
		before, known := f.Baseline.entry(x.Addr)
		if f.Baseline.has(x.Kind.Name) && !known || f.Baseline.changed(x) != 0 || before.Inactive && !x.Inactive() {
			return true
		}
	}
	return false
}
