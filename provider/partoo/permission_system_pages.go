package partoo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// pagesOf returns the legacy sidebar pages of a user, in lower case. A user without a list has
// all of them (reference Users). What an empty list means is not documented.
func (m *legacyMapping) pagesOf(w *wireUser) []string {
	if w.Sidebar.Value == nil || len(w.Sidebar.Value) == 0 && m.EmptyList == "all" {
		return slices.Clone(sidebarPages)
	}
	out := make([]string, len(w.Sidebar.Value))
	for i, page := range w.Sidebar.Value {
		out[i] = strings.ToLower(strings.TrimSpace(page))
	}
	return schema.Canonical(out)
}

// lackingPages returns the sidebar pages that are not among those of a user.
func lackingPages(pages []string) []string {
	return slices.DeleteFunc(slices.Clone(sidebarPages), func(p string) bool { return slices.Contains(pages, p) })
}

// undocumentedPages says what rolecall makes of lists of sidebar pages whose meaning is not documented, a
// sentence or two each.
func (c *client) undocumentedPages(users []*schema.Object) []string {
	var none, out []string
	others := map[string][]string{}
	for _, o := range users {
		u := o.Body.(*User)
		if !o.Has("sidebar_pages") {
			continue
		}
		if len(u.Pages) == 0 {
			none = append(none, u.Email)
		}
		for _, page := range u.Pages {
			if !slices.Contains(sidebarPages, page) {
				others[page] = append(others[page], u.Email)
			}
		}
	}
	if len(none) > 0 {
		out = append(out, fmt.Sprintf("Partoo shows an empty list of sidebar pages for %s: %s. Whether it means none or all is not documented. "+
			"It counts as none, so that nobody gains. Look at one of these users in the Partoo app: if they see all pages, write \"empty_list\": \"all\" into the mapping, or the generated roles take them away.",
			text.Count(len(none), "user", "users"), text.List(none, 5)))
	}
	for _, page := range slices.Sorted(maps.Keys(others)) {
		out = append(out, fmt.Sprintf("rolecall does not know the sidebar page %s of %s: %s. It stands for no permission.",
			text.Quote(page), text.Count(len(others[page]), "user", "users"), text.List(others[page], 5)))
	}
	if c.pagesAbsent.Load() {
		out = append(out, "Partoo's answers about some users have no sidebar_pages. These users count as having all pages, so what they gain by the switch is not shown. "+
			"Compare with the Partoo app, and read with the key of an ORG_ADMIN.")
	}
	return out
}

// undocumented warns about what Partoo shows of the legacy permissions and rolecall has to interpret.
func (k *checking) undocumented(at *schema.Object) {
	if odd := k.undocumentedPages(k.usersAfter()); len(odd) > 0 {
		k.add(at.Problem("partoo/switch-pages", "custom_roles", "Some sidebar pages are not documented", strings.Join(odd, "\n\n")).Warn().HidesRights())
	}
}

// disabled warns about disabled users who would have more when somebody enables them after the switch.
func (k *checking) disabled(at *schema.Object, s *PermissionSystem) {
	look := lookIn(k.After, nil)
	var who []string
	for i := range k.After[userKind.Name] {
		o := &k.After[userKind.Name][i]
		u := o.Body.(*User)
		role, builtin := look(builtinRoleKind.Name, cmp.Or(u.CustomRole, s.Builtins[u.Role]))
		if !u.Disabled || !o.Has("sidebar_pages") || !builtin {
			continue
		}
		permissions := slices.Concat(slices.Collect(maps.Values(s.Pages))...) // unless the plan read what the role has
		if role.Has("permissions") {
			permissions = s.afterSwitch(role)
		}
		if len(s.opened(permissions, u.Pages)) > 0 {
			who = append(who, u.Email)
		}
	}
	if len(who) > 0 {
		k.add(at.Problem("partoo/switch-disabled", "custom_roles", "Disabled users keep a built-in role", fmt.Sprintf(
			"%s without access to some sidebar pages %s a built-in role: %s. If somebody enables them after the switch, they can use these pages. "+
				"Give them roles before it: \"rolecall partoo legacy --generate DIR\" writes some.",
			text.Count(len(who), "disabled user", "disabled users"), text.Choose(len(who) == 1, "has", "have"), text.List(who, 5))).Warn())
	}
}
