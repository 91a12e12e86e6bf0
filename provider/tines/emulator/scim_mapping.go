package emulator

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A Mapping says which groups of the identity provider become members of which teams. It names
// teams and roles, and nothing checks that they exist: renaming a team breaks it silently.
type Mapping struct {
	Rows        []MappingRow `json:"mappings"`
	OwnersGroup string       `json:"tenant_owners_group,omitempty"`
}

// A MappingRow is one row of a Mapping.
type MappingRow struct {
	Group string `json:"group_name"`
	Team  string `json:"team_name"`
	Role  string `json:"role_name"`
}

// names reports whether a row names the role.
func (m *Mapping) names(role string) bool {
	return slices.ContainsFunc(m.Rows, func(r MappingRow) bool { return r.Role == role })
}

func (s *Server) getMapping(*call) (reply, error) { return ok(s.showMapping(s.mapping())), nil }

func (s *Server) showMapping(m *Mapping) any {
	rows := []map[string]string{}
	for _, r := range m.Rows {
		group, role := "group_name", r.Role
		if s.is("mapping-rows", "old") {
			group = "sso_group"
			if found := s.roles.Find(role); found != nil && found.Default {
				role = strings.ToLower(role)
			}
		}
		rows = append(rows, map[string]string{group: r.Group, "team_name": r.Team, "role_name": role})
	}
	v := map[string]any{"mappings": rows}
	var owners any
	if m.OwnersGroup != "" {
		owners = m.OwnersGroup
	}
	switch {
	case s.is("owners-group", "string"):
		v["tenant_owners_group"] = owners
	case s.is("owners-group", "array"):
		all := []any{}
		if owners != nil {
			all = append(all, owners)
		}
		v["tenant_owners_groups"] = all
	}
	if s.is("mapping-read", "wrapped") {
		return map[string]any{"user_group_mapping": v}
	}
	return v
}

// setMapping replaces the whole mapping, the group of tenant owners included.
func (s *Server) setMapping(c *call) (reply, error) {
	sent, found := emulator.Field[sentMapping](c.body, "user_group_mapping", "is not a mapping")
	if !found {
		c.body.Refuse("user_group_mapping", "is missing")
	}
	m := Mapping{Rows: []MappingRow{}, OwnersGroup: sent.OwnersGroup}
	if len(sent.OwnersGroups) > 0 {
		m.OwnersGroup = sent.OwnersGroups[0]
	}
	for i, r := range sent.Rows {
		row := MappingRow{r.Group, r.Team, r.Role}
		if s.is("mapping-rows", "old") && row.Group == "" {
			row.Group = r.OldGroup
		}
		if upper := s.roles.Find(strings.ToUpper(r.Role)); s.is("mapping-rows", "old") && upper != nil && upper.Default {
			row.Role = upper.ID
		}
		if row.Group == "" || row.Team == "" || row.Role == "" {
			c.body.Refuse("mappings["+strconv.Itoa(i)+"]", "needs a group, a team and a role")
		}
		m.Rows = append(m.Rows, row)
	}
	if err := problems(c.body); err != nil {
		return reply{}, err
	}
	s.mappings.Put("mapping", &m)
	rows := []inputs{}
	for _, r := range m.Rows {
		rows = append(rows, inputs{"groupName": r.Group, "teamName": r.Team, "roleName": r.Role})
	}
	s.audit(c, "TenantConfigChange", inputs{"mappings": rows, "tenantOwnersGroup": m.OwnersGroup})
	return ok(s.showMapping(&m)), nil
}

// A sentMapping is a mapping as a request has it.
type sentMapping struct {
	Rows []struct {
		Group    string `json:"group_name"`
		OldGroup string `json:"sso_group"`
		Team     string `json:"team_name"`
		Role     string `json:"role_name"`
	} `json:"mappings"`
	OwnersGroup  string   `json:"tenant_owners_group"`
	OwnersGroups []string `json:"tenant_owners_groups"`
}
