package drift

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/people"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// undeclaredPeople lists the people whom the differences and sentences name and no file declares.
func (f *finder) undeclaredPeople() []schema.Address {
	named := f.namedPeople()
	undeclared := func(a schema.Address) bool {
		k := f.Tenant.Product.Kind(a.Kind)
		return k != nil && k.Subject && !named[plan.WithoutProvider(a)]
	}
	var live []schema.Address
	for _, k := range f.Tenant.Product.Kinds {
		for i := range f.Live[k.Name] {
			if a := f.Live[k.Name][i].Addr; undeclared(a) {
				live = append(live, plan.WithoutProvider(a))
			}
		}
	}
	set, found := people.NewSet(live), map[schema.Address]bool{}
	in := func(texts ...string) {
		for _, text := range texts {
			for _, a := range set.In(text) {
				found[a] = true
			}
		}
	}
	difference := func(d *Difference) {
		for _, a := range []schema.Address{d.Addr, d.Subject} {
			if undeclared(a) {
				found[plan.WithoutProvider(a)] = true
			}
		}
		in(d.Addr.Key, d.Text)
		for _, a := range d.Attributes {
			in(a.Live...)
			in(a.Files...)
		}
	}
	for i := range f.out.Differences {
		difference(&f.out.Differences[i])
	}
	for i := range f.out.Accepted {
		difference(&f.out.Accepted[i].Difference)
	}
	in(f.out.Unseen...)
	in(f.out.Notes...)
	out := make([]schema.Address, 0, len(found))
	for a := range found {
		out = append(out, a)
	}
	slices.SortFunc(out, schema.Address.Compare)
	return out
}

// namedPeople lists the people whom the files name: declared ones, and those to whom declared objects refer, such
// as the members of a team.
func (f *finder) namedPeople() map[schema.Address]bool {
	named := map[schema.Address]bool{}
	for i := range f.Tenant.Objects {
		o := &f.Tenant.Objects[i]
		named[plan.WithoutProvider(o.Addr)] = true
		for j := range o.Kind.Attributes {
			a := &o.Kind.Attributes[j]
			for _, kind := range a.Kinds {
				if k := f.Tenant.Product.Kind(kind); k != nil && k.Subject && o.Set.Has(j) {
					a.Each(o.Body, func(key string) { named[schema.Address{Kind: kind, Key: key}] = true })
				}
			}
		}
	}
	return named
}
