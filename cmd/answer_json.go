package cmd

import (
	"github.com/rolecall-dev/rolecall/plan/access"
)

// answerFormat is the format_version of who-can and explain.
const answerFormat = 1

// whoCanJSON is what who-can --json prints; docs/json.md describes it.
type whoCanJSON struct {
	FormatVersion int            `json:"format_version"`
	Version       string         `json:"rolecall_version"`
	Complete      bool           `json:"complete"`
	Tenants       []whoCanTenant `json:"tenants"`
}

// An askedTenantJSON is what the documents say about each tenant.
type askedTenantJSON struct {
	Provider string   `json:"provider"`
	Product  string   `json:"product"`
	Tenant   string   `json:"tenant,omitempty"`
	Endpoint string   `json:"endpoint,omitempty"`
	Source   string   `json:"source"`
	Complete bool     `json:"complete"`
	NotSeen  []string `json:"not_seen,omitempty"`
	Notes    []string `json:"notes,omitempty"`
}

type whoCanTenant struct {
	askedTenantJSON
	Right   string    `json:"right,omitempty"`
	Scope   string    `json:"scope,omitempty"`
	Ways    []wayJSON `json:"ways"`
	Unknown []wayJSON `json:"unknown"`
}

type wayJSON struct {
	Right   string       `json:"right"`
	Via     string       `json:"via"`
	Scope   string       `json:"scope,omitempty"`
	All     bool         `json:"all_rights,omitempty"`
	Extent  string       `json:"extent"`
	Covered int          `json:"places_covered,omitempty"`
	Of      int          `json:"places,omitempty"`
	Chain   []linkJSON   `json:"chain"`
	Who     []holderJSON `json:"who"`
	Anyone  string       `json:"anyone,omitempty"`
}

