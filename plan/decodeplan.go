package plan

import (
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/plan/grant"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A planDecoder reads one plan. The product and the provider's name come before
// everything that needs them, as Encode writes them.
type planDecoder struct {
	*decoder
	product *schema.Product
	plan    *Plan
}

func (d *decoder) plan() (*Plan, error) {
	pd := &planDecoder{decoder: d, plan: &Plan{}}
	if err := d.members(pd.member); err != nil {
		return nil, err
	}
	if pd.product == nil {
		return nil, errors.New("does not say which product it is for")
	}
	return pd.plan, nil
}

func (d *planDecoder) member(name string) error {
	p := d.plan
	switch name {
	case "provider":
		return d.Decode(&p.Provider)
	case "product":
		return d.readProduct()
	case "tenant":
		return d.Decode(&p.Tenant)
	case "endpoint":
		return d.Decode(&p.Endpoint)
	case "summary":
		return d.Decode(new(Summary))
	case "unmanaged":
		return d.Decode(&p.Unmanaged)
	case "ids":
		return d.Decode(&p.IDs)
	case "unchanged":
		return d.Decode(&p.Unchanged)
	case "labels":
		return d.Decode(&p.Labels)
	case "names":
		return d.Decode(&p.Names)
	case "cost":
		return d.Decode((*wireCost)(&p.Cost))
	}
	if d.product == nil || p.Provider == "" {
		return fmt.Errorf(`%q comes before "provider" and "product"; leave the members in the order in which rolecall wrote them`, name)
	}
	switch name {
	case "self":
		return d.address(&p.Self)
	case "settings":
		return d.settings()
	case "changes":
		return d.changes(name, &p.Changes)
	case "observed":
		return d.changes(name, &p.Observed)
	case "left_out":
		return d.changes(name, &p.LeftOut)
	case "findings":
		return d.findings(name, &p.Findings)
	case "violations":
		return d.findings(name, &p.Violations)
	case "affected":
		return d.affected()
	}
	return unknownMember(name)
}

func (d *planDecoder) readProduct() error {
	if err := d.Decode(&d.plan.Product); err != nil {
		return err
	}
	var err error
	d.product, err = d.decoder.product(d.plan.Product)
	return err
}

func (d *planDecoder) address(a *schema.Address) error {
	var s string
	if err := d.Decode(&s); err != nil {
		return err
	}
	return d.parse(s, a)
}

// parse reads an address; an empty one means none.
func (d *planDecoder) parse(s string, a *schema.Address) error {
	if s == "" {
		return nil
	}
	var ok bool
	if *a, ok = parseAddress(d.plan.Provider, s); !ok {
		return fmt.Errorf("%q is not an address such as user.ana@zoo.example", s)
	}
	return nil
}

func (d *planDecoder) settings() error {
	var v values
	if err := d.Decode(&v); err != nil {
		return err
	}
	if d.product.Settings == nil {
		return errors.New("settings: the product has none")
	}
	body, set, err := decodeValues(d.product.Settings, v.raw)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	d.plan.Settings = &schema.Object{
		Kind: d.product.Settings, Addr: schema.Address{Provider: d.plan.Provider, Kind: d.product.Settings.Name},
		Body: body, Set: set,
	}
	return nil
}

func (d *planDecoder) changes(name string, to *[]Change) error {
	return d.elements(func(i int) error {
		var w wireChange
		if err := d.Decode(&w); err != nil {
			return within(fmt.Sprintf("%s %d", name, i+1), err)
		}
		c, err := d.change(&w, i)
		if err != nil {
			return fmt.Errorf("%s %d (%s): %w", name, i+1, w.Address, err)
		}
		*to = append(*to, c)
		return nil
	})
}

func (d *planDecoder) findings(name string, to *[]schema.Finding) error {
	return d.elements(func(i int) error {
		var w wireFinding
		if err := d.Decode(&w); err != nil {
			return within(fmt.Sprintf("%s %d", name, i+1), err)
		}
		f := schema.Finding{
			Code: w.Code, Pos: schema.Pos(w.wirePos), Attribute: w.Attribute, Value: w.Value,
			Summary: w.Summary, Detail: w.Detail,
		}
		switch w.Severity {
		case schema.Error.String():
			f.Severity = schema.Error
		case schema.Warning.String():
			f.Severity = schema.Warning
		default:
			return fmt.Errorf("%s %d: severity %q is neither error nor warning", name, i+1, w.Severity)
		}
		*to = append(*to, f)
		return d.parse(w.Address, &(*to)[i].Addr)
	})
}

func (d *planDecoder) affected() error {
	return d.elements(func(i int) error {
		var w wireDifference
		if err := d.Decode(&w); err != nil {
			return within(fmt.Sprintf("affected %d", i+1), err)
		}
		g := grant.Difference{Gained: decodeGrants(w.Gained), Lost: decodeGrants(w.Lost)}
		if err := d.parse(w.Subject, &g.Subject); err != nil {
			return err
		}
		for _, s := range w.Because {
			var a schema.Address
			if err := d.parse(s, &a); err != nil {
				return err
			}
			g.Because = append(g.Because, a)
		}
		d.plan.Affected = append(d.plan.Affected, g)
		return nil
	})
}

func decodeGrants(grants []wireGrant) []schema.Grant {
	var out []schema.Grant
	for _, g := range grants {
		out = append(out, schema.Grant{Right: g.Right, Scope: g.Scope, Via: g.Via})
	}
	return out
}
