package plan

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan/grant"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The wire types are the JSON form of a plan's parts, written by Encode and read
// by Decode. An object is told twice where it has two sides: before and after
// hold the values that people and scripts read, live and desired the rest that
// applying needs (ids, frozen attributes), left out where it is as one expects.

type wireChange struct {
	Action  schema.Action `json:"action"`
	Kind    string        `json:"kind"`
	Address string        `json:"address"`
	ID      string        `json:"id,omitempty"`
	From    string        `json:"from,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	wirePos
	Needs   []int       `json:"needs,omitempty"`
	Changed []string    `json:"changed,omitempty"`
	Before  *values     `json:"before"`
	After   *values     `json:"after"`
	Live    *wireObject `json:"live,omitempty"`
	Desired *wireObject `json:"desired,omitempty"`
}

type wirePos struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// A wireObject says what sets one side of a change apart from the change itself:
// nil means the change's own.
type wireObject struct {
	Key        *string  `json:"key,omitempty"`
	ID         *string  `json:"id,omitempty"`
	Alias      string   `json:"alias,omitempty"`
	Frozen     []string `json:"frozen,omitempty"` // "*" is everything, the object included
	FrozenBy   string   `json:"frozen_by,omitempty"`
	Thin       bool     `json:"thin,omitempty"`
	Unverified bool     `json:"unverified,omitempty"` // not read: as it was last written
	Previously []string `json:"previously,omitempty"`
	Pos        *wirePos `json:"declared,omitempty"`
}

type wireFinding struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Address  string `json:"address,omitempty"`
	wirePos
	Attribute string `json:"attribute,omitempty"`
	Value     string `json:"value,omitempty"`
	Summary   string `json:"summary"`
	Detail    string `json:"detail,omitempty"`
}

type wireDifference struct {
	Subject string      `json:"subject"`
	Gained  []wireGrant `json:"gained,omitempty"`
	Lost    []wireGrant `json:"lost,omitempty"`
	Because []string    `json:"because,omitempty"`
}

type wireGrant struct {
	Right string `json:"right"`
	Scope string `json:"scope,omitempty"`
	Via   string `json:"via,omitempty"`
}

type wireCost struct {
	Used   int `json:"used"`
	Needed int `json:"needed"`
	Budget int `json:"budget"`
	// Minutes is how long applying takes where the budget alone does not tell.
	Minutes float64 `json:"minutes,omitempty"`
}

func address(a schema.Address) string {
	if a.Kind == "" || a.Key == "" {
		return ""
	}
	return a.String()
}

// parseAddress reads kind.key. Kinds have no dot, so the first one divides.
func parseAddress(provider, s string) (schema.Address, bool) {
	kind, key, ok := strings.Cut(s, ".")
	if !ok || kind == "" || key == "" {
		return schema.Address{}, false
	}
	return schema.Address{Provider: provider, Kind: kind, Key: key}, true
}

// liveKey is the key of the live side: a renamed object still has its old one.
func (c *Change) liveKey() string {
	if c.From != "" {
		return c.From
	}
	return c.Addr.Key
}

// id is the product's id that both sides have unless one says otherwise.
func (c *Change) id() string {
	if c.Have != nil {
		return c.Have.ID
	}
	return ""
}

func encodeChange(c *Change) *wireChange {
	w := &wireChange{
		Action: c.Action, Kind: c.Addr.Kind, Address: c.Addr.String(), ID: c.id(), From: c.From,
		Reason: c.Reason, wirePos: wirePos(c.Pos), Needs: c.Needs,
	}
	if c.Have != nil {
		w.Changed = maskNames(c.Have.Kind, c.Changed)
		w.Before = &values{o: c.Have}
		w.Live = encodeObject(c.Have, c.liveKey(), c.id(), schema.Pos{})
	}
	if c.Want != nil {
		w.Changed = maskNames(c.Want.Kind, c.Changed)
		w.After = &values{o: c.Want}
		w.Desired = encodeObject(c.Want, c.Addr.Key, c.id(), c.Pos)
	}
	return w
}

// encodeAside encodes a change that is never carried out and so needs nothing.
func encodeAside(c *Change) *wireChange {
	w := encodeChange(c)
	w.Needs = nil
	return w
}

func encodeObject(o *schema.Object, key, id string, pos schema.Pos) *wireObject {
	w := wireObject{Alias: o.Alias, FrozenBy: o.FrozenBy, Thin: o.Thin, Unverified: o.Unverified, Previously: o.Previously}
	plain := o.Alias == "" && o.FrozenBy == "" && !o.Thin && !o.Unverified && len(o.Previously) == 0 && o.Frozen == 0
	if o.Addr.Key != key {
		w.Key, plain = &o.Addr.Key, false
	}
	if o.ID != id {
		w.ID, plain = &o.ID, false
	}
	if o.Pos != pos {
		p := wirePos(o.Pos)
		w.Pos, plain = &p, false
	}
	if plain {
		return nil
	}
	if o.Frozen == schema.Everything {
		w.Frozen = []string{"*"}
	} else {
		w.Frozen = maskNames(o.Kind, o.Frozen)
	}
	return &w
}

func maskNames(k *schema.Kind, m schema.Mask) []string {
	if m == 0 {
		return nil
	}
	names := make([]string, 0, m.Len())
	for i := range k.Attributes {
		if m.Has(i) {
			names = append(names, k.Attributes[i].Name)
		}
	}
	return names
}

func encodeFinding(f *schema.Finding) wireFinding {
	return wireFinding{
		Severity: f.Severity.String(), Code: f.Code, Address: address(f.Addr), wirePos: wirePos(f.Pos),
		Attribute: f.Attribute, Value: f.Value, Summary: f.Summary, Detail: f.Detail,
	}
}

func encodeDifference(d *grant.Difference) wireDifference {
	w := wireDifference{Subject: d.Subject.String(), Gained: encodeGrants(d.Gained), Lost: encodeGrants(d.Lost)}
	for _, a := range d.Because {
		w.Because = append(w.Because, a.String())
	}
	return w
}

func encodeGrants(grants []schema.Grant) []wireGrant {
	out := make([]wireGrant, len(grants))
	for i, g := range grants {
		out[i] = wireGrant{Right: g.Right, Scope: g.Scope, Via: g.Via}
	}
	return out
}
