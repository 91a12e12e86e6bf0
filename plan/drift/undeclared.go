package drift

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// undeclared adds the live objects that no file declares and that matter: people with privileges,
// roles and other objects that give rights, and members of declared parents. With a baseline, all
// that the baseline does not have.
func (f *finder) undeclared() {
	ignore := schema.NewIgnoreSet(f.Tenant.Product, f.Tenant.Manage)
	for i := range f.Plan.Unmanaged {
		u := &f.Plan.Unmanaged[i]
		k := f.Tenant.Product.Kind(u.Kind)
		notable := map[string]bool{}
		for _, n := range u.Notable {
			notable[n.Key] = true
		}
		for _, key := range u.Keys {
			o := f.rights.find(u.Kind, key)
			if o == nil || u.Ignored && namedByIgnore(ignore, k, key) {
				continue
			}
			if f.matters(o, u, notable[key]) {
				f.add(f.undeclaredObject(o))
			}
		}
	}
}

// matters reports whether an undeclared object is a difference.
func (f *finder) matters(o *schema.Object, u *plan.Unmanaged, notable bool) bool {
	k := o.Kind
	if f.Baseline.has(k.Name) && !u.Ignored {
		before, known := f.Baseline.entry(o.Addr)
		if !known || before.Declared {
			return true
		}
	}
	switch {
	case f.rights.own(o) != "":
		return true
	case k.Subject: // what others hold for a user is a difference of its own, unless it is ignored too
		return u.Ignored && f.rights.privileged(o) != ""
	case k.Grantee != "" && k.Parent() != nil:
		return notable // a member of a parent that a file mentions
	case k.UpdateOnly || o.Frozen == schema.Everything: // the product makes it, not somebody
		return false
	}
	return k.Having(schema.CarriesRights) != 0
}

// namedByIgnore reports whether an ignore entry names exactly this object, so that the files do say
// that it exists. A pattern says nothing about one person.
func namedByIgnore(ignore *schema.IgnoreSet, k *schema.Kind, key string) bool {
	m, ok := ignore.Match(k, key)
	return ok && !strings.ContainsAny(m.Pattern, `*?[]{}\`)
}

// undeclaredObject describes a live object that no file declares.
func (f *finder) undeclaredObject(o *schema.Object) Difference {
	d := Difference{Addr: o.Addr, Subject: granteeOf(o)}
	what := f.rights.own(o)
	d.Danger, d.Text = what != "", addedWords(o, what)
	before, known := f.Baseline.entry(o.Addr)
	switch {
	case !f.Baseline.has(o.Addr.Kind):
	case !known || !f.Baseline.same(o):
		d.Origin = Moved
	case before.Declared:
		d.Origin, d.Text = Pending, name(o)+" is no longer declared and was not removed yet"
		if what != "" {
			d.Text += ": it is " + what
		}
	default:
		d.Text = knownWords(o, what)
	}
	if o.Addr.Kind == f.Plan.Self.Kind && o.Addr.Key == f.Plan.Self.Key {
		d.Text += "; it is the user of the key"
	}
	return d
}
