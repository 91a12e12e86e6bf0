package tines

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
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

// errByRight says that somebody is in a team as a tenant owner and not by a
// membership. It is a way of not being there.
var errByRight = fmt.Errorf("a tenant owner is in the team by right: %w", provider.ErrNotFound)

// Read looks for one membership in the list of its team.
func (m memberships) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	team, user, _ := strings.Cut(o.ID, "/")
	return m.look(ctx, wireTeam{ID: wireID(team), Name: o.Body.(*Membership).Team}, func(w *wireMember) bool { return string(w.ID) == user })
}

func (m memberships) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	body := want.Body.(*Membership)
	team, err := m.teamID(ctx, body.Team)
	if err != nil {
		return schema.Object{}, err
	}
	return m.look(ctx, wireTeam{ID: team, Name: body.Team}, func(w *wireMember) bool { return schema.FoldName(w.Email) == body.User })
}

// look reads the list of a team and picks one row.
func (m memberships) look(ctx context.Context, team wireTeam, is func(*wireMember) bool) (schema.Object, error) {
	rows, err := m.members(ctx, string(team.ID))
	if err != nil {
		return schema.Object{}, m.missing(ctx, err, teamsPath)
	}
	for i := range rows {
		w := &rows[i]
		if !is(w) {
			continue
		}
		if err := m.explicit(ctx, &team, w); err != nil {
			return schema.Object{}, err
		}
		role, err := m.roleName(ctx, w.Role)
		return m.live(&team, w, role), err
	}
	return schema.Object{}, provider.ErrNotFound
}

// explicit tells a tenant owner with a membership from one who is in the list by
// right. Where Tines does not show memberships of users there is nothing to tell.
func (m memberships) explicit(ctx context.Context, team *wireTeam, w *wireMember) error {
	if !w.IsAdmin {
		return nil
	}
	owners, err := m.owners(ctx)
	if err == nil && byRight(owners, team.ID)[w.ID] {
		err = errByRight
	}
	return err
}

// byRight gives the tenant owners who have no membership in a team, as far as Tines
// tells.
func byRight(owners []wireUser, team wireID) map[wireID]bool {
	out := map[wireID]bool{}
	if byTeam(owners) == nil {
		return out
	}
	for i := range owners {
		out[owners[i].ID] = !slices.ContainsFunc(*owners[i].memberships, func(p wirePlace) bool { return p.TeamID == team })
	}
	return out
}

// pages is how many requests readMany takes at most: the lists of the teams, with those who
// are to join, and one for the tenant owners.
func (m memberships) pages(wants []*schema.Object) int {
	joining := map[string]int{}
	for _, want := range wants {
		joining[want.Body.(*Membership).Team]++
	}
	n := 1
	for team, users := range joining {
		n += m.roster.pages(team) + users/perPage
	}
	return n
}

// readMany reads the lists of the teams that the memberships are in. A team that is not
// there has no members.
func (m memberships) readMany(ctx context.Context, wants []*schema.Object, yield func(schema.Object, error) bool) {
	var teams []wireTeam
	seen := map[string]bool{}
	for _, want := range wants {
		name := want.Body.(*Membership).Team
		if seen[name] {
			continue
		}
		seen[name] = true
		switch id, err := m.teamID(ctx, name); {
		case err == nil:
			teams = append(teams, wireTeam{ID: id, Name: name})
		case !absent(err):
			yield(schema.Object{}, err)
			return
		}
	}
	members, err := m.membersOf(ctx, teams)
	var owners []wireUser
	if err == nil && slices.ContainsFunc(slices.Concat(members...), func(w wireMember) bool { return w.IsAdmin }) {
		owners, err = m.owners(ctx)
	}
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range teams {
		not := byRight(owners, teams[i].ID)
		for j := range members[i] {
			w := &members[i][j]
			if not[w.ID] {
				continue
			}
			role, err := m.roleName(ctx, w.Role)
			if !yield(m.live(&teams[i], w, role), err) || err != nil {
				return
			}
		}
	}
}

// Remaining looks at the list of the team.
func (m memberships) Remaining(ctx context.Context, r provider.Request, _ error) (schema.Object, error) {
	return m.Read(ctx, *r.Have)
}

// roleName gives the key of a role by its name or id; one that is not known stays
// as it is.
func (c *client) roleName(ctx context.Context, role wireID) (string, error) {
	if _, is := c.Index.ID(roleKind.Name, string(role)); is {
		return string(role), nil
	}
	if name, is := c.Index.Key(roleKind.Name, string(role)); is {
		return name, nil
	}
	names, err := c.roleNames(ctx)
	return named(names, role), err
}

// teamID gives the id of a team by its name.
func (c *client) teamID(ctx context.Context, name string) (wireID, error) {
	id, err := c.IDOf(ctx, &teamKind, teams{c}.List, name)
	return wireID(id), err
}

// absent reports whether an error says that the membership is not there.
func absent(err error) bool { return errors.Is(err, provider.ErrNotFound) }
