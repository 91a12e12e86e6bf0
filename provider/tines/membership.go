package tines

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Membership is what one user is in one team.
type Membership struct {
	Team string // key of a team
	User string // e-mail address, in lower case
	Role string // key of a role
}

var membershipKind = schema.Kind{
	Name: "membership",
	Doc: "A membership gives a user a role in a team; there is one for each team and user. The blocks of a team may have a short form " +
		"for it, members. Whoever is not yet a user of the tenant is invited by e-mail and becomes one. Case groups and everybody's personal " +
		"team are never touched.",
	Attributes: []schema.Attribute{
		schema.Ref("team", "Team that the user is in.", func(m *Membership) *string { return &m.Team }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable | schema.OwnedBy).To("team").Like(`team.soc`),
		schema.Ref("user", "E-mail address of the user. Upper and lower case do not matter. The user need not be declared.",
			func(m *Membership) *string { return &m.User }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable | schema.WeakRef | schema.FoldCase).To("user").
			Check(schema.EmailAddress).Like(`"ana@zoo.example"`),
		schema.Ref("role", "What the user may do in the team: a default role or one of your own. Tines documents no call that changes it. "+
			"The user is invited once more with the new role, and where Tines takes no notice of that, allow_rejoin in the provider block decides.",
			func(m *Membership) *string { return &m.Role }).
			With(schema.Required | schema.CarriesRights).To("role").Like(`role.analyst`),
	},
	Grants:    membershipGrants,
	Privilege: membershipPrivilege,
	Grantee:   "user",
}

// teamAdmin is the default role that may do everything in a team.
const teamAdmin = "TEAM_ADMIN"

// membershipPrivilege names a role that may do everything in the team.
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

// viewer is the weakest default role: whoever has nothing else can only look.
const viewer = "VIEWER"

// expandMembers gives the memberships that the short form of a team declares.
func expandMembers(o *schema.Object) []schema.Object {
	t := o.Body.(*Team)
	out := make([]schema.Object, 0, len(t.Members))
	for _, email := range slices.Sorted(maps.Keys(t.Members)) {
		out = append(out, schema.Object{
			Kind: &membershipKind, Set: membershipLive,
			Body: &Membership{Team: t.Name, User: schema.FoldName(email), Role: t.Members[email]},
		})
	}
	return out
}

// validateMembers finds what is no address, and who is named twice, in the short
// form of a team.
func validateMembers(o *schema.Object) []schema.Finding {
	var out []schema.Finding
	first := map[string]string{}
	for _, email := range slices.Sorted(maps.Keys(o.Body.(*Team).Members)) {
		lower := schema.FoldName(email)
		if err := schema.EmailAddress(email); err != nil {
			out = append(out, o.Problem("tines/member-address", "members", "This is not an e-mail address",
				fmt.Sprintf("A name in members %s.", err)).About(email))
		} else if other, twice := first[lower]; twice {
			out = append(out, o.Problem("tines/member-twice", "members", "A member is named twice",
				fmt.Sprintf("%s and %s are the same person, because upper and lower case do not matter. Drop one of the two.", other, email)).About(email))
		}
		first[lower] = email
	}
	return out
}

// membershipGrants lists what the user may do in the team by the role. Those of a
// tenant owner, who may do everything in every team anyway, are listed as well, so
// that becoming one does not look like a loss.
func membershipGrants(o *schema.Object, look schema.Lookup) []schema.Grant {
	m := o.Body.(*Membership)
	if u, known := look("user", m.User); known && inactive(u) {
		return nil
	}
	return roleGrants(m.Team, m.Role, look)
}

// roleGrants lists what whoever has the role may do in the team. What VIEWER permits too
// is the least, whichever role has it.
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

// permissionsOf lists what a role permits, where that is known.
func permissionsOf(role string, look schema.Lookup) ([]string, bool) {
	if r, ok := look("role", role); ok && r.Has("permissions") {
		return r.Body.(*Role).Permissions, true
	}
	return nil, false
}
