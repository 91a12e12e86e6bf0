package partoo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// systemChange returns the planned change of the permission system, or nil.
func (k *checking) systemChange() *provider.Request {
	for i := range k.Changes {
		if r := &k.Changes[i]; r.Addr.Kind == permissionSystemKind.Name && r.Want != nil {
			return r
		}
	}
	return nil
}

// effect warns about changes that may have no effect until custom roles are switched on.
func (k *checking) effect() {
	if k.switched.Load() {
		return
	}
	change := k.systemChange()
	switches := change != nil && change.Want.Body.(*PermissionSystem).CustomRoles
	var given []string
	var first *schema.Object
	said := map[schema.Address]bool{} // a change in two steps is there twice
	for _, r := range k.Changes {
		switch {
		case r.Want == nil:
		case r.Addr.Kind == builtinRoleKind.Name:
			if said[r.Addr] || switches && k.asRewritten(r.Addr, change.Want.Body.(*PermissionSystem)) {
				continue
			}
			said[r.Addr] = true
			k.add(r.Want.Problem("partoo/not-switched", "permissions", "The switch would overwrite this change",
				"Custom roles are not switched on, and switching rewrites the built-in roles from the Business Fields. "+
					"Switch first, by custom_roles = true in a permission_system block; then plan again.").Warn().HidesRights())
		case r.Addr.Kind == userKind.Name && (r.Have == nil || r.Changed.Has(userKind.Index("custom_role"))) && r.Want.Body.(*User).CustomRole != "" && !switches:
			given = append(given, r.Addr.Key)
			if first == nil {
				first = r.Want
			}
		}
	}
	if first != nil {
		k.add(first.Problem("partoo/not-switched", "custom_role", "Custom roles may have no effect yet",
			fmt.Sprintf("Custom roles are not switched on in the organization, so what %s may do may still follow the legacy permissions.", text.List(given, 5))).Warn().HidesRights())
	}
}

// asRewritten reports whether the plan makes of a built-in role what the switch makes of it.
func (k *checking) asRewritten(a schema.Address, s *PermissionSystem) bool {
	permissions := func(of map[string][]schema.Object) []string {
		for i := range of[a.Kind] {
			if of[a.Kind][i].Addr == a {
				return of[a.Kind][i].Body.(*BuiltinRole).Permissions
			}
		}
		return nil
	}
	return s.rewrites(a.Key) && slices.Equal(s.mirrored(permissions(k.Live)), permissions(k.After))
}

// permissionSystem checks a planned switch: it must be possible, the roles of all users must exist, and
// nobody may gain by it what no file gives.
func (k *checking) permissionSystem() {
	r := k.systemChange()
	if r == nil {
		return
	}
	want := r.Want.Body.(*PermissionSystem)
	k.window(r.Want, want)
	if !want.CustomRoles {
		k.add(r.Want.Problem("partoo/switch-back", "custom_roles", "Custom roles lose their effect",
			"The legacy permissions decide again what people may do, and Partoo keeps the custom roles without an effect. "+
				"Partoo deletes the legacy data some day, which rolecall cannot know beforehand.").Warn())
		return
	}
	if !k.status.CanSwitch {
		k.add(r.Want.Problem("partoo/cannot-switch", "custom_roles", "The organization cannot switch with this key",
			"Partoo says that the user of this key may not switch (can_switch is false). Use the key of an ORG_ADMIN, or ask Partoo."))
	}
	k.unassigned(r.Want, want)
	k.undocumented(r.Want)
	k.disabled(r.Want, want)
	k.lostRoles(r.Want)
}

// usersAfter returns the users as they would be, those who can act.
func (k *checking) usersAfter() []*schema.Object {
	var out []*schema.Object
	for i := range k.After[userKind.Name] {
		if o := &k.After[userKind.Name][i]; !o.Body.(*User).Disabled && roleOf(o.Body.(*User).Role).customizable() {
			out = append(out, o)
		}
	}
	return out
}

