package cmd

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// choose decides which differences of a tenant are taken.
func (a *adopting) choose(tenant int, p *plan.Plan, d *drift.Drift) {
	changes := map[schema.Address]*plan.Change{}
	all := drift.Changes(p)
	for i := range all {
		changes[all[i].Addr] = &all[i]
	}
	for i := range d.Accepted {
		x := &d.Accepted[i]
		if _, meant := a.names(x.Addr); meant {
			a.leave(&x.Difference, "an accept block hides it until "+x.Until+"; delete the block first")
		}
	}
	for i := range d.Differences {
		x := &adoption{tenant: tenant, difference: &d.Differences[i]}
		a.addresses = append(a.addresses, x.difference.Addr)
		x.change = changes[x.difference.Addr]
		if x.change != nil && x.change.Want == nil {
			x.change = nil // an undeclared object that the plan removes
		}
		a.find(x)
		if why := a.untaken(x); why != "" {
			a.leave(x.difference, why)
			continue
		}
		a.follow(x)
		a.list = append(a.list, x)
	}
}

func (a *adopting) leave(d *drift.Difference, why string) {
	a.left = append(a.left, "Left: "+d.Addr.String()+": "+d.Text+": "+why+".")
}

// names reports whether the command line has the address of the object, and whether an address or a
// pattern there means it.
func (a *adopting) names(addr schema.Address) (named, meant bool) {
	for _, name := range a.named {
		exact := addr.Match(name)
		p, ok := schema.ParsePattern(name)
		if exact || ok && (p.Match(addr.String()) || p.Match(addr.Full())) {
			a.used[name], meant, named = true, true, named || exact
		}
	}
	return named, meant
}

// find finds the live object.
func (a *adopting) find(x *adoption) {
	d := x.difference
	if x.change != nil && x.change.Have != nil {
		x.live = x.change.Have
		return
	}
	x.live = a.liveObject(x.tenant, d.Live)
}

// liveObject returns a live object in normal form, or nil.
func (a *adopting) liveObject(tenant int, addr schema.Address) *schema.Object {
	list := schema.Normal(a.live[tenant][addr.Kind])
	for i := range list {
		if list[i].Addr.Key == addr.Key {
			return &list[i]
		}
	}
	return nil
}

// renamed reports whether the object has another key now.
func (x *adoption) renamed() bool {
	return x.change != nil && x.difference.Live != x.difference.Addr
}

// untaken returns why a difference is not taken, or "".
func (a *adopting) untaken(x *adoption) string {
	d, t := x.difference, a.before.Tenants[x.tenant]
	named, meant := a.names(d.Addr)
	if len(a.named) > 0 && !meant {
		return "its address was not named"
	}
	if why := expiredWhy(t, x); why != "" {
		return why
	}
	unset := a.unsetPrivileges(x)
	need := func(why string) string {
		if named {
			return ""
		}
		return why + ". To adopt it, name it: " + commandLine("adopt", inDirectory(a.options.dir, d.Addr.String())...)
	}
	switch {
	case d.Origin == drift.Pending && !named:
		return need("the files changed, not the product, or they lost what was adopted; rolecall apply brings it there")
	case x.live != nil && x.change == nil && isIgnored(t, x.live):
		return "ignore in a manage block names it; change that first"
	case x.live == nil && protects(t, d.Addr):
		return "protect names it, so its block stays; rolecall apply creates it again"
	case x.change == nil && declares(t, d.Addr) && x.inactiveLine() == "" && len(unset) == 0:
		return "the files have nothing to change; check who it is, and record it with rolecall drift --update-baseline"
	case d.Danger:
		if why := need("it gives privileged rights"); why != "" {
			return why
		}
	case d.Origin == drift.Conflict:
		if why := need("the files and somebody changed it"); why != "" {
			return why
		}
	case d.Origin == drift.Unknown:
		if why := need("no baseline says whether the files or somebody changed it"); why != "" {
			return why
		}
	}
	x.unset, x.attributes = len(unset) > 0, unset
	for _, y := range d.Attributes {
		if y.Origin == drift.Moved || named && (y.Origin != drift.Pending || d.Origin == drift.Pending) {
			x.attributes = append(x.attributes, y.Name)
		}
	}
	return ""
}

