package partoo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// generate finds the fewest roles that reproduce what people may do now: users with equal
// permissions share one, the built-in role stays where it is enough, and a role of Partoo or of the files with
// the same permissions is used.
func (r *legacyReport) generate() {
	roles, names := r.existingRoles() // by permissions
	sharing := r.sharing()
	for _, set := range slices.Sorted(maps.Keys(sharing)) {
		role := roles[set]
		if role == nil {
			role = r.newRole(names, slices.DeleteFunc(strings.Split(set, "\x00"), func(p string) bool { return p == "" }), sharing[set])
			roles[set] = role
		}
		for _, key := range sharing[set] {
			r.groups[key].Assigned = role.APIID
			role.Users += len(r.groups[key].Users)
		}
	}
	for _, set := range slices.Sorted(maps.Keys(roles)) {
		if roles[set].Users > 0 {
			r.Roles = append(r.Roles, *roles[set])
		}
	}
	slices.SortFunc(r.Roles, func(a, b LegacyRole) int { return strings.Compare(a.APIID, b.APIID) })
	r.objects()
}

// sharing returns the keys of groups that need a role, by their permissions. Permissions that lack one that
// they need are left out, because no role can have them.
func (r *legacyReport) sharing() map[string][]string {
	out := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(r.today)) {
		g := r.groups[key]
		builtin := r.system.Builtins[g.Role]
		if o, ok := r.lookup(builtinRoleKind.Name, builtin); ok && slices.Equal(r.system.afterSwitch(o), r.today[key]) {
			g.Assigned = builtin
			continue
		}
		kept := r.data.catalogue.complete(r.today[key])
		g.Generated = changeOf(r.today[key], kept)
		for _, p := range g.Generated.Lost {
			r.dropped[p] += len(g.Users)
		}
		set := strings.Join(kept, "\x00")
		out[set] = append(out[set], key)
	}
	return out
}

// complete returns the permissions whose dependencies are among them.
func (all catalogue) complete(permissions []string) []string {
	for {
		missing := all.missing(permissions)
		if len(missing) == 0 {
			return permissions
		}
		permissions = slices.DeleteFunc(slices.Clone(permissions), func(p string) bool {
			return slices.ContainsFunc(all[p].DependsOn, func(need string) bool { return !contains(permissions, need) })
		})
	}
}

// existingRoles returns the custom roles that there will be without those that are generated, by their
// permissions, and all api_ids and names that are taken, in lower case. What the files say of a role counts.
func (r *legacyReport) existingRoles() (roles map[string]*LegacyRole, taken map[string]bool) {
	roles, taken = map[string]*LegacyRole{}, map[string]bool{}
	declared, gone := map[string]bool{}, map[string]bool{}
	add := func(b *Role) {
		key := strings.Join(schema.Canonical(slices.Clone(b.Permissions)), "\x00")
		if old := roles[key]; old == nil || b.APIID < old.APIID {
			roles[key] = &LegacyRole{APIID: b.APIID, Name: b.Name, Permissions: b.Permissions, Exists: true}
		}
	}
	if r.files != nil {
		for i := range r.files.Objects {
			o := &r.files.Objects[i]
			b, is := o.Body.(*Role)
			if !is {
				continue
			}
			declared[o.Addr.Key], taken[strings.ToLower(b.APIID)], taken[strings.ToLower(b.Name)] = true, true, true
			for _, earlier := range o.Previously {
				gone[earlier] = true
			}
			add(b)
		}
		for _, x := range r.files.Removed {
			gone[x.Key] = gone[x.Key] || x.Kind == roleKind.Name
		}
	}
	for i := range r.live[roleKind.Name] {
		b := r.live[roleKind.Name][i].Body.(*Role)
		taken[strings.ToLower(b.APIID)], taken[strings.ToLower(b.Name)] = true, true
		if !declared[b.APIID] && !gone[b.APIID] {
			add(b)
		}
	}
	for i := range r.live[builtinRoleKind.Name] {
		o := &r.live[builtinRoleKind.Name][i]
		taken[strings.ToLower(o.Addr.Key)], taken[strings.ToLower(o.Alias)] = true, true
	}
	return roles, taken
}

