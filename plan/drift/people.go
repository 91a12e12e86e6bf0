package drift

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/people"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// undeclaredPeople lists the people whom the differences and sentences name and no file does.
func (f *finder) undeclaredPeople() []schema.Address {
	c := peopleCollector{product: f.Tenant.Product, named: map[schema.Address]bool{}, found: map[schema.Address]bool{}}
	c.name(f.Tenant)
	var live []schema.Address
	for _, k := range c.product.Kinds {
		for i := range f.Live[k.Name] {
			if a := f.Live[k.Name][i].Addr; c.undeclared(a) {
				live = append(live, plan.WithoutProvider(a))
			}
		}
	}
	c.live = people.NewSet(live)
	for i := range f.out.Differences {
		c.difference(&f.out.Differences[i])
	}
	for i := range f.out.Accepted {
		c.difference(&f.out.Accepted[i].Difference)
	}
	c.texts(f.out.Unseen...)
	c.texts(f.out.Notes...)
	out := make([]schema.Address, 0, len(c.found))
	for a := range c.found {
		out = append(out, a)
	}
	slices.SortFunc(out, schema.Address.Compare)
	return out
}

// A peopleCollector collects undeclared people. Addresses have no provider.
type peopleCollector struct {
	product *schema.Product
	named   map[schema.Address]bool // in the files
	live    *people.Set             // undeclared ones that exist
	found   map[schema.Address]bool
}

// name notes the people whom the files name: declared ones, those to whom declared objects refer, such as the members
// of a team, and those of accept blocks.
func (c *peopleCollector) name(t *schema.Tenant) {
	for i := range t.Objects {
		o := &t.Objects[i]
		c.named[plan.WithoutProvider(o.Addr)] = true
		for j := range o.Kind.Attributes {
			a := &o.Kind.Attributes[j]
			if kind := c.refersTo(a); kind != "" && o.Set.Has(j) {
				a.Each(o.Body, func(key string) { c.named[schema.Address{Kind: kind, Key: key}] = true })
			}
		}
	}
	for _, a := range t.Accepted {
		c.named[schema.Address{Kind: a.Kind, Key: a.Key}] = true
	}
}

// refersTo returns the kind of people to whom an attribute refers, or "".
func (c *peopleCollector) refersTo(a *schema.Attribute) string {
	for _, name := range a.Kinds {
		if k := c.product.Kind(name); k != nil && k.Subject {
			return name
		}
	}
	return ""
}

// undeclared reports whether an address is that of a person whom no file names.
func (c *peopleCollector) undeclared(a schema.Address) bool {
	k := c.product.Kind(a.Kind)
	return k != nil && k.Subject && !c.named[plan.WithoutProvider(a)]
}

func (c *peopleCollector) address(a schema.Address) {
	if c.undeclared(a) {
		c.found[plan.WithoutProvider(a)] = true
	}
}

func (c *peopleCollector) texts(texts ...string) {
	for _, text := range texts {
		for _, a := range c.live.In(text) {
			c.found[a] = true
		}
	}
}

func (c *peopleCollector) difference(d *Difference) {
	c.address(d.Addr)
	c.address(d.Subject)
	c.texts(d.Addr.Key, d.Text)
	k := c.product.Kind(d.Addr.Kind)
	for _, a := range d.Attributes {
		both := slices.Concat(a.Live, a.Files)
		c.texts(both...)
		if i := k.Index(a.Name); i >= 0 { // people of a kind that could not be listed
			if kind := c.refersTo(&k.Attributes[i]); kind != "" {
				for _, key := range both {
					c.address(schema.Address{Kind: kind, Key: key})
				}
			}
		}
	}
}
