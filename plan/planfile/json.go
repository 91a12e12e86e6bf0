package planfile

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The wire types are the JSON form of a plan's parts, written by Encode and read
// by Decode. They hold what identifies a change and what people read about it.

type wireChange struct {
	Action  schema.Action `json:"action"`
	Kind    string        `json:"kind"`
	Address string        `json:"address"`
	From    string        `json:"from,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	wirePos
	DependsOn  []int         `json:"depends_on,omitempty"`
	Changed    []string      `json:"changed,omitempty"`
	Unverified bool          `json:"unverified,omitempty"` // before was not read: it is as it was last written
	Before     *values       `json:"before"`
	After      *values       `json:"after"`
	Cascades   []wireCascade `json:"cascades,omitempty"`
}

// A wireCascade is an object that the product deletes with another one.
type wireCascade struct {
	Kind       string  `json:"kind"`
	Address    string  `json:"address"`
	Unverified bool    `json:"unverified,omitempty"`
	Before     *values `json:"before"`
}

type wirePos struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
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
	// RightsUnknown: not all rights that the changes of the plan give or take are known.
	RightsUnknown bool      `json:"rights_unknown,omitempty"`
	Rows          []wirePos `json:"rows,omitempty"`
}

// A wireDanger is one right of a Danger.
type wireDanger struct {
	Subject       string   `json:"subject"`
	Administrator bool     `json:"administrator,omitempty"`
	Right         string   `json:"right"`
	Scope         string   `json:"scope,omitempty"`
	Via           string   `json:"via,omitempty"`
	People        []string `json:"people,omitempty"`
	CausedBy      []string `json:"caused_by,omitempty"`
}

// A wireScope is a plan.Scope. Its text is for people and is not read.
type wireScope struct {
	Since       string   `json:"since"`
	Commit      string   `json:"commit"`
	Everything  string   `json:"everything,omitempty"`
	Compared    int      `json:"compared"`
	NotCompared int      `json:"not_compared"`
	Left        []string `json:"left"`
	Longer      []string `json:"longer,omitempty"`
	ChecksGone  []string `json:"checks_gone,omitempty"`
	Text        []string `json:"text"`
}

func encodeScope(s *plan.Scope) wireScope {
	return wireScope{s.Since, s.Commit, s.Everything, s.Compared, s.NotCompared, append([]string{}, encodeAddresses(s.Left)...), s.Longer, s.ChecksGone, s.Text()}
}

type wireUnknown struct {
	Subject  string   `json:"subject"`
	Gained   bool     `json:"gained,omitempty"`
	CausedBy []string `json:"caused_by"`
}

func encodeUnknown(u *plan.Unknown) wireUnknown {
	return wireUnknown{u.Subject.String(), u.Gained, encodeAddresses(u.CausedBy)}
}

type wireRequests struct {
	Spent     int `json:"spent"`
	Estimated int `json:"estimated"`
	Budget    int `json:"budget"`
	// Minutes is how long applying takes under the budget; left out where it is under one.
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
func liveKey(c *plan.Change) string {
	if c.From != "" {
		return c.From
	}
	return c.Addr.Key
}

func encodeChange(c *plan.Change) *wireChange {
	w := &wireChange{
		Action: c.Action, Kind: c.Addr.Kind, Address: c.Addr.String(), From: c.From,
		Reason: c.Reason, wirePos: wirePos(c.Pos), DependsOn: c.DependsOn,
	}
	if c.Have != nil {
		w.Changed = c.Have.Kind.AttributeNames(c.Changed)
		w.Before, w.Unverified = &values{o: c.Have, mask: c.Have.Set}, c.Have.LastWritten
	}
	if c.Want != nil {
		w.Changed = c.Want.Kind.AttributeNames(c.Changed)
		w.After = &values{o: c.Want, mask: c.Want.Set}
	}
	if c.Have != nil && c.Want != nil {
		same := plan.EqualAttributes(c.Have, c.Want)
		w.Before.mask, w.Before.unset = c.Have.Set&^same, c.Want.Set&^c.Have.Set
	}
	for _, o := range c.Cascades {
		w.Cascades = append(w.Cascades, wireCascade{
			Kind: o.Addr.Kind, Address: o.Addr.String(), Unverified: o.LastWritten, Before: &values{o: o, mask: o.Set},
		})
	}
	return w
}

// encodeUnapplied encodes a change that is never carried out and so needs nothing.
func encodeUnapplied(c *plan.Change) *wireChange {
	w := encodeChange(c)
	w.DependsOn = nil
	return w
}

func encodeFinding(f *schema.Finding) wireFinding {
	w := wireFinding{
		Severity: f.Severity.String(), Code: f.Code, Address: address(f.Addr), wirePos: wirePos(f.Pos),
		Attribute: f.Attribute, Value: f.Value, Summary: f.Summary, Detail: f.Detail, RightsUnknown: f.RightsUnknown,
	}
	for _, p := range f.Rows {
		w.Rows = append(w.Rows, wirePos(p))
	}
	return w
}

func encodeAddresses(addresses []schema.Address) []string {
	var out []string
	for _, a := range addresses {
		out = append(out, a.String())
	}
	return out
}

func wireDangers(all []plan.Danger) []wireDanger {
	var out []wireDanger
	for i := range all {
		d := &all[i]
		causedBy, people := encodeAddresses(d.CausedBy), encodeAddresses(d.People)
		for _, g := range d.Gained {
			out = append(out, wireDanger{
				Subject: d.Subject.String(), Administrator: d.Administrator,
				Right: g.Right, Scope: g.Scope, Via: g.Via, People: people, CausedBy: causedBy,
			})
		}
	}
	return out
}
