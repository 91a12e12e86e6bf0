package build

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/people"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// undeclaredPeople lists the people whom a plan names and no file declares, so that whoever publishes it can
// leave them out.
func undeclaredPeople(s stage, p *plan.Plan) []schema.Address {
	c := peopleCollector{stage: s, named: map[schema.Address]bool{}, found: map[schema.Address]bool{}}
	c.add = c.address
	name := func(a schema.Address) { c.named[a] = true }
	for _, t := range s.tables {
		for _, w := range t.want {
			c.references(w, name)
		}
	}
	lists := [][]plan.Change{p.Changes, p.Observed, p.Excluded}
	for _, list := range lists {
		for i := range list {
			if x := &list[i]; x.From != "" && x.Have != nil {
				c.named[plan.WithoutProvider(x.Have.Addr)] = true
			}
		}
	}
	c.address(p.Self)
	for _, list := range lists {
		for i := range list {
			c.change(&list[i])
		}
	}
	for i := range p.Affected {
		c.address(p.Affected[i].Subject)
	}
	for i := range p.Danger {
		c.address(p.Danger[i].Subject)
	}
	for i := range p.Unknown {
		c.address(p.Unknown[i].Subject)
	}
	if p.Scope != nil {
		for _, a := range p.Scope.Left {
			c.address(a)
		}
	}
	for _, u := range p.Unmanaged {
		t := s.table[u.Kind]
		for _, key := range u.Keys {
			if j, ok := t.byKey[key]; ok {
				c.object(t.live[j])
			}
		}
	}
	c.texts(p)
	out := make([]schema.Address, 0, len(c.found))
	for a := range c.found {
		out = append(out, a)
	}
	slices.SortFunc(out, schema.Address.Compare)
	return out
}

// A peopleCollector collects undeclared people.
type peopleCollector struct {
	stage
	named map[schema.Address]bool // in files, but not declared: members of a declared team, and old keys before a rename
	found map[schema.Address]bool
	add   func(schema.Address) // address
}

// address adds the address if it is that of an undeclared person.
func (c *peopleCollector) address(a schema.Address) {
	if t := c.table[a.Kind]; t != nil && t.kind.Subject && a.Key != "" && !t.declares(a.Key) && !c.named[plan.WithoutProvider(a)] {
		c.found[plan.WithoutProvider(a)] = true
	}
}

func (c *peopleCollector) change(x *plan.Change) {
	for _, o := range append([]*schema.Object{x.Have, x.Want}, x.Cascades...) {
		if o != nil {
			c.object(o)
		}
	}
	c.address(x.Addr)
}

// object adds an object that is a person, and the people to whom it refers.
func (c *peopleCollector) object(o *schema.Object) {
	c.address(o.Addr)
	c.references(o, c.add)
}

// references yields the people to whom an object refers.
func (c *peopleCollector) references(o *schema.Object, yield func(schema.Address)) {
	t := c.table[o.Addr.Kind]
	for i := range t.refs {
		r := &t.refs[i]
		for _, to := range r.to {
			if to.kind.Subject && o.Set.Has(r.at) {
				r.attr.Each(o.Body, func(key string) { yield(schema.Address{Kind: to.kind.Name, Key: key}) })
			}
		}
	}
}

// texts adds the people whom sentences name.
func (c *peopleCollector) texts(p *plan.Plan) {
	var texts []string
	for i := range p.Changes {
		texts = append(texts, p.Changes[i].Reason)
	}
	for _, list := range [][]schema.Finding{p.Findings, p.Violations} {
		for i := range list {
			f := &list[i]
			texts = append(texts, f.Addr.Key, f.Value, f.Summary, f.Detail)
		}
	}
	for _, u := range p.Unmanaged {
		texts = append(texts, u.Note)
	}
	if texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" }); len(texts) == 0 {
		return
	}
	var live []schema.Address
	for _, t := range c.tables {
		for _, o := range t.live {
			if t.kind.Subject && !t.declares(o.Addr.Key) {
				live = append(live, schema.Address{Kind: t.kind.Name, Key: o.Addr.Key})
			}
		}
	}
	set := people.NewSet(live)
	for _, text := range texts {
		for _, a := range set.In(text) {
			c.address(a)
		}
	}
}
