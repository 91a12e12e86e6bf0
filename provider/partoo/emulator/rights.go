package emulator

import (
	"net/http"
	"slices"
)

// effective is what the caller may do: the permissions of its user, and of those
// only the ones that a restricted key holds.
func (s *Server) effective(c *call) map[string]bool {
	set := map[string]bool{}
	for _, name := range s.permissionsOf(c.user) {
		set[name] = true
	}
	if !c.key.Restricted {
		return set
	}
	both := map[string]bool{}
	for _, name := range c.key.Permissions {
		if set[name] {
			both[name] = true
		}
	}
	return both
}

// permissionsOf lists what a user may do. Administrators may do everything that
// the organization has subscribed to. A PUBLISHER only reads.
func (s *Server) permissionsOf(u *user) []string {
	cat := s.catalogue()
	var list []string
	switch u.Role {
	case roleOrgAdmin, roleProvider:
		return cat.names()
	case rolePublisher:
		return nil
	default:
		r := s.role(u.CustomRole)
		if r == nil && u.Role == roleOrgManager && !s.is("org-manager", "nothing") {
			return cat.names()
		}
		if r == nil {
			return nil
		}
		list = r.Permissions
	}
	known, out := cat.permissions(), []string{}
	for _, name := range list {
		if p, ok := known[name]; ok && !slices.Contains(p.DisabledForRoles, u.Role) && !slices.Contains(p.DisabledForRoles, u.CustomRole) {
			out = append(out, name)
		}
	}
	return out
}

func (s *Server) covers(mine map[string]bool, permissions []string) bool {
	for _, name := range permissions {
		if !mine[name] {
			return false
		}
	}
	return true
}

// shut reports whether the key may write nothing at all.
func (s *Server) shut(c *call) bool {
	return c.key.Restricted && c.r.Method != http.MethodGet && s.is("restricted-key", "closed")
}

// bound refuses a restricted key that would grant more than it holds itself.
func (s *Server) bound(c *call, permissions []string) error {
	if c.key.Restricted && s.is("restricted-key", "bounded") && !s.covers(s.effective(c), permissions) {
		return forbidden()
	}
	return nil
}