// newRole names a role for groups with the same permissions: business_manager_no_analytics.
func (r *legacyReport) newRole(taken map[string]bool, permissions, groups []string) *LegacyRole {
	who := ""
	var lacks, has []string
	for _, page := range sidebarPages {
		inUse := slices.ContainsFunc(r.data.pages[page], func(p string) bool { return contains(permissions, p) })
		missing := slices.ContainsFunc(groups, func(key string) bool { return slices.Contains(r.groups[key].Without, page) })
		switch {
		case inUse:
			has = append(has, page)
		case missing && len(r.data.pages[page]) > 0:
			lacks = append(lacks, page)
		}
	}
	for _, key := range groups {
		if role := r.groups[key].Role; who == "" {
			who = role
		} else if who != role {
			who = "MANAGER"
		}
	}
	words, pages := "no", lacks
	if len(lacks) > len(has) && len(lacks) > 2 {
		words, pages = "only", has
	}
	if len(pages) == 0 {
		words, pages = "basic", nil
	}
	short := shortPages(pages)
	id := strings.Join(append([]string{strings.ToLower(who), words}, short...), "_")
	name := text.Capital(text.Words(strings.ToLower(who)) + map[string]string{"no": " without ", "only": " with ", "basic": " basic"}[words] + text.Words(strings.Join(short, " and ")))
	base, title := id, name
	for n := 2; taken[strings.ToLower(id)] || taken[strings.ToLower(name)]; n++ {
		id, name = fmt.Sprintf("%s_%d", base, n), fmt.Sprintf("%s %d", title, n)
	}
	taken[id], taken[strings.ToLower(name)] = true, true
	description := "What its users could do before custom roles" // Partoo takes 200 characters, and no commas
	switch and := strings.ReplaceAll(text.And(pages), ",", " and"); {
	case len(pages) > 0:
		description += map[string]string{"no": ": without ", "only": ": with no other pages than "}[words] + and
	case len(lacks) > 0:
		description += ": without any sidebar page"
	}
	return &LegacyRole{APIID: id, Name: name, Permissions: permissions, description: description}
}

// shortPages shortens the names of pages; both analytics pages together are "analytics".
func shortPages(pages []string) []string {
	both := slices.Contains(pages, "presence_analytics") && slices.Contains(pages, "review_analytics")
	var out []string
	for _, p := range pages {
		switch p {
		case "presence_analytics", "review_analytics":
			if both {
				p = "analytics"
			}
		case "bulk_modification":
			p = "bulk"
		case "feedback_management":
			p = "feedback"
		case "review_invite":
			p = "invites"
		case "review_management":
			p = "reviews"
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// objects makes what files declare: the roles, the built-in roles as the switch makes them, the users
// who get another role than they have, and the switch.
func (r *legacyReport) objects() {
	r.generated = map[string][]schema.Object{}
	add := func(k *schema.Kind, body any, names ...string) {
		r.generated[k.Name] = append(r.generated[k.Name], r.Object(k, "", body, k.Mask(names...)))
	}
	for _, role := range r.Roles {
		if !role.Exists {
			add(&roleKind, &Role{APIID: role.APIID, Name: role.Name, Description: role.description, Permissions: role.Permissions}, "api_id", "name", "description", "permissions")
		}
	}
	for i := range r.live[builtinRoleKind.Name] {
		o := &r.live[builtinRoleKind.Name][i]
		after := r.system.afterSwitch(o)
		switch missing := r.data.catalogue.missing(after); {
		case !r.system.rewrites(o.Addr.Key):
		case len(missing) > 0:
			r.incomplete[o.Addr.Key] = slices.Sorted(maps.Keys(missing))
		default:
			add(&builtinRoleKind, &BuiltinRole{APIID: o.Addr.Key, Permissions: after}, "api_id", "permissions")
			last := r.generated[builtinRoleKind.Name]
			last[len(last)-1].Alias = o.Alias
		}
	}
	users := usersByKey(r.live)
	for _, key := range slices.Sorted(maps.Keys(r.groups)) {
		g := r.groups[key]
		if g.Assigned == "" || g.Assigned == g.CustomRole || g.CustomRole == "" && g.Assigned == r.system.Builtins[g.Role] {
			continue
		}
		for _, email := range g.Users {
			names := []string{"email", "role", "custom_role"}
			disabled := users[schema.FoldName(email)].Body.(*User).Disabled
			if disabled { // a plan warns about a disabled user of whom the files do not say so
				names = append(names, "disabled")
			}
			add(&userKind, &User{Email: email, Role: g.Role, CustomRole: g.Assigned, Disabled: disabled}, names...)
		}
	}
	add(&permissionSystemKind, &PermissionSystem{Key: theSystem, CustomRoles: true}, "name", "custom_roles")
}
