package emulator

import (
	"strconv"
	"strings"
)

// A role is a custom or built-in role. A built-in one exists once for all organizations (OrgID
// is nil) and, after the organization's first change, as a copy of its own.
type role struct {
	Row         string   `json:"row"`
	APIID       string   `json:"api_id"`
	Name        string   `json:"name"`
	Description *string  `json:"description"`
	Permissions []string `json:"permissions"`
	OrgID       *int     `json:"org_id"`
	Builtin     bool     `json:"is_builtin"`
}

// listedRole is a role as a list shows it: without its permissions.
type listedRole struct {
	Name        string  `json:"name"`
	APIID       string  `json:"api_id"`
	Description *string `json:"description"`
	OrgID       *int    `json:"org_id"`
	Builtin     bool    `json:"is_builtin"`
}

type shownRole struct {
	listedRole
	Permissions []string `json:"permissions"`
}

func (r *role) listed() listedRole {
	return listedRole{r.Name, r.APIID, r.Description, r.OrgID, r.Builtin}
}

// builtinID returns the api_id of the built-in role for a user role.
func (s *Server) builtinID(userRole string) string {
	switch {
	case s.is("builtin-ids", "lower"):
		return strings.ToLower(userRole)
	case s.is("builtin-ids", "opaque"):
		switch userRole {
		case roleGroupManager:
			return "builtin_2"
		case roleOrgManager:
			return "builtin_3"
		}
		return "builtin_1"
	}
	return userRole
}

// role returns the organization's own role, or else the global one, or nil.
func (s *Server) role(apiID string) *role {
	for _, own := range []bool{true, false} {
		if r := s.roles.Find(s.byRole[own][apiID]); r != nil {
			return r
		}
	}
	return nil
}

// putOwn stores a role of the organization; a global one becomes a copy.
func (s *Server) putOwn(r *role) {
	if r.OrgID == nil {
		id := s.org().ID
		r.OrgID, r.Row = &id, ""
	}
	if r.Row == "" {
		r.Row = strconv.Itoa(s.store.Next("role"))
	}
	s.roles.Put(r.Row, r)
}

// administers reports whether the caller may manage roles and users. Whether users with other
// roles may is not documented; here they may not.
func (s *Server) administers(c *call) bool {
	return c.user.Role == roleOrgAdmin || c.user.Role == roleProvider
}

// listRoles shows the roles without their permissions.
func (s *Server) listRoles(c *call) (any, error) {
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	rows := []*role{}
	for _, r := range s.roles.All() {
		if !s.hiddenRow(r) {
			rows = append(rows, r)
		}
	}
	items := []listedRole{}
	from, to := p.span(len(rows))
	for _, r := range rows[from:to] {
		items = append(items, r.listed())
	}
	return s.envelope(p, len(rows), "custom_roles", items), nil
}

// hiddenRow reports whether the list leaves out a row of a built-in role that has two.
func (s *Server) hiddenRow(r *role) bool {
	if !r.Builtin || s.is("builtin-rows", "both-rows") {
		return false
	}
	_, copied := s.byRole[true][r.APIID]
	if s.is("builtin-rows", "global") {
		return r.OrgID != nil
	}
	return copied && r.OrgID == nil
}

// getRole shows one role with its permissions.
func (s *Server) getRole(c *call) (any, error) {
	r := s.role(c.r.PathValue("api_id"))
	if r == nil {
		return nil, notFound()
	}
	return shownRole{r.listed(), r.Permissions}, nil
}
