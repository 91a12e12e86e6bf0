package emulator

import (
	"strconv"
	"strings"
)

// An org is the one organization.
type org struct {
	ID            int      `json:"org_id"`
	Name          string   `json:"name"`
	Alias         string   `json:"alias"`
	Provider      string   `json:"provider"`
	Type          string   `json:"type"`
	Features      []string `json:"features"`
	OrgFeatures   []string `json:"org_features"`
	MaxBusinesses *int     `json:"max_businesses"`

	HasSwitched bool `json:"has_switched"`
	CanSwitch   bool `json:"can_switch"`
	SSO         bool `json:"sso"`
}

func (s *Server) showOrg() any {
	o := s.org()
	return map[string]any{
		"org_id": o.ID, "name": o.Name, "alias": o.Alias, "provider": o.Provider, "type": o.Type,
		"features": o.Features, "org_features": o.OrgFeatures, "max_businesses": o.MaxBusinesses,
		"last_org_api_call": s.o.Clock().UTC().Format("02-01-2006"),
	}
}

func (s *Server) getOrg(c *call) (any, error) {
	if _, err := strconv.Atoi(c.r.PathValue("org_id")); err != nil {
		return nil, notFound()
	}
	return s.showOrg(), nil
}

func (s *Server) searchOrgs(c *call) (any, error) {
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	o, found := s.org(), []any{}
	query, alias := strings.ToLower(c.query.Get("query")), c.query.Get("alias")
	if strings.Contains(strings.ToLower(o.Name), query) && (alias == "" || alias == o.Alias) {
		found = append(found, s.showOrg())
	}
	from, to := p.span(len(found))
	return s.envelope(p, len(found), "orgs", found[from:to]), nil
}
