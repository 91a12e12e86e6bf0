package emulator

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A role is a custom role. The built-in ones exist once for everybody (OrgID is
// nil) and, after the organization's first change, as its own copy too.
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

// builtinID is the api_id of the built-in role for a user role.
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

// role finds the organization's own role, or else the global one, or nil.
func (s *Server) role(apiID string) *role {
	for _, own := range []bool{true, false} {
		if r := s.roles.Find(s.byRole[own][apiID]); r != nil {
			return r
		}
	}
	if s.is("role-id-case", "ignored") {
		for _, r := range s.roles.All() {
			if strings.EqualFold(r.APIID, apiID) && r.APIID != apiID {
				return s.role(r.APIID)
			}
		}
	}
	return nil
}

// putOwn puts a role of the organization; a global one becomes a copy.
func (s *Server) putOwn(r *role) {
	if r.OrgID == nil {
		id := s.org().ID
		r.OrgID, r.Row = &id, ""
	}
	if r.Row == "" {
		r.Row = strconv.Itoa(s.store.Next("role"))
	}
	s.roles.Put(r.Row, r)
	if slices.Contains(r.Permissions, lapsing) && !s.is("lapsed-permission", "none") {
		s.catalogues.Put("permissions", s.catalogue().without(lapsing))
	}
}

// administers reports whether the caller may manage roles and the switch.
func (s *Server) administers(c *call) bool {
	return (c.user.Role == roleOrgAdmin || c.user.Role == roleProvider) && !s.shut(c)
}

// listRoles shows the roles without their permissions.
func (s *Server) listRoles(c *call) (any, error) {
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	available, err := s.flag(c, "only_available_roles", false)
	if err != nil {
		return nil, err
	}
	var mine map[string]bool
	if available {
		mine = s.effective(c)
	}
	rows := []*role{}
	for _, r := range s.roles.All() {
		if s.hiddenRow(r) || available && !s.covers(mine, r.Permissions) {
			continue
		}
		rows = append(rows, r)
	}
	items := []listedRole{}
	from, to := p.span(len(rows))
	for _, r := range rows[from:to] {
		items = append(items, r.listed())
	}
	return s.envelope(p, len(rows), "custom_roles", items), nil
}

// hiddenRow reports whether the list leaves a row of a built-in role out, where
// there are two.
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
	return shownRole{r.listed(), arrange(s, r.Permissions)}, nil
}

// arrange returns the list in the order that the variant asks for.
func arrange(s *Server, list []string) []string {
	out := append([]string{}, list...)
	switch {
	case s.is("set-order", "sorted"):
		slices.Sort(out)
	case s.is("set-order", "reversed"):
		slices.Reverse(out)
	}
	return out
}

// holders are the users that have the role.
func (s *Server) holders(apiID string) []*user {
	var list []*user
	for _, u := range s.users.All() {
		if u.CustomRole == apiID {
			list = append(list, u)
		}
	}
	return list
}

// ready refuses custom roles before the switch, where the variant says so.
func (s *Server) ready() error {
	if !s.org().HasSwitched && s.is("custom-role-before-switch", "refuse") {
		return forbidden()
	}
	return nil
}

// known refuses fields beside these, where that matters.
func (s *Server) known(b *emulator.Body, names ...string) {
	if !s.is("unknown-fields", "ignore") {
		b.RefuseOthers("Unknown field.", names...)
	}
}