type linkJSON struct {
	Address string `json:"address"`
	Origin  string `json:"origin"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Until   string `json:"until,omitempty"`
}

type holderJSON struct {
	linkJSON
	Name    string    `json:"name,omitempty"`
	Person  bool      `json:"person"`
	Through *linkJSON `json:"through,omitempty"`
	Scopes  []string  `json:"scopes,omitempty"`
	Entry   string    `json:"entry_until,omitempty"`
}

func newAskedTenant(t *tenantState) askedTenantJSON {
	unseen, notes := t.gaps()
	out := askedTenantJSON{
		Provider: t.name, Product: t.product, Tenant: t.tenant, Endpoint: t.endpoint, Source: "live",
		Complete: len(unseen) == 0, NotSeen: unseen, Notes: notes,
	}
	if t.tenant == "" {
		out.Source = "files"
	}
	return out
}

func newWhoCanJSON(version string, whole bool, all []*tenantState, answers []*access.Answer) whoCanJSON {
	out := whoCanJSON{FormatVersion: answerFormat, Version: version, Complete: whole, Tenants: []whoCanTenant{}}
	for i, t := range all {
		x := whoCanTenant{askedTenantJSON: newAskedTenant(t), Ways: []wayJSON{}, Unknown: []wayJSON{}}
		if a := answers[i]; a != nil {
			x.Right = a.Right
			if a.Scope != nil {
				x.Scope = a.Scope.Text
			}
			x.Ways, x.Unknown = newWays(t, a, a.Ways), newWays(t, a, a.Unknown)
		}
		out.Complete = out.Complete && x.Complete
		out.Tenants = append(out.Tenants, x)
	}
	return out
}

func newWays(t *tenantState, a *access.Answer, ways []access.Way) []wayJSON {
	out := []wayJSON{}
	for i := range ways {
		w := &ways[i]
		x := wayJSON{
			Right: w.Right, Via: w.Via, Scope: w.Scope, All: w.All, Extent: extentName(w.Extent), Covered: w.Covered, Chain: newChainJSON(&w.Chain),
			Who: []holderJSON{}, Anyone: w.Anyone,
		}
		if w.Extent == access.Part {
			x.Of = a.Scope.Places
		}
		for _, h := range w.Who {
			j := holderJSON{linkJSON: newLinkJSON(t.Subject(h.Subject)), Name: access.Name(h.Object), Person: h.Person, Scopes: h.Scopes, Entry: h.Until}
			if h.Through != nil {
				through := newLinkJSON(*h.Through)
				j.Through = &through
			}
			x.Who = append(x.Who, j)
		}
		out = append(out, x)
	}
	return out
}

func extentName(e access.Extent) string {
	switch e {
	case access.Part:
		return "part"
	case access.Unknown:
		return "unknown"
	}
	return "all"
}

// newChainJSON lists the objects of a chain, from what has the right to what has the places.
func newChainJSON(c *access.Chain) []linkJSON {
	out := []linkJSON{}
	for _, l := range c.Links() {
		out = append(out, newLinkJSON(l))
	}
	return out
}

func newLinkJSON(l access.Link) linkJSON {
	return linkJSON{Address: l.Addr.String(), Origin: string(l.Origin), File: l.Pos.File, Line: l.Pos.Line, Until: l.Until}
}

// explainJSON is what explain --json prints; docs/json.md describes it.
type explainJSON struct {
	FormatVersion int             `json:"format_version"`
	Version       string          `json:"rolecall_version"`
	Complete      bool            `json:"complete"`
	Tenants       []explainTenant `json:"tenants"`
}

type explainTenant struct {
	askedTenantJSON
	Subject       holderJSON  `json:"subject"`
	Inactive      bool        `json:"inactive"`
	Administrator bool        `json:"administrator"`
	Right         string      `json:"right,omitempty"`
	Scope         string      `json:"scope,omitempty"`
	Rights        []shareJSON `json:"rights"`
	// Proposals is left out unless the user lacks the right of --why-not and some changes would give it.
	Proposals []proposalJSON `json:"proposals,omitempty"`
}

type proposalJSON struct {
	Steps      []stepJSON `json:"steps"`
	Gives      []string   `json:"gives"`
	Takes      []string   `json:"takes"`
	Affects    []string   `json:"affects"`
	Places     int        `json:"places,omitempty"`
	Everywhere bool       `json:"everywhere,omitempty"`
	Everything bool       `json:"everything,omitempty"`
}

type stepJSON struct {
	linkJSON
	Action    string `json:"action"`
	Attribute string `json:"attribute,omitempty"`
	Value     string `json:"value,omitempty"`
}

func newProposalJSON(p *access.Proposal) proposalJSON {
	out := proposalJSON{Steps: []stepJSON{}, Gives: append([]string{}, p.More...), Takes: append([]string{}, p.Lost...), Affects: []string{},
		Places: p.Places, Everywhere: p.Everywhere, Everything: p.Wide,
	}
	for _, s := range p.Steps {
		x := stepJSON{newLinkJSON(s.Link), "set", s.Attribute, s.Value}
		switch {
		case s.Create:
			x.Action = "create"
		case s.Add:
			x.Action = "add"
		}
		out.Steps = append(out.Steps, x)
	}
	for _, sub := range p.Others {
		out.Affects = append(out.Affects, sub.Addr.String())
	}
	return out
}

type shareJSON struct {
	Rights     []string   `json:"rights"`
	Via        string     `json:"via"`
	Scopes     []string   `json:"scopes"`
	Places     []string   `json:"places,omitempty"`
	All        bool       `json:"all_rights,omitempty"`
	Unknown    bool       `json:"unknown,omitempty"`
	Privileged bool       `json:"privileged,omitempty"`
	Until      string     `json:"entry_until,omitempty"`
	Chain      []linkJSON `json:"chain"`
}

func newExplainJSON(version string, whole bool, found []explained) explainJSON {
	out := explainJSON{FormatVersion: answerFormat, Version: version, Complete: whole, Tenants: []explainTenant{}}
	for i := range found {
		e := &found[i]
		x := explainTenant{
			askedTenantJSON: newAskedTenant(e.tenantState),
			Subject:         holderJSON{linkJSON: newLinkJSON(e.Subject(e.sub)), Name: access.Name(e.sub.Object), Person: e.sub.Person},
			Inactive:        e.sub.Inactive(), Administrator: e.sub.Administers(), Right: e.right, Rights: []shareJSON{},
		}
		if e.scope != nil {
			x.Scope = e.scope.Text
		}
		x.Complete = x.Complete && e.whole
		for j := range e.shares {
			s := &e.shares[j]
			x.Rights = append(x.Rights, shareJSON{s.Rights, s.Via, s.Scopes, s.Places, s.All, s.Unknown, s.Privileged, s.Until, newChainJSON(&s.Chain)})
		}
		for j := range e.proposals {
			x.Proposals = append(x.Proposals, newProposalJSON(&e.proposals[j]))
		}
		out.Complete = out.Complete && x.Complete
		out.Tenants = append(out.Tenants, x)
	}
	return out
}