// expiredWhy returns why a difference is about what has expired, which is never taken; "" if it is not.
func expiredWhy(t *schema.Tenant, x *adoption) string {
	for _, o := range t.Expired() {
		if x.live != nil && o.Addr.Kind == x.live.Addr.Kind && o.Addr.Key == x.live.Addr.Key {
			return fmt.Sprintf("%s expired on %s, and rolecall apply removes it; if it is still needed, write a later day there", placeOf(o.Pos.File, o.Pos.Line), o.Until())
		}
	}
	o := declaredObject(t, x.difference.Addr)
	if o == nil || x.change == nil || x.live == nil {
		return ""
	}
	for _, e := range o.Overdue(x.live) {
		return fmt.Sprintf("%s in %s expired on %s, and rolecall apply removes it; if it is still needed, write a later day in the entry", e.Name, e.Attribute, e.Expires)
	}
	return ""
}

// unsetPrivileges returns the attributes that give a declared object privileges and that no file sets: one if it
// alone gives them.
func (a *adopting) unsetPrivileges(x *adoption) []string {
	t := a.before.Tenants[x.tenant]
	said := declaredObject(t, x.difference.Addr)
	if said == nil || x.live == nil || !x.difference.Danger || len(x.difference.Attributes) > 0 || x.renamed() || x.inactiveLine() != "" {
		return nil
	}
	if b := a.known.of(a.plan.Plans[x.tenant]); b != nil && b.Kinds[x.live.Kind.Name] != nil {
		if before := b.Kinds[x.live.Kind.Name].Objects[x.live.Addr.Key]; before.ID != "" && before.ID != x.live.ID {
			return nil // another account, which no attribute explains
		}
	}
	lookup := func(kind, key string) (*schema.Object, bool) {
		addr := schema.Address{Provider: t.Name, Kind: kind, Key: key}
		if o := declaredObject(t, addr); o != nil {
			return o, true
		}
		o := a.liveObject(x.tenant, addr)
		return o, o != nil
	}
	k, carrying := x.live.Kind, writer.Written(x.live)&x.live.Set&x.live.Kind.Having(schema.CarriesRights)&^said.Set
	var out []string
	for i := range k.Attributes {
		row := &k.Attributes[i]
		if !carrying.Has(i) || row.Flags&(schema.Key|schema.ConfigOnly) != 0 {
			continue
		}
		out = append(out, row.Name)
		with := said.Clone()
		row.Copy(with.Body, x.live.Body)
		with.Set = with.Set.With(i)
		if k.Privilege != nil && k.Privilege(x.live, lookup) != "" && k.Privilege(&with, lookup) == k.Privilege(x.live, lookup) {
			return []string{row.Name}
		}
	}
	return out
}

// inactiveLine returns the line that declares a live object to stay inactive, or "".
func (x *adoption) inactiveLine() string {
	if x.change != nil || !x.live.Inactive() {
		return ""
	}
	return x.live.Kind.InactiveLine()
}

func isIgnored(t *schema.Tenant, o *schema.Object) bool {
	_, is := schema.NewIgnoreSet(t.Product, t.Manage).Match(o.Kind, o.Addr.Key)
	return is
}

func protects(t *schema.Tenant, addr schema.Address) bool {
	return slices.ContainsFunc(t.Protect, addr.Match)
}

func declares(t *schema.Tenant, addr schema.Address) bool { return declaredObject(t, addr) != nil }

func declaredObject(t *schema.Tenant, addr schema.Address) *schema.Object {
	for i := range t.Objects {
		if t.Objects[i].Addr == addr {
			return &t.Objects[i]
		}
	}
	return nil
}
