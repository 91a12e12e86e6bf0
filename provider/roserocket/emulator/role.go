package emulator

// The roles that the emulator treats specially.
const (
	roleSuperAdmin = "super-admin"
	roleAdmin      = "admin"
	roleManager    = "manager"
)

// builtinRoles returns the eleven known keys of roles.
func builtinRoles() []string {
	return []string{roleSuperAdmin, roleAdmin, roleManager, "operations", "csr", "sales", "driver", "customer", "partner", "external", "guest"}
}

// administers reports whether the caller may read, or with write change, permissions. Admins
// may do both. A Manager has no access to organization settings; here one may read
// permissions.
func (c *call) administers(write bool) bool {
	switch c.user.Role {
	case roleSuperAdmin, roleAdmin:
		return true
	}
	return c.user.Role == roleManager && !write
}

// managesGroups reports whether the caller has the documented right on user groups.
// The documentation does not say who has it; here Admin and Manager do.
func (c *call) managesGroups() bool {
	switch c.user.Role {
	case roleSuperAdmin, roleAdmin, roleManager:
		return true
	}
	return false
}
