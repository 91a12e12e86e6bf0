package cmd

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/plan/people"
	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// What is posted in a public repository: people whom no file declares have a number in place of their name.

// publicPlan returns the document without the names of undeclared people, which has no digest.
func publicPlan(d *plan.Document, products Products) (*plan.Document, error) {
	var all []schema.Address
	bare := *d
	bare.Plans = make([]*plan.Plan, len(d.Plans))
	for i, p := range d.Plans {
		all = append(all, p.UndeclaredPeople...)
		bare.Plans[i] = withoutDetails(p)
	}
	var named, hidden bytes.Buffer
	if err := planfile.Encode(&named, &bare); err != nil {
		return nil, err
	}
	if err := people.NewSet(all).Hide(&hidden, &named); err != nil {
		return nil, err
	}
	out, err := planfile.Decode(&hidden, products.schemas())
	if err != nil {
		return nil, err
	}
	out.WithoutNames = true
	return out, nil
}

// withoutDetails returns the plan with nothing of undeclared people but their keys and what carries rights.
func withoutDetails(p *plan.Plan) *plan.Plan {
	undeclared := addressSet(p.UndeclaredPeople)
	shown := func(k *schema.Kind, a schema.Address) schema.Mask {
		if undeclared[plan.WithoutProvider(a)] {
			return k.Having(schema.Key) | k.Having(schema.CarriesRights)
		}
		return schema.Everything
	}
	object := func(o *schema.Object) *schema.Object {
		if o == nil {
			return nil
		}
		short := *o
		short.Set &= shown(o.Kind, o.Addr)
		return &short
	}
	changes := func(list []plan.Change) []plan.Change {
		out := slices.Clone(list)
		for i := range out {
			c := &out[i]
			for _, o := range []*schema.Object{c.Have, c.Want} {
				if o != nil {
					c.Changed &= shown(o.Kind, o.Addr)
				}
			}
			c.Have, c.Want = object(c.Have), object(c.Want)
			c.Cascades = slices.Clone(c.Cascades)
			for j, o := range c.Cascades {
				c.Cascades[j] = object(o)
			}
		}
		return out
	}
	short := *p
	short.Changes, short.Observed, short.Excluded = changes(p.Changes), changes(p.Observed), changes(p.Excluded)
	short.DisplayNames = maps.Clone(p.DisplayNames)
	for a := range undeclared {
		delete(short.DisplayNames, a.Key)
	}
	return &short
}

func addressSet(list []schema.Address) map[schema.Address]bool {
	out := make(map[schema.Address]bool, len(list))
	for _, a := range list {
		out[a] = true
	}
	return out
}

// publicNote says how many people are not named on a page, and more about it.
func publicNote(n int, more string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("\nThis repository is public. Numbers stand for the names of %s whom no file declares.%s\n", text.Count(n, "person", "people"), more)
}

// publicDrift returns the differences of a tenant without the names of undeclared people, and without who made them.
func publicDrift(version string, d *drift.Drift, products Products) (*drift.Drift, error) {
	undeclared, hidesWho := addressSet(d.UndeclaredPeople), false
	bare := func(x drift.Difference) drift.Difference {
		hidesWho = hidesWho || len(x.By) > 0
		x.By = nil
		if undeclared[plan.WithoutProvider(x.Addr)] || undeclared[plan.WithoutProvider(x.Subject)] {
			x.Attributes = nil
		}
		return x
	}
	short := *d
	short.Differences, short.Accepted = make([]drift.Difference, len(d.Differences)), make([]drift.Accepted, len(d.Accepted))
	for i, x := range d.Differences {
		short.Differences[i] = bare(x)
	}
	for i, x := range d.Accepted {
		x.Difference = bare(x.Difference)
		short.Accepted[i] = x
	}
	if hidesWho {
		short.Notes = append(slices.Clone(d.Notes), "This repository is public, so it is not shown who made the changes.")
	}
	named, err := indentedJSON(newDriftJSON(version, []*drift.Drift{&short}))
	if err != nil {
		return nil, err
	}
	var hidden bytes.Buffer
	if err := people.NewSet(d.UndeclaredPeople).Hide(&hidden, bytes.NewReader(named)); err != nil {
		return nil, err
	}
	all, err := decodeDrift(hidden.Bytes(), products)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}
