package cmd

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// driftJSON is what drift --json prints; docs/json.md describes it.
type driftJSON struct {
	FormatVersion int               `json:"format_version"`
	Version       string            `json:"rolecall_version"`
	Clean         bool              `json:"clean"`
	Tenants       []tenantDriftJSON `json:"tenants"`
}

type tenantDriftJSON struct {
	Provider     string           `json:"provider"`
	Product      string           `json:"product"`
	Tenant       string           `json:"tenant"`
	Endpoint     string           `json:"endpoint,omitempty"`
	Since        string           `json:"baseline_at,omitempty"`
	Clean        bool             `json:"clean"`
	Differences  []differenceJSON `json:"differences"`
	Accepted     []differenceJSON `json:"accepted,omitempty"`
	Unseen       []string         `json:"not_checked,omitempty"`
	Unattributed string           `json:"by_unknown,omitempty"`
	People       []string         `json:"undeclared_people,omitempty"`
	Notes        []string         `json:"notes,omitempty"`
}

type differenceJSON struct {
	Kind        string               `json:"kind"`
	Address     string               `json:"address"`
	Subject     string               `json:"subject,omitempty"`
	Text        string               `json:"text"`
	Danger      bool                 `json:"danger"`
	Origin      drift.Origin         `json:"origin,omitempty"`
	Attributes  []driftAttributeJSON `json:"attributes,omitempty"`
	File        string               `json:"file,omitempty"`
	Line        int                  `json:"line,omitempty"`
	Fingerprint string               `json:"fingerprint"`
	By          []entryJSON          `json:"by,omitempty"`
	Until       string               `json:"until,omitempty"`
	Reason      string               `json:"reason,omitempty"`
}

type driftAttributeJSON struct {
	Name   string       `json:"name"`
	Live   []string     `json:"live"`
	Files  []string     `json:"files"`
	Set    bool         `json:"set,omitempty"`
	Origin drift.Origin `json:"origin,omitempty"`
}

type entryJSON struct {
	At  string `json:"at"`
	Who string `json:"who"`
	Did string `json:"did"`
}

func newDriftJSON(version string, all []*drift.Drift) driftJSON {
	out := driftJSON{FormatVersion: 2, Version: version, Clean: true, Tenants: []tenantDriftJSON{}}
	for _, d := range all {
		t := tenantDriftJSON{
			Provider: d.Provider, Product: d.Product, Tenant: d.Tenant, Endpoint: d.Endpoint, Since: d.Since, Clean: d.Clean(),
			Differences: []differenceJSON{}, Unseen: d.Unseen, Unattributed: d.Unattributed, Notes: d.Notes,
		}
		out.Clean = out.Clean && t.Clean
		for _, a := range d.UndeclaredPeople {
			t.People = append(t.People, a.String())
		}
		for i := range d.Differences {
			t.Differences = append(t.Differences, newDifferenceJSON(&d.Differences[i]))
		}
		for i := range d.Accepted {
			x := newDifferenceJSON(&d.Accepted[i].Difference)
			x.Until, x.Reason = d.Accepted[i].Until, d.Accepted[i].Reason
			t.Accepted = append(t.Accepted, x)
		}
		out.Tenants = append(out.Tenants, t)
	}
	return out
}

func newDifferenceJSON(d *drift.Difference) differenceJSON {
	x := differenceJSON{
		Kind: d.Addr.Kind, Address: d.Addr.String(), Text: d.Text, Danger: d.Danger, Origin: d.Origin,
		File: d.Pos.File, Line: d.Pos.Line, Fingerprint: d.Fingerprint,
	}
	if d.Subject != d.Addr {
		x.Subject = d.Subject.String()
	}
	for _, a := range d.Attributes {
		x.Attributes = append(x.Attributes, driftAttributeJSON{a.Name, append([]string{}, a.Live...), append([]string{}, a.Files...), a.Set, a.Origin})
	}
	for _, e := range d.By {
		x.By = append(x.By, entryJSON{e.At, e.Who, e.Did})
	}
	return x
}

// decodeDrift reads what drift --json printed.
func decodeDrift(document []byte, products Products) ([]*drift.Drift, error) {
	var in driftJSON
	if err := json.Unmarshal(document, &in); err != nil {
		return nil, err
	}
	switch {
	case in.FormatVersion != 2:
		return nil, fmt.Errorf("its format_version is %d, and this rolecall reads 2", in.FormatVersion)
	case len(in.Tenants) == 0:
		return nil, fmt.Errorf("it has no tenants")
	}
	out := make([]*drift.Drift, len(in.Tenants))
	for i := range in.Tenants {
		d, err := in.Tenants[i].decode(products)
		if err != nil {
			return nil, fmt.Errorf("tenant %d: %w", i+1, err)
		}
		out[i] = d
	}
	return out, nil
}

func (t *tenantDriftJSON) decode(products Products) (*drift.Drift, error) {
	product, err := products.find(t.Product)
	if err != nil {
		return nil, err
	}
	d := &drift.Drift{
		Provider: t.Provider, Product: t.Product, Title: product.Provider.Title, Tenant: t.Tenant, Endpoint: t.Endpoint, Since: t.Since,
		Unseen: t.Unseen, Unattributed: t.Unattributed, Notes: t.Notes,
	}
	for i := range t.Differences {
		x, err := t.Differences[i].decode(t.Provider)
		if err != nil {
			return nil, fmt.Errorf("difference %d: %w", i+1, err)
		}
		d.Differences = append(d.Differences, x)
	}
	for i := range t.Accepted {
		x, err := t.Accepted[i].decode(t.Provider)
		if err != nil {
			return nil, fmt.Errorf("accepted difference %d: %w", i+1, err)
		}
		d.Accepted = append(d.Accepted, drift.Accepted{Difference: x, Until: t.Accepted[i].Until, Reason: t.Accepted[i].Reason})
	}
	for _, s := range t.People {
		d.UndeclaredPeople = append(d.UndeclaredPeople, addressIn("", s))
	}
	if t.Differences == nil || d.Clean() != t.Clean {
		return nil, fmt.Errorf("what %q says and the differences contradict each other", "clean")
	}
	return d, nil
}

func (x *differenceJSON) decode(provider string) (drift.Difference, error) {
	d := drift.Difference{
		Addr: addressIn(provider, x.Address), Text: x.Text, Danger: x.Danger, Origin: x.Origin, Fingerprint: x.Fingerprint,
		Pos: schema.Pos{File: x.File, Line: x.Line},
	}
	if d.Addr.Kind == "" || d.Addr.Key == "" || d.Text == "" {
		return d, fmt.Errorf("it has no address or no text")
	} else if _, err := hex.DecodeString(d.Fingerprint); err != nil || d.Fingerprint == "" {
		return d, fmt.Errorf("%q is not a fingerprint", d.Fingerprint)
	}
	if d.Subject = d.Addr; x.Subject != "" {
		d.Subject = addressIn(provider, x.Subject)
	}
	for _, a := range x.Attributes {
		d.Attributes = append(d.Attributes, drift.Attribute(a))
	}
	for _, e := range x.By {
		d.By = append(d.By, drift.Entry(e))
	}
	return d, nil
}

// addressIn reads kind.key.
func addressIn(provider, s string) schema.Address {
	kind, key, _ := strings.Cut(s, ".")
	return schema.Address{Provider: provider, Kind: kind, Key: key}
}
