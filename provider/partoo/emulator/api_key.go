package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// An apiKey belongs to a user, whose role bounds what it can do. The key itself is
// never shown by the API.
type apiKey struct {
	ID             string   `json:"id"`
	Key            string   `json:"key"`
	Label          string   `json:"label"`
	UserID         string   `json:"user_id"`
	Disabled       bool     `json:"disabled,omitempty"`
	ExpirationDate *int64   `json:"expiration_date,omitempty"`
	CreatedAt      int64    `json:"created_at"`
	Restricted     bool     `json:"has_restricted_permissions,omitempty"`
	Permissions    []string `json:"permissions,omitempty"`
}

func (s *Server) showKey(k *apiKey, all bool) any {
	u := s.users.Find(k.UserID)
	own, permissions := s.permissionsOf(u), []string{}
	for _, name := range k.Permissions {
		if all || slices.Contains(own, name) {
			permissions = append(permissions, name)
		}
	}
	return map[string]any{
		"id": k.ID, "label": k.Label, "description": nil, "user_id": u.ID,
		"user_name": strings.TrimSpace(u.FirstName + " " + u.LastName), "user_role": u.Role, "user_type": u.Type,
		"disabled": k.Disabled, "expiration_date": k.ExpirationDate, "last_used_at": nil,
		"created_by": nil, "created_by_name": nil, "created_at": k.CreatedAt,
		"revoked_by": nil, "revoked_by_name": nil, "revoked_at": nil, "ip_whitelist": []string{},
		"has_restricted_permissions": k.Restricted, "permissions": permissions,
	}
}

// keyStatus is how the list filters.
func (s *Server) keyStatus(k *apiKey) string {
	switch {
	case k.Disabled:
		return "disabled"
	case k.ExpirationDate != nil && *k.ExpirationDate <= s.o.Clock().Unix():
		return "expired"
	}
	return "active"
}

// listKeys shows the organization's keys to administrators, to others their own.
func (s *Server) listKeys(c *call) (any, error) {
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	all, err := s.flag(c, "include_all_permissions", false)
	if err != nil {
		return nil, err
	}
	status, kind, text := c.query.Get("status"), c.query.Get("type"), strings.ToLower(c.query.Get("search_text"))
	items := []any{}
	for _, k := range s.keys.All() {
		now := s.keyStatus(k)
		fits := status == "" || status == now || status == "inactive" && now != "active"
		if s.ownKey(c, k) && fits && (kind == "" || kind == s.users.Find(k.UserID).Type) &&
			strings.Contains(strings.ToLower(k.Label), text) {
			items = append(items, s.showKey(k, all))
		}
	}
	from, to := p.span(len(items))
	return s.envelope(p, len(items), "api_keys", items[from:to]), nil
}

func (s *Server) getKey(c *call) (any, error) {
	all, err := s.flag(c, "include_all_permissions", false)
	if err != nil {
		return nil, err
	}
	k := s.keys.Find(c.r.PathValue("key_id"))
	if k == nil || !s.ownKey(c, k) {
		return nil, notFound()
	}
	return s.showKey(k, all), nil
}

func (s *Server) ownKey(c *call, k *apiKey) bool {
	return k.UserID == c.user.ID || c.user.Role == roleOrgAdmin || c.user.Role == roleProvider
}

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
