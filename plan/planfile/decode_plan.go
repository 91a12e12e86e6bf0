package planfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A planDecoder reads one plan. The product and the provider's name come before
// everything that needs them, as Encode writes them.
type planDecoder struct {
	*decoder
	product *schema.Product
	plan    *plan.Plan
	tables  tableDecoder
}

func (d *decoder) plan() (*plan.Plan, error) {
	pd := &planDecoder{decoder: d, plan: &plan.Plan{}}
	if err := d.members(pd.member); err != nil {
		return nil, err
	}
	switch {
	case pd.product == nil:
		return nil, errors.New("does not say which product it is for")
	case pd.plan.Provider == "":
		return nil, errors.New("does not say which provider block it is for")
	}
	return pd.plan, pd.consistent()
}

func (d *planDecoder) member(name string) error {
	p := d.plan
	switch name {
	case "provider":
		return d.readProvider()
	case "product":
		return d.readProduct()
	case "tenant":
		return d.Decode(&p.Tenant)
	case "endpoint":
		return d.Decode(&p.Endpoint)
	case "summary":
		return d.Decode(new(plan.Summary))
	case "unmanaged":
		return d.Decode(&p.Unmanaged)
	case "mass_changes":
		return d.Decode(&p.MassChanges)
	case "unchanged":
		return d.Decode(&p.Unchanged)
	case "display_names":
		return d.Decode(&p.DisplayNames)
	case "set_names":
		return d.Decode(&p.SetNames)
	case "requests":
		return d.Decode((*wireRequests)(&p.Requests))
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
	case "excluded":
		return d.changes(name, &p.Excluded)
	case "findings":
		return d.findings(name, &p.Findings)
	case "violations":
		return d.findings(name, &p.Violations)
	case "rights":
		return d.readRights()
	case "grants":
		return d.readGrants()
	case "causes":
		return d.readCauses()
	case "affected":
		return d.readAffected()
	case "danger":
		return d.danger()
	}
	return unknownMember(name)
}

// readProvider reads the name of the provider block: the product's name, and an
// alias where the block has one.
func (d *planDecoder) readProvider() error {
	if err := d.Decode(&d.plan.Provider); err != nil {
		return err
	}
	for part := range strings.SplitSeq(d.plan.Provider, ".") {
		if !hclsyntax.ValidIdentifier(part) {
			return fmt.Errorf("provider %q is not the name of a provider block, such as partoo or partoo.sandbox", d.plan.Provider)
		}
	}
	return nil
}

// consistent checks what the members of a plan say about each other.
func (d *planDecoder) consistent() error {
	p := d.plan
	if product, _, _ := strings.Cut(p.Provider, "."); product != p.Product || strings.Count(p.Provider, ".") > 1 {
		return fmt.Errorf("provider %q is not a provider block of %s", p.Provider, p.Product)
	}
	seen := map[schema.Address]*plan.Change{}
	for _, c := range plan.Joined(p.Changes) {
		if before := seen[c.Addr]; before != nil && !(before.Action.Removes() && c.Action.Removes()) {
			return fmt.Errorf("two changes are about %s, and the second one does not continue where the first one ends", text.Clean(c.Addr.String()))
		}
		seen[c.Addr] = &c
	}
	return nil
}

func (d *planDecoder) readProduct() error {
	if err := d.Decode(&d.plan.Product); err != nil {
		return err
	}
	var err error
	if d.product, err = d.decoder.product(d.plan.Product); err == nil {
		d.plan.Kinds = d.product.KindNames()
	}
	return err
}

func (d *planDecoder) settings() error {
	var v values
	if err := d.Decode(&v); err != nil {
		return err
	}
	k := d.product.Settings
	if k == nil {
		return fmt.Errorf("%s has no settings", d.product.Name)
	}
	body, set, err := decodeValues(k, v.raw, nil)
	if err != nil {
		return err
	}
	for i := range k.Attributes {
		if set.Has(i) && !k.Attributes[i].Is(schema.Steering) {
			return fmt.Errorf("settings: %s is not one of the settings that a plan holds", k.Attributes[i].Name)
		}
	}
	d.plan.Settings = plan.SteeringSettings(&schema.Object{Kind: k, Body: body, Set: set})
	return nil
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

func (d *planDecoder) changes(name string, to *[]plan.Change) error {
	return d.elements(func(i int) error {
		var w wireChange
		if err := d.Decode(&w); err != nil {
			return within(fmt.Sprintf("%s %d", name, i+1), err)
		}
		c, err := d.change(&w)
		if err != nil {
			return fmt.Errorf("%s %d (%s): %w", name, i+1, text.Clean(w.Address), err)
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
		for _, p := range w.Rows {
			f.Rows = append(f.Rows, schema.Pos(p))
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

func (d *planDecoder) addresses(texts []string) ([]schema.Address, error) {
	var out []schema.Address
	for _, s := range texts {
		var a schema.Address
		if err := d.parse(s, &a); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// danger reads who gains privileged rights. The rights of one subject follow each other.
func (d *planDecoder) danger() error {
	return d.elements(func(i int) error {
		var w wireDanger
		if err := d.Decode(&w); err != nil {
			return within(fmt.Sprintf("danger %d", i+1), err)
		}
		one := plan.Danger{Administrator: w.Administrator}
		err := d.parse(w.Subject, &one.Subject)
		if err != nil {
			return fmt.Errorf("danger %d: %w", i+1, err)
		}
		if one.CausedBy, err = d.addresses(w.CausedBy); err != nil {
			return err
		}
		if one.People, err = d.addresses(w.People); err != nil {
			return err
		}
		if k := d.product.Kind(one.Subject.Kind); k != nil {
			one.Person = k.Subject
		}
		all := &d.plan.Danger
		if n := len(*all); n == 0 || (*all)[n-1].Subject != one.Subject {
			*all = append(*all, one)
		}
		last := &(*all)[len(*all)-1]
		last.Gained = append(last.Gained, schema.Grant{Right: w.Right, Scope: w.Scope, Via: w.Via})
		return nil
	})
}
