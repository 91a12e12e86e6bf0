package partoo

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// systemOf returns the permission system that decides what a user may do, or nil if the legacy
// permissions were not read, so that custom roles have to be taken as what decides.
func systemOf(user *schema.Object, look schema.Lookup) *PermissionSystem {
	if !user.Has("sidebar_pages") {
		return nil
	}
	o, ok := look("permission_system", theSystem)
	if !ok || !o.Has("sidebar_pages") {
		return nil
	}
	return o.Body.(*PermissionSystem)
}

// mirrored returns the permissions of a built-in role as the Business Fields have them, which is
// what the switch makes of it: those of open fields added, those of closed ones taken away, and
// all others as they are.
func (s *PermissionSystem) mirrored(permissions []string) []string {
	out := make([]string, 0, len(permissions)+len(s.OpenFields))
	for _, p := range permissions {
		if !contains(s.ClosedFields, p) {
			out = append(out, p)
		}
	}
	return schema.Canonical(append(out, s.OpenFields...))
}

// without returns the permissions that belong to none of the sidebar pages that a user lacks.
func (s *PermissionSystem) without(permissions, pages []string) []string {
	missing := lackingPages(pages)
	if len(missing) == 0 {
		return permissions
	}
	lacks := map[string]bool{}
	for _, page := range missing {
		for _, p := range s.Pages[page] {
			lacks[p] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(permissions), func(p string) bool { return lacks[p] })
}

// opened returns the sidebar pages that are not among those of a user and of which the permissions
// of a role have some: the pages that the user would gain with the role.
func (s *PermissionSystem) opened(permissions, pages []string) []string {
	var out []string
	for _, page := range lackingPages(pages) {
		if slices.ContainsFunc(s.Pages[page], func(p string) bool { return contains(permissions, p) }) {
			out = append(out, page)
		}
	}
	return out
}

// pagesOf returns the sidebar pages that permissions belong to, and the permissions that belong to none.
func (s *PermissionSystem) pagesOf(permissions []string) []string {
	var out []string
	for _, p := range permissions {
		for page, names := range s.Pages {
			if slices.Contains(names, p) {
				p = page
				break
			}
		}
		out = append(out, p)
	}
	return schema.Canonical(out)
}

// rewrites reports whether the switch rewrites a built-in role: those of the user roles that the
// Business Fields are for.
func (s *PermissionSystem) rewrites(builtin string) bool {
	for role, key := range s.Builtins {
		if key == builtin && roleOf(role).builtin == hasBuiltin {
			return true
		}
	}
	return false
}

// afterSwitch returns the permissions of a built-in role after the switch.
func (s *PermissionSystem) afterSwitch(o *schema.Object) []string {
	permissions := o.Body.(*BuiltinRole).Permissions
	if s.rewrites(o.Addr.Key) {
		return s.mirrored(permissions)
	}
	return permissions
}

// legacyRights returns what a user may do before the switch: what the built-in role permits with
// the Business Fields as they are, on the sidebar pages of the user. A custom role has no effect.
func legacyRights(u *User, s *PermissionSystem, look schema.Lookup) (rights []string, via string, known bool) {
	key := s.Builtins[u.Role]
	if key == "" {
		return []string{"what " + u.Role + " permits"}, "role " + u.Role, false // not documented
	}
	o, ok := look("builtin_role", key)
	if !ok || !o.Has("permissions") {
		return []string{"what " + key + " permits"}, "builtin_role " + key, false
	}
	return s.without(s.afterSwitch(o), u.Pages), "legacy permissions of " + u.Role, true
}
