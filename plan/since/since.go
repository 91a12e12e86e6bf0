// Package since compares what two versions of the files declare, so that a plan can leave out what
// did not change.
package since

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Scope is the part of the declared objects of a tenant that a plan compares.
type Scope struct {
	// Changed are the declared objects and the removed blocks that are new or differ.
	Changed map[schema.Address]bool
	// Needed are the other declared objects that changed ones refer to, directly or through others.
	Needed map[schema.Address]bool
	// Undeclared are objects of authoritative kinds that the earlier files declare and the files do
	// not, so that the plan removes them.
	Undeclared map[schema.Address]bool
	// Left are the other objects that the earlier files declare and the files do not, sorted. The
	// plan does not look at them.
	Left []schema.Address
	// Longer lists what expires later than in the earlier files, or not at all any more, with both days.
	Longer []string
	// ChecksGone are the checks that stopped apply by the earlier files and do not by the files.
	ChecksGone []string
	// Everything says why the plan compares everything; then Changed, Needed and Undeclared are not
	// used. Empty if it does not.
	Everything string
}

// Compares reports whether the plan compares the declared object or the removed block. Without a
// scope it compares everything.
func (s *Scope) Compares(a schema.Address) bool {
	return s.Whole() || s.Changed[a] || s.Needed[a]
}

// Looks reports whether the plan looks for the undeclared object.
func (s *Scope) Looks(a schema.Address) bool { return s.Whole() || s.Undeclared[a] }

// Whole reports whether the plan compares everything.
func (s *Scope) Whole() bool { return s == nil || s.Everything != "" }

// Kinds returns the names of the kinds with objects that the plan compares or looks for.
func (s *Scope) Kinds() map[string]bool {
	kinds := map[string]bool{}
	for _, set := range [...]map[schema.Address]bool{s.Changed, s.Needed, s.Undeclared} {
		for a := range set {
			kinds[a.Kind] = true
		}
	}
	return kinds
}

// Reaches reports whether objects of the kind may refer to a changed object.
func (s *Scope) Reaches(k *schema.Kind) bool {
	for a := range s.Changed {
		if slices.Contains(k.References(), a.Kind) {
			return true
		}
	}
	return false
}

// Between returns the scope of a plan of a tenant whose files were earlier those of another one. A
// nil earlier tenant means that they did not have its provider block.
func Between(earlier, now *schema.Tenant) *Scope {
	if earlier == nil {
		return &Scope{Everything: "the provider block " + now.Name + " is new"}
	}
	d := &difference{
		Scope:   &Scope{Changed: map[schema.Address]bool{}, Needed: map[schema.Address]bool{}, Undeclared: map[schema.Address]bool{}},
		earlier: index(earlier), now: index(now), tenant: now,
	}
	d.objects()
	d.removals(earlier)
	d.needs()
	d.undeclared(earlier)
	d.Longer = d.longer(earlier)
	d.ChecksGone = checksGone(earlier, now)
	switch {
	case !sameBlock(earlier, now):
		d.Everything = "the provider block " + now.Name + " changed"
	case !sameManage(earlier.Manage, now.Manage):
		d.Everything = "manage blocks of " + now.Name + " changed"
	}
	return d.Scope
}

// checksGone lists the checks that stopped apply and do not any more.
func checksGone(earlier, now *schema.Tenant) []string {
	var out []string
	for i := range earlier.Checks {
		c := &earlier.Checks[i]
		if !c.Warning && !slices.ContainsFunc(now.Checks, func(x schema.Check) bool { return x.Name == c.Name && !x.Warning }) {
			out = append(out, c.Name)
		}
	}
	return out
}

// A difference compares two versions of a tenant.
type difference struct {
	*Scope
	tenant       *schema.Tenant // now
	earlier, now map[schema.Address]*schema.Object
}

// index returns the declared objects by address. Of two with the same address, which is an error of
// the files, it has none.
func index(t *schema.Tenant) map[schema.Address]*schema.Object {
	out := make(map[schema.Address]*schema.Object, len(t.Objects))
	for i := range t.Objects {
		o := &t.Objects[i]
		if _, twice := out[o.Addr]; twice {
			o = nil
		}
		out[t.Objects[i].Addr] = o
	}
	return out
}

// objects finds the objects that are new or differ. What refers to a virtual object that differs
// differs too, because its values are written into it. Objects come after those that they refer to.
func (d *difference) objects() {
	for i := range d.tenant.Objects {
		o := &d.tenant.Objects[i]
		if !same(d.earlier[o.Addr], o) || d.now[o.Addr] == nil {
			d.Changed[o.Addr] = true
			continue
		}
		d.references(o, func(to *schema.Object) {
			if to.Kind.Virtual && d.Changed[to.Addr] {
				d.Changed[o.Addr] = true
			}
		})
	}
}

