package planfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A planDecoder reads one plan. The product and the provider's name come before
// the lists, as Encode writes them, so that an element becomes a part of the plan as
// soon as it is read.
type planDecoder struct {
	*decoder
	product *schema.Product // nil before the first list
	plan    *plan.Plan
	tables  tableDecoder
}

func (d *decoder) plan() (*plan.Plan, error) {
	if t, err := d.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, errors.New("is not an object")
	}
	p := &plan.Plan{}
	pd := &planDecoder{decoder: d, plan: p}
	var self string
	var settings *values
	var scope *wireScope
	err := d.members(map[string]any{
		"provider": &p.Provider, "product": &p.Product, "tenant": &p.Tenant, "endpoint": &p.Endpoint, "self": &self,
		"settings": &settings, "no_impact": &p.NoImpact, "scope": &scope, "summary": new(plan.Summary), "unmanaged": &p.Unmanaged, "mass_changes": &p.MassChanges, "expiring": &p.Expiring,
		"unchanged": &p.Unchanged, "display_names": &p.DisplayNames, "set_names": &p.SetNames, "requests": (*wireRequests)(&p.Requests),

		"changes":    list(pd, "changes", 1, &p.Changes, pd.change),
		"observed":   list(pd, "observed", 1, &p.Observed, pd.change),
		"excluded":   list(pd, "excluded", 1, &p.Excluded, pd.change),
		"findings":   list(pd, "findings", 1, &p.Findings, pd.finding),
		"violations": list(pd, "violations", 1, &p.Violations, pd.finding),
		"checks":     list(pd, "checks", 1, &p.Checks, pd.check),
		"rights":     list(pd, "rights", 0, &pd.tables.rights, func(w *[]string) ([]string, error) { return *w, nil }),
		"grants":     list(pd, "grants", 0, &pd.tables.grants, pd.grant),
		"causes":     list(pd, "causes", 0, &pd.tables.causes, func(w *[]string) ([]schema.Address, error) { return pd.addresses(*w) }),
		"affected":   list(pd, "affected", 1, &p.Affected, pd.difference),
		"danger":     list(pd, "danger", 1, &p.Danger, pd.danger),
		"unknown":    list(pd, "unknown", 1, &p.Unknown, pd.unknown),

		"undeclared_people": list(pd, "undeclared_people", 1, &p.UndeclaredPeople, func(w *string) (schema.Address, error) {
			a, err := pd.address(*w)
			return plan.WithoutProvider(a), err
		}),
	})
	if err != nil {
		return nil, err
	}
	if err := pd.begin(); err != nil {
		return nil, err
	}
	if p.Self, err = pd.address(self); err != nil {
		return nil, fmt.Errorf("self: %w", err)
	}
	if err := pd.settings(settings); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if p.Scope, err = pd.scope(scope); err != nil {
		return nil, fmt.Errorf("scope: %w", err)
	}
	p.Danger = joinDangers(p.Danger)
	return p, consistent(p)
}

// list returns a function that reads a list of the plan element by element, so that no more than
// one of them is held in its JSON form. Places in errors count from first.
func list[W, T any](d *planDecoder, name string, first int, to *[]T, read func(*W) (T, error)) func() error {
	return func() error {
		if d.plan.Provider == "" || d.plan.Product == "" {
			return fmt.Errorf(`%q comes before "provider" and "product"; leave the members in the order in which rolecall wrote them`, name)
		}
		if err := d.begin(); err != nil {
			return err
		}
		return d.elements(func(i int) error {
			var w W
			if err := d.Decode(&w); err != nil {
				return inPlace(fmt.Sprint(name, " ", first+i), err)
			}
			v, err := read(&w)
			if err != nil {
				place := fmt.Sprint(name, " ", first+i)
				if c, ok := any(&w).(*wireChange); ok {
					place += " (" + text.Clean(c.Address) + ")"
				}
				return fmt.Errorf("%s: %w", place, err)
			}
			*to = append(*to, v)
			return nil
		})
	}
}