// unassigned reports users who have a built-in role after the switch and lack sidebar pages now: they
// would gain the permissions of these pages.
func (k *checking) unassigned(at *schema.Object, s *PermissionSystem) {
	accepts := slices.ContainsFunc(k.Desired, func(o schema.Object) bool {
		d, is := o.Body.(*PermissionSystem)
		return is && d.AcceptGains
	})
	builtin := k.builtinsAfter(s)
	var gain, unread, unknown []string
	unmapped := map[string]int{}
	pages := map[string]bool{}
	for _, o := range k.usersAfter() {
		u := o.Body.(*User)
		if !o.Has("sidebar_pages") {
			unread = append(unread, u.Email)
			continue
		}
		for _, page := range lackingPages(u.Pages) {
			if len(s.Pages[page]) == 0 {
				unmapped[page]++
			}
		}
		if _, known := builtin[s.Builtins[u.Role]]; u.CustomRole == "" && !known && len(lackingPages(u.Pages)) > 0 {
			unknown = append(unknown, u.Email)
		}
		if opened := s.opened(builtin[cmp.Or(u.CustomRole, s.Builtins[u.Role])], u.Pages); len(opened) > 0 {
			gain = append(gain, u.Email)
			for _, page := range opened {
				pages[page] = true
			}
		}
	}
	if len(gain) > 0 && !accepts {
		k.add(at.Problem("partoo/switch-unassigned", "custom_roles", "Users would gain rights by the switch", fmt.Sprintf(
			"%s without access to some sidebar pages (%s) %s a built-in role, which opens them: %s. Give them roles first: \"rolecall partoo legacy --generate DIR\" writes some that "+
				"keep what they have now. Or accept it: accept_gains = true.",
			text.Count(len(gain), "user", "users"), text.List(slices.Sorted(maps.Keys(pages)), len(pages)), text.Choose(len(gain) == 1, "has", "have"), text.List(gain, 5))))
	}
	if len(unknown) > 0 {
		p := at.Problem("partoo/switch-gains-unknown", "custom_roles", "What users gain by the switch is not known", fmt.Sprintf(
			"%s without access to some sidebar pages %s no custom role, and what the user role permits after the switch is not documented, so what they gain is not known: %s. %s",
			text.Count(len(unknown), "user", "users"), text.Choose(len(unknown) == 1, "has", "have"), text.List(unknown, 5),
			text.Choose(accepts, "accept_gains = true accepts this.", "Give them roles. Or accept it: accept_gains = true.")))
		if accepts {
			p = p.Warn().HidesRights()
		}
		k.add(p)
	}
	if len(unread) > 0 {
		k.add(at.Problem("partoo/switch-unread", "custom_roles", "The sidebar pages of some users are not known", fmt.Sprintf(
			"Partoo's search does not show them, and %s not declared, so they were not read: %s. Declare these users; then a plan reads them.",
			text.Count(len(unread), "user is", "users are"), text.List(unread, 5))))
	}
	if len(unmapped) > 0 {
		var parts []string
		for _, page := range slices.Sorted(maps.Keys(unmapped)) {
			parts = append(parts, fmt.Sprintf("%s (%s)", page, text.Count(unmapped[page], "user", "users")))
		}
		k.add(at.Problem("partoo/switch-unmapped", "custom_roles", "No permission is known for some sidebar pages", fmt.Sprintf(
			"Users lack these sidebar pages now, and rolecall knows no permission for them, so they may gain them by the switch without a line in this plan: %s. "+
				"Look for their permissions with \"rolecall permissions\" and name them in legacy_mapping of the provider block.",
			strings.Join(parts, ", "))).Warn().HidesRights())
	}
}

// builtinsAfter returns the permissions of the built-in roles after the switch, by key.
func (k *checking) builtinsAfter(s *PermissionSystem) map[string][]string {
	out := map[string][]string{}
	for i := range k.After[builtinRoleKind.Name] {
		o := &k.After[builtinRoleKind.Name][i]
		out[o.Addr.Key] = s.afterSwitch(o)
	}
	return out
}

// lostRoles reports users whose custom role does not exist.
func (k *checking) lostRoles(at *schema.Object) {
	known := map[string]bool{}
	for _, kind := range []string{roleKind.Name, builtinRoleKind.Name} {
		for i := range k.After[kind] {
			known[k.After[kind][i].Addr.Key] = true
		}
	}
	missing := map[string][]string{}
	for _, o := range k.usersAfter() {
		if u := o.Body.(*User); u.CustomRole != "" && !known[u.CustomRole] {
			missing[u.CustomRole] = append(missing[u.CustomRole], u.Email)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(missing)) {
		k.add(at.Problem("partoo/switch-no-role", "custom_roles", "Users have a role that does not exist", fmt.Sprintf(
			"There is no role %q, which %s. What they may do after the switch is not known. Declare the role, or give them another one.",
			role, "is the custom_role of "+text.List(missing[role], 5))))
	}
}

// window says who can do more for a while and how long, because users are changed before the switch or after it.
func (k *checking) window(at *schema.Object, s *PermissionSystem) {
	var who []string
	more, changed := map[string]bool{}, 0
	for i := range k.Changes {
		r := &k.Changes[i]
		if r.Addr.Kind != userKind.Name {
			continue
		}
		changed++
		rights := k.planned.forAWhile(r)
		for _, name := range s.pagesOf(rights) {
			more[name] = true
		}
		if len(rights) > 0 {
			who = append(who, r.Addr.Key)
		}
	}
	if len(who) == 0 {
		return
	}
	why := "Custom roles decide until the switch back, so users are changed after it."
	switch {
	case s.RolesAfter && s.CustomRoles:
		why = fmt.Sprintf("Because of assign_roles = %q, users are changed after the switch.", assignAfter)
	case s.CustomRoles:
		why = "The legacy permissions decide until the switch, and users are changed before it."
	}
	minutes := max(1, 3*changed/k.perMinute)
	k.add(at.Problem("partoo/switch-window", "custom_roles", "Users have more rights for a while", fmt.Sprintf(
		"%s Until then, for about %s, %s can do more than before and afterwards (%s): %s.", why,
		text.Count(minutes, "minute", "minutes"), text.Count(len(who), "user", "users"),
		text.List(slices.Sorted(maps.Keys(more)), 20), text.List(who, 10))).Warn())
}