// references calls f with the declared objects that an object refers to.
func (d *difference) references(o *schema.Object, f func(*schema.Object)) {
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if len(a.Kinds) == 0 || !o.Set.Has(i) {
			continue
		}
		a.Each(o.Body, func(key string) {
			for _, kind := range a.Kinds {
				if to := d.now[schema.Address{Provider: o.Addr.Provider, Kind: kind, Key: key}]; to != nil {
					f(to)
				}
			}
		})
	}
}

// removals finds the removed blocks that are new.
func (d *difference) removals(earlier *schema.Tenant) {
	known := removed(earlier)
	for a := range removed(d.tenant) {
		if !known[a] {
			d.Changed[a] = true
		}
	}
}

// removed returns the objects that removed blocks name.
func removed(t *schema.Tenant) map[schema.Address]bool {
	out := map[schema.Address]bool{}
	for _, r := range t.Removed {
		out[schema.Address{Provider: t.Name, Kind: r.Kind, Key: r.Key}] = true
	}
	return out
}

// needs finds the objects that changed ones refer to.
func (d *difference) needs() {
	var visit func(*schema.Object)
	visit = func(o *schema.Object) {
		d.references(o, func(to *schema.Object) {
			if !d.Changed[to.Addr] && !d.Needed[to.Addr] {
				d.Needed[to.Addr] = true
				visit(to)
			}
		})
	}
	for a := range d.Changed {
		if o := d.now[a]; o != nil {
			visit(o)
		}
	}
}

// undeclared finds the objects that the files do not declare any more, not under another key either.
func (d *difference) undeclared(earlier *schema.Tenant) {
	gone := map[schema.Address]bool{}
	for i := range earlier.Objects {
		o := &earlier.Objects[i]
		if _, declared := d.now[o.Addr]; !declared && !o.Kind.Virtual {
			gone[o.Addr] = true
		}
	}
	for _, o := range earlier.Expired() { // it may still exist
		if _, declared := d.now[o.Addr]; !declared {
			gone[o.Addr] = true
		}
	}
	for a := range removed(d.tenant) {
		delete(gone, a)
	}
	for i := range d.tenant.Objects {
		o := &d.tenant.Objects[i]
		for _, earlier := range o.Previously {
			delete(gone, schema.Address{Provider: o.Addr.Provider, Kind: o.Addr.Kind, Key: o.Kind.EarlierKey(o.Addr.Key, earlier)})
		}
	}
	for _, a := range slices.SortedFunc(maps.Keys(gone), schema.Address.Compare) {
		if d.tenant.Manage[a.Kind].Mode == schema.Authoritative && !d.tenant.Product.Kind(a.Kind).UpdateOnly {
			d.Undeclared[a] = true
		} else {
			d.Left = append(d.Left, a)
		}
	}
}

// same reports whether two declarations of an object say the same.
func same(a, b *schema.Object) bool {
	if a == nil || b == nil || a.Kind != b.Kind || a.Set != b.Set || !slices.Equal(a.Previously, b.Previously) || !a.Term.Same(b.Term) {
		return false
	}
	for i := range a.Kind.Attributes {
		if a.Set.Has(i) && !a.Kind.Attributes[i].Equal(a.Body, b.Body) {
			return false
		}
	}
	return true
}

// sameBlock reports whether two provider blocks say the same.
func sameBlock(a, b *schema.Tenant) bool {
	return sameSettings(a, b) && a.TimeZone == b.TimeZone && a.Limits == b.Limits && slices.Equal(a.Protect, b.Protect) &&
		slices.Equal(a.Privileged, b.Privileged) && (a.Privileged == nil) == (b.Privileged == nil)
}

func sameSettings(a, b *schema.Tenant) bool {
	return a.Settings.Kind == nil && b.Settings.Kind == nil || same(&a.Settings, &b.Settings)
}

// sameManage reports whether the manage blocks of two tenants say the same.
func sameManage(a, b map[string]schema.Manage) bool {
	return maps.EqualFunc(a, b, func(x, y schema.Manage) bool {
		return x.Mode == y.Mode && slices.Equal(x.Ignore, y.Ignore) && x.OnRemoval == y.OnRemoval &&
			x.NoCreate == y.NoCreate && x.AllParents == y.AllParents
	})
}