// begin checks whose plan it is, when that is first needed.
func (d *planDecoder) begin() error {
	p := d.plan
	switch {
	case d.product != nil:
		return nil
	case p.Product == "":
		return errors.New("does not say which product it is for")
	case p.Provider == "":
		return errors.New("does not say which provider block it is for")
	}
	parts := strings.Split(p.Provider, ".")
	if !slices.ContainsFunc(parts, func(part string) bool { return !hclsyntax.ValidIdentifier(part) }) {
		product, err := d.decoder.product(p.Product)
		switch {
		case err != nil:
			return err
		case parts[0] != p.Product || len(parts) > 2:
			return fmt.Errorf("provider %q is not a provider block of %s", p.Provider, p.Product)
		}
		d.product, p.Kinds = product, product.KindNames()
		return nil
	}
	return fmt.Errorf("provider %q is not the name of a provider block, such as partoo or partoo.sandbox", p.Provider)
}

// consistent checks what the changes of a plan say about each other.
func consistent(p *plan.Plan) error {
	seen := map[schema.Address]*plan.Change{}
	for _, c := range plan.Joined(p.Changes) {
		if before := seen[c.Addr]; before != nil && !(before.Action.Removes() && c.Action.Removes()) {
			return fmt.Errorf("two changes are about %s, and the second one does not continue where the first one ends", text.Clean(c.Addr.String()))
		}
		seen[c.Addr] = &c
	}
	return nil
}

func (d *planDecoder) settings(v *values) error {
	if v == nil {
		return nil
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
			return fmt.Errorf("%s is not one of the settings that a plan holds", k.Attributes[i].Name)
		}
	}
	d.plan.Settings = plan.SteeringSettings(&schema.Object{Kind: k, Body: body, Set: set})
	return nil
}

func (d *planDecoder) scope(w *wireScope) (*plan.Scope, error) {
	if w == nil {
		return nil, nil
	}
	left, err := d.addresses(w.Left)
	return &plan.Scope{
		Since: w.Since, Commit: w.Commit, Everything: w.Everything, Compared: w.Compared, NotCompared: w.NotCompared, Left: left, Longer: w.Longer, ChecksGone: w.ChecksGone,
	}, err
}

// address reads an address; an empty one means none.
func (d *planDecoder) address(s string) (schema.Address, error) {
	if s == "" {
		return schema.Address{}, nil
	}
	a, ok := parseAddress(d.plan.Provider, s)
	if !ok {
		return a, fmt.Errorf("%q is not an address such as user.ana@zoo.example", s)
	}
	return a, nil
}

func (d *planDecoder) addresses(texts []string) ([]schema.Address, error) {
	var out []schema.Address
	for _, s := range texts {
		a, err := d.address(s)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// person reports whether an address is that of a person.
func (d *planDecoder) person(a schema.Address) bool {
	k := d.product.Kind(a.Kind)
	return k != nil && k.Subject
}

func (d *planDecoder) finding(w *wireFinding) (f schema.Finding, err error) {
	f = schema.Finding{
		Code: w.Code, Pos: schema.Pos(w.wirePos), Attribute: w.Attribute, Value: w.Value,
		Summary: w.Summary, Detail: w.Detail, RightsUnknown: w.RightsUnknown,
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
		return f, fmt.Errorf("severity %q is neither error nor warning", w.Severity)
	}
	f.Addr, err = d.address(w.Address)
	return f, err
}

// danger reads one right of a subject; joinDangers puts those of one subject together.
func (d *planDecoder) danger(w *wireDanger) (one plan.Danger, err error) {
	one.Administrator, one.Gained = w.Administrator, []schema.Grant{{Right: w.Right, Scope: w.Scope, Via: w.Via}}
	if one.Subject, err = d.address(w.Subject); err != nil {
		return one, err
	}
	one.Person = d.person(one.Subject)
	if one.CausedBy, err = d.addresses(w.CausedBy); err != nil {
		return one, err
	}
	one.People, err = d.addresses(w.People)
	return one, err
}

func (d *planDecoder) unknown(w *wireUnknown) (u plan.Unknown, err error) {
	u.Gained = w.Gained
	if u.Subject, err = d.address(w.Subject); err != nil {
		return u, err
	}
	u.CausedBy, err = d.addresses(w.CausedBy)
	return u, err
}

// joinDangers puts together the rights of one subject, which follow each other.
func joinDangers(all []plan.Danger) []plan.Danger {
	var out []plan.Danger
	for _, one := range all {
		if n := len(out); n > 0 && out[n-1].Subject == one.Subject {
			out[n-1].Gained = append(out[n-1].Gained, one.Gained...)
			continue
		}
		out = append(out, one)
	}
	return out
}
