package uberall

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

const wholeOrganization = "the whole organization"

// userGrants lists what a user may do by the role, the features and the fields, in the
// user's own scope. That of location groups is in groupGrants.
func userGrants(o *schema.Object, _ schema.Lookup) []schema.Grant {
	u := o.Body.(*User)
	if inactive(o) || u.Role == "" {
		return nil
	}
	role := roleOf(u.Role)
	accounts, locations := u.scoped()
	var out []schema.Grant
	if role.scope == everywhere {
		out = u.on(out, schema.Grant{Scope: wholeOrganization, Places: schema.Everywhere})
	}
	for _, key := range accounts {
		out = u.on(out, schema.Grant{Scope: "account " + key, Area: areaOf(accountKind.Name, key)})
	}
	switch len(locations) {
	case 0:
	case 1:
		out = u.on(out, schema.Grant{Scope: locations[0]})
	default:
		out = u.on(out, schema.Grant{Scope: fmt.Sprintf("%d locations", len(locations)), Area: areaOf("", locations...)})
	}
	return out
}

// groupGrants lists what a user may do in the locations of a group.
func groupGrants(o *schema.Object, who string, look schema.Lookup) []schema.Grant {
	g := o.Body.(*Group)
	at := schema.Grant{Scope: "location group " + g.Name, Area: areaOf(o.Kind.Name, g.Name)}
	user, known := look(userKind.Name, who)
	if !known {
		at.Right, at.Via, at.Unknown = "the rights of "+who+", which uberall does not show", "features", true
		return []schema.Grant{at}
	}
	if inactive(user) {
		return nil
	}
	return user.Body.(*User).on(nil, at)
}

// on adds what the user may do on a scope. The sorts of rights are apart, because a user who loses
// all of one has lost a lot, whatever stays of the others.
func (u *User) on(out []schema.Grant, at schema.Grant) []schema.Grant {
	add := func(sort, right string) {
		at.Sort, at.Right = sort, right
		out = append(out, at)
	}
	at.Via = "role " + u.Role
	for _, right := range roleOf(u.Role).rights {
		add("role", right)
	}
	at.Via = "features"
	for _, f := range u.Features {
		if f == userRights && u.Role == locationManager {
			continue // uberall ignores it
		}
		add("feature", f)
		switch f {
		case profileEdit:
			if len(u.Fields) == 0 { // which ones, uberall's documentation does not say
				at.Unknown = true
				add("field", "edit fields that uberall does not name")
				at.Unknown = false
			}
			for _, field := range u.Fields {
				add("field", "edit field "+field)
			}
		case insightsAdvanced:
			for _, d := range u.Dashboards {
				add("field", "see dashboard "+d)
			}
		}
	}
	return out
}

// areaOf names the locations of an account or a group, or those that are listed.
func areaOf(kind string, keys ...string) string { return kind + "\x00" + strings.Join(keys, "\x00") }

// places lists the locations that an area stands for.
func places(area string, look schema.Lookup) ([]string, bool) {
	kind, keys, _ := strings.Cut(area, "\x00")
	if kind == "" {
		return strings.Split(keys, "\x00"), true
	}
	o, known := look(kind, keys)
	if !known {
		return nil, false
	}
	switch b := o.Body.(type) {
	case *Account:
		return b.Locations, o.Has("locations")
	case *Group:
		return b.Locations, o.Has("locations")
	}
	return nil, false
}
