package tines

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// membershipPrivilege returns a text for a role that may do everything in the team, or "".
func membershipPrivilege(o *schema.Object, look schema.Lookup) string {
	m := o.Body.(*Membership)
	if m.Role != teamAdmin {
		r, known := look("role", m.Role)
		if !known || !r.Has("permissions") || !slices.Contains(r.Body.(*Role).Permissions, allowAll) {
			return ""
		}
	}
	return m.Role + " in team " + m.Team
}

// teamAdmin is the default role that may do everything in a team.
const teamAdmin = "TEAM_ADMIN"

// viewer is the default role with the fewest permissions: it only lets users view.
const viewer = "VIEWER"

// membershipGrants returns what the role permits the user in the team. It includes the grants of
// tenant owners, who may do everything anyway, so that becoming an owner is no loss.
func membershipGrants(o *schema.Object, look schema.Lookup) []schema.Grant {
	m := o.Body.(*Membership)
	if u, known := look("user", m.User); known && inactive(u) {
		return nil
	}
	return roleGrants(m.Team, m.Role, look)
}

// roleGrants returns what the role permits in the team. Permissions of VIEWER are the least,
// whichever role grants them.
func roleGrants(team, role string, look schema.Lookup) []schema.Grant {
	rights, known := permissionsOf(role, look)
	all := slices.Contains(rights, allowAll)
	switch {
	case all:
		rights = []string{"everything"}
	case !known:
		rights = []string{"what " + role + " permits"}
	}
	least, _ := permissionsOf(viewer, look)
	scope := "team " + team
	via := "role " + role + " in " + scope
	out := make([]schema.Grant, len(rights))
	for i, right := range rights {
		out[i] = schema.Grant{
			Right: right, Scope: scope, Via: via, All: all, Least: role == viewer || slices.Contains(least, right),
			Unknown: !known && role != viewer,
		}
	}
	return out
}

// permissionsOf returns the permissions of a role, if they are known.
func permissionsOf(role string, look schema.Lookup) ([]string, bool) {
	if r, ok := look("role", role); ok && r.Has("permissions") {
		return r.Body.(*Role).Permissions, true
	}
	return nil, false
}

// userPrivilege returns a text for what the user may do in the whole tenant, or "".
func userPrivilege(o *schema.Object, _ schema.Lookup) string {
	u := o.Body.(*User)
	switch {
	case u.Admin:
		return "tenant owner"
	case len(u.TenantPermissions) > 0:
		return "tenant permissions " + strings.Join(u.TenantPermissions, ", ")
	}
	return ""
}

// inactive reports whether the user cannot sign in. New users are active by default.
func inactive(o *schema.Object) bool { return o.Has("active") && !o.Body.(*User).Active }

// userGrants returns what a user may do in the whole tenant. It includes the tenant permissions
// of owners, so that becoming an owner is no loss.
func userGrants(o *schema.Object, _ schema.Lookup) []schema.Grant {
	u := o.Body.(*User)
	if inactive(o) {
		return nil
	}
	var out []schema.Grant
	if u.Admin {
		out = append(out, schema.Grant{Right: "everything", Scope: wholeTenant, Via: "admin", All: true, Places: schema.Everywhere})
	}
	for _, p := range u.TenantPermissions {
		out = append(out, schema.Grant{Right: p, Scope: wholeTenant, Via: "tenant_permissions"})
	}
	return out
}

const wholeTenant = "the whole tenant"
