package emulator

import "slices"

// The roles that have rights of their own here.
const (
	roleSuperAdmin = "super-admin"
	roleAdmin      = "admin"
	roleManager    = "manager"
	rolePartner    = "partner"
)

// builtinRoles are the eleven keys that were seen, with their display names.
func builtinRoles() []struct{ key, name string } {
	return []struct{ key, name string }{
		{roleSuperAdmin, "Super Admin"}, {roleAdmin, "Admin"}, {roleManager, "Manager"},
		{"operations", "Operations"}, {"csr", "Customer Service Rep"}, {"sales", "Sales"}, {"driver", "Driver"},
		{"customer", "Customer (Guest)"}, {rolePartner, "Partner (Guest)"}, {"external", "External"}, {"guest", "Guest"},
	}
}

func roleKeys() []string {
	var keys []string
	for _, r := range builtinRoles() {
		keys = append(keys, r.key)
	}
	return keys
}

// absent tells of a role that the organization does not have, by the count of
// roles that the variant takes for true.
func (s *Server) absent(role string) bool {
	switch {
	case s.is("roles", "guide"):
		return slices.Contains([]string{roleSuperAdmin, "csr"}, role)
	case s.is("roles", "help"):
		return slices.Contains([]string{roleSuperAdmin, rolePartner}, role)
	}
	return false
}

// shown is the key of a role as URLs have it.
func (s *Server) shown(role string) string {
	shown := role
	if role == rolePartner && s.is("partner-key", "partner-carrier-user") {
		shown = "partner-carrier-user"
	}
	switch {
	case s.is("role-keys", "custom"):
		shown = "$custom_" + shown
	case s.is("role-keys", "names"):
		for _, r := range builtinRoles() {
			if r.key == role {
				shown = r.name
			}
		}
	}
	return shown
}
