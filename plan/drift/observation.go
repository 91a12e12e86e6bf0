package drift

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Observation is what a baseline is made from.
type Observation struct {
	Plan   *plan.Plan
	Tenant *schema.Tenant
	Live   map[string][]schema.Object // before the changes of the plan
	// Applied are the changes that are in effect, with the objects as read back; the zero Object
	// after a removal.
	Applied map[*plan.Change]schema.Object
	At      string
	// Partial: the plan is about a part of what the tenant declares, so only what was applied becomes known.
	Partial bool
}

// open returns the addresses of the objects that are not as declared after the apply.
func (o *Observation) open() map[schema.Address]bool {
	open := map[schema.Address]bool{}
	if o.Partial {
		applied := o.firstApplied()
		for i := range o.Tenant.Objects {
			a := o.Tenant.Objects[i].Addr
			open[a] = applied[a] == nil
		}
	}
	for _, list := range [...][]plan.Change{o.Plan.Changes, o.Plan.Observed, o.Plan.Excluded} {
		for i := range list {
			c := &list[i]
			if _, done := o.Applied[c]; done {
				continue
			}
			if open[c.Addr] = true; c.Have != nil {
				open[c.Have.Addr] = true
			}
		}
	}
	for _, d := range o.Plan.Deviations {
		if d.Why != plan.NotNeeded && d.Why != plan.AlreadyDone {
			open[d.Addr] = true
		}
	}
	for _, a := range inactiveUsers(o.Plan) {
		open[a] = true
	}
	return open
}

// firstApplied returns by object the first change of it that is in effect.
func (o *Observation) firstApplied() map[schema.Address]*plan.Change {
	out := map[schema.Address]*plan.Change{}
	for i := range o.Plan.Changes {
		c := &o.Plan.Changes[i]
		if _, done := o.Applied[c]; done && out[c.Addr] == nil {
			out[c.Addr] = c
		}
	}
	return out
}

// inactiveUsers lists the declared users who cannot sign in, although their blocks do not say so.
func inactiveUsers(p *plan.Plan) []schema.Address {
	var out []schema.Address
	for i := range p.Findings {
		if x := &p.Findings[i]; x.Code == plan.CodeInactive {
			out = append(append(out, x.Addr), x.Also...)
		}
	}
	return out
}

// baseline records all objects, with the applied changes.
func (o *Observation) baseline() *Baseline {
	p := o.Plan
	b := &Baseline{Provider: p.Provider, Product: p.Product, Tenant: p.Tenant, Endpoint: p.Endpoint, At: o.At, Kinds: map[string]*Kind{}}
	declared := map[string]map[string]bool{}
	for i := range o.Tenant.Objects {
		a := o.Tenant.Objects[i].Addr
		if declared[a.Kind] == nil {
			declared[a.Kind] = map[string]bool{}
		}
		declared[a.Kind][a.Key] = true
	}
	put := func(x *schema.Object) {
		b.Kinds[x.Addr.Kind].Objects[x.Addr.Key] = Object{
			ID: x.ID, Declared: declared[x.Addr.Kind][x.Addr.Key], Inactive: x.Inactive(), Hashes: hashesOf(x),
		}
	}
	for _, k := range o.Tenant.Product.Kinds {
		list, listed := o.Live[k.Name]
		if !listed || k.Virtual {
			continue
		}
		b.Kinds[k.Name] = newKind(k, len(list))
		list = schema.Normal(list)
		for j := range list {
			put(&list[j])
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		after, done := o.Applied[c]
		if !done || b.Kinds[c.Addr.Kind] == nil {
			continue
		}
		if c.Have != nil {
			delete(b.Kinds[c.Addr.Kind].Objects, c.Have.Addr.Key)
		}
		for _, x := range c.Cascades {
			if k := b.Kinds[x.Addr.Kind]; k != nil {
				delete(k.Objects, x.Addr.Key)
			}
		}
		switch {
		case after.Kind != nil:
			put(&after)
		case c.Action == schema.Deactivate: // it still exists, and only the product knows how
			b.Kinds[c.Addr.Kind].Objects[c.Addr.Key] = Object{ID: c.Have.ID, Inactive: true}
		}
	}
	return b
}

func newKind(k *schema.Kind, size int) *Kind {
	t := &Kind{Objects: make(map[string]Object, size)}
	for i := range k.Attributes {
		if recorded(&k.Attributes[i]) {
			t.Attributes = append(t.Attributes, k.Attributes[i].Name)
		}
	}
	return t
}
