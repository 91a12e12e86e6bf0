package emulator

// The roles that have rights of their own here.
const (
	roleSuperAdmin = "super-admin"
	roleAdmin      = "admin"
	roleManager    = "manager"
)

// builtinRoles returns the eleven keys that were seen.
func builtinRoles() []string {
	return []string{roleSuperAdmin, roleAdmin, roleManager, "operations", "csr", "sales", "driver", "customer", "partner", "external", "guest"}
}

// administers reports whether the caller may read or write permissions. Admin may; a
// Manager has no organization settings, and may read them here.
func (c *call) administers(write bool) bool {
	switch c.user.Role {
	case roleSuperAdmin, roleAdmin:
		return true
	}
	return c.user.Role == roleManager && !write
}

// managesGroups reports whether the caller has the documented right on user groups.
// Where it lives is not documented; here Admin and Manager have it.
func (c *call) managesGroups() bool {
	switch c.user.Role {
	case roleSuperAdmin, roleAdmin, roleManager:
		return true
	}
	return false
}
