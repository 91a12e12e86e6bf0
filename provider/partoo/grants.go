package partoo

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Scopes that are neither groups nor businesses.
const (
	wholeOrganization = "the whole organization"
	subscribed        = "businesses with a presence subscription"
	noAccess          = "no access" // what such a group manager sees is not documented
)

// userGrants lists what a user may do: every permission of the custom role, at every place
// where the role of the user applies. A user without a permission there still sees the place.
func userGrants(o *schema.Object, look schema.Lookup) []schema.Grant {
	u := o.Body.(*User)
	if u.Disabled || u.Role == "" {
		return nil
	}
	role := roleOf(u.Role)
	rights, via, known := rightsOf(o, look)
	var out []schema.Grant
	for i, scope := range scopesOf(u) {
		g := schema.Grant{Scope: scope, Via: via, Unknown: !known, All: role.administers, Least: role.reach == bySubscription || scope == noAccess}
		if scope == wholeOrganization {
			g.Places = schema.Everywhere
		}
		if role.reach == byAccesses && len(u.Accesses) > 0 {
			g.Area = strings.Join(u.Accesses[i], areaSeparator)
		}
		for _, right := range rights {
			g.Right = right
			out = append(out, g)
		}
		if len(rights) == 0 {
			g.Right, g.Least = "view", true
			out = append(out, g)
		}
	}
	return out
}

// areaSeparator separates the groups of an access in the Area of a grant.
const areaSeparator = "\x00"

// businessesOf lists the businesses that an access shows, if the businesses of all its groups
// are known.
func businessesOf(area string, look schema.Lookup) ([]string, bool) {
	known := true
	seen, everything := Visible([][]string{strings.Split(area, areaSeparator)}, func(key string) (string, []string) {
		g, ok := look("group", key)
		if !ok || !g.Has("businesses") {
			known = false
			return sectionOf(key), nil
		}
		return sectionOf(key), g.Body.(*Group).Businesses
	})
	return seen, known && !everything
}

// rightsOf returns what the user may do, the role that says so, and whether it is known. If
// the permissions of the role cannot be read, the only right is a description. Before the switch
// to custom roles the legacy permissions decide, if they were read.
func rightsOf(o *schema.Object, look schema.Lookup) (rights []string, via string, known bool) {
	u := o.Body.(*User)
	if role := roleOf(u.Role); !role.customizable() {
		return []string{role.right}, "role " + u.Role, true
	}
	system := systemOf(o, look)
	if system != nil && !system.CustomRoles {
		return legacyRights(u, system, look)
	}
	name := u.CustomRole
	if name == "" {
		name = u.Role // the built-in role, if that is its api_id
	}
	if r, ok := look("role", name); ok && r.Has("permissions") {
		return r.Body.(*Role).Permissions, "custom_role " + name, true
	}
	if r, ok := look("builtin_role", name); ok && r.Has("permissions") {
		rights = r.Body.(*BuiltinRole).Permissions
		if system != nil && !system.HasSwitched {
			rights = system.afterSwitch(r) // the switch of this plan may rewrite it
		}
		return rights, "builtin_role " + name, true
	}
	return []string{"what " + name + " permits"}, "custom_role " + name, false
}

// scopesOf returns where the user may act.
func scopesOf(u *User) []string {
	switch roleOf(u.Role).reach {
	case byAccesses:
		if len(u.Accesses) == 0 {
			return []string{noAccess}
		}
		scopes := make([]string, len(u.Accesses))
		for i, access := range u.Accesses {
			scopes[i] = accessWords(access)
		}
		return scopes
	case byBusinesses:
		return u.Businesses
	case bySubscription:
		return []string{subscribed}
	}
	return []string{wholeOrganization}
}
