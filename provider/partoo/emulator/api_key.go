package emulator

import "slices"

// An apiKey belongs to a user, whose role limits it.
type apiKey struct {
	ID             string   `json:"id"`
	Key            string   `json:"key"`
	UserID         string   `json:"user_id"`
	Disabled       bool     `json:"disabled,omitempty"`
	ExpirationDate *int64   `json:"expiration_date,omitempty"`
	Restricted     bool     `json:"has_restricted_permissions,omitempty"`
	Permissions    []string `json:"permissions,omitempty"`
}

// works reports whether the key is neither disabled nor expired.
func (s *Server) works(k *apiKey) bool {
	return !k.Disabled && (k.ExpirationDate == nil || *k.ExpirationDate > s.o.Clock().Unix())
}

// effective returns the permissions of the caller: those of its user that the key has too.
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

// permissionsOf lists the permissions of a user. An administrator has all of the catalogue, a
// PUBLISHER none.
func (s *Server) permissionsOf(u *user) []string {
	cat := s.catalogue()
	switch u.Role {
	case roleOrgAdmin, roleProvider:
		return cat.names()
	case rolePublisher:
		return nil
	}
	r := s.role(u.CustomRole)
	if r == nil && u.Role == roleOrgManager {
		return cat.names()
	}
	if r == nil {
		return nil
	}
	known, out := cat.permissions(), []string{}
	for _, name := range r.Permissions {
		if p, ok := known[name]; ok && !slices.Contains(p.DisabledForRoles, u.Role) && !slices.Contains(p.DisabledForRoles, u.CustomRole) {
			out = append(out, name)
		}
	}
	return out
}

// bound refuses a restricted key that would grant permissions it does not have.
func (s *Server) bound(c *call, permissions []string) error {
	if !c.key.Restricted {
		return nil
	}
	mine := s.effective(c)
	if slices.ContainsFunc(permissions, func(name string) bool { return !mine[name] }) {
		return forbidden()
	}
	return nil
}
