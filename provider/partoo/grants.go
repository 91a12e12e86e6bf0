package partoo

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Scopes that are neither groups nor businesses.
const (
	wholeOrganization = "the whole organization"
	subscribed        = "businesses with a presence subscription"
	noAccess          = "no access" // what a group manager then sees is documented nowhere
)

// userGrants lists what a user may do: every permission of the custom role, at
// every place where the user's role lets the user act. Besides, it lists which
// businesses a group manager sees, where the groups are known, so that a change
// of a group reaches the people who see through it.
func userGrants(o *schema.Object, look schema.Lookup) []schema.Grant {
	u := o.Body.(*User)
	if u.Disabled || u.Role == "" {
		return nil
	}
	rights, via := rightsOf(u, look)
	var views []schema.Grant
	var places []int
	if u.Role == roleGroupManager {
		views, places = sights(u, look)
	}
	var out []schema.Grant
	for i, scope := range scopesOf(u) {
		g := schema.Grant{Scope: scope, Via: via, All: u.Role == roleOrgAdmin, Least: u.Role == rolePublisher || scope == noAccess}
		switch {
		case scope == wholeOrganization:
			g.Places = schema.Everywhere
		case places != nil && places[i] == 0:
			g.Least = true
		case places != nil && places[i] > 0:
			g.Places = places[i]
		}
		for _, right := range rights {
			g.Right = right
			out = append(out, g)
		}
	}
	return append(out, views...)
}

// rightsOf is what the user may do, and what carries it.
func rightsOf(u *User, look schema.Lookup) (rights []string, via string) {
	switch u.Role {
	case roleOrgAdmin:
		return []string{"everything"}, "role " + u.Role
	case rolePublisher:
		return []string{"read"}, "role " + u.Role
	}
	name := u.CustomRole
	if name == "" {
		name = u.Role // the built-in role of that api_id, where it is called so
	}
	if r, ok := look("role", name); ok && r.Has("permissions") {
		return r.Body.(*Role).Permissions, "custom_role " + name
	}
	if r, ok := look("builtin_role", name); ok && r.Has("permissions") {
		return r.Body.(*BuiltinRole).Permissions, "builtin_role " + name
	}
	return []string{"what " + name + " permits"}, "custom_role " + name
}

// scopesOf is where the user may act.
func scopesOf(u *User) []string {
	switch u.Role {
	case roleGroupManager:
		if len(u.Accesses) == 0 {
			return []string{noAccess}
		}
		scopes := make([]string, len(u.Accesses))
		for i, access := range u.Accesses {
			scopes[i] = accessWords(access)
		}
		return scopes
	case roleBusinessManager:
		return u.Businesses
	case rolePublisher:
		return []string{subscribed}
	}
	return []string{wholeOrganization}
}

// sightsAtMost is how many businesses of an access are told one by one. Of more,
// nobody reads the list, and their number says whether it grew or shrank.
const sightsAtMost = 100

// unknownPlaces stands for the number of businesses that an access lets through
// where that is not known.
const unknownPlaces = -1

// sights lists the businesses that a group manager's accesses let through, and how
// many each access does. An access with a group whose businesses are not known is
// left out: half of an AND would claim too much. Seeing a business is the least
// that anybody can do with it.
func sights(u *User, look schema.Lookup) (out []schema.Grant, places []int) {
	if len(u.Accesses) == 0 {
		return nil, nil
	}
	places = make([]int, len(u.Accesses))
	for i, access := range u.Accesses {
		known := true
		seen, everything := Visible([][]string{access}, func(key string) (string, []string) {
			g, ok := look("group", key)
			if !ok || !g.Has("businesses") {
				known = false
				return sectionOf(key), nil
			}
			return sectionOf(key), g.Body.(*Group).Businesses
		})
		places[i] = unknownPlaces
		if !known || everything {
			continue
		}
		places[i] = len(seen)
		if len(seen) > sightsAtMost {
			seen = []string{text.Count(len(seen), "business", "businesses")}
		}
		for _, id := range seen {
			out = append(out, schema.Grant{Right: "view", Scope: id, Via: accessWords(access), Least: true})
		}
	}
	return out, places
}

// builtinFor reports whether a built-in role, known by api_id and name, is the
// one that a user role stands for. Its api_id is documented nowhere, so both
// are compared with the user role's words.
func builtinFor(role, apiID, name string) bool {
	words := strings.NewReplacer("_", " ", "-", " ")
	want := words.Replace(strings.ToLower(role))
	return words.Replace(strings.ToLower(apiID)) == want || words.Replace(strings.ToLower(name)) == want
}
