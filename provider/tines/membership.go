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

// A Membership is the role of a user in a team.
type Membership struct {
	Team string // key of a team
	User string // e-mail address, in lower case
	Role string // key of a role
}

var membershipKind = schema.Kind{
	Name: "membership",
	Doc: "A membership gives a user a role in a team; there is one for each team and user. The short form is members in the block of a team. " +
		"Tines invites an address that is not a user of the tenant yet, and creates the user. rolecall never changes case groups and " +
		"personal teams.",
	Attributes: []schema.Attribute{
		schema.Ref("team", "Team that the user is in.", func(m *Membership) *string { return &m.Team }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable | schema.OwnedBy).To("team").Like(`team.soc`),
		schema.Ref("user", "E-mail address of the user. Upper and lower case do not matter. The user need not be declared.",
			func(m *Membership) *string { return &m.User }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable | schema.WeakRef | schema.FoldCase).To("user").
			Check(schema.EmailAddress).Like(`"ana@zoo.example"`),
		schema.Ref("role", "Role of the user in the team: a default role or a custom one. Tines documents no call that changes it. "+
			"rolecall invites the user again with the new role. If Tines keeps the old one, allow_rejoin in the provider block decides.",
			func(m *Membership) *string { return &m.Role }).
			With(schema.Required | schema.CarriesRights).To("role").Like(`role.analyst`),
	},
	Grants:    membershipGrants,
	Privilege: membershipPrivilege,
	Grantee:   "user",
}

// expandMembers returns the memberships that the members of a team declare.
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

// validateMembers finds names in the members of a team that are no addresses, and users that
// are named twice.
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
				fmt.Sprintf("%s and %s are the same user, because upper and lower case do not matter. Remove one of them.", other, email)).About(email))
		}
		first[lower] = email
	}
	return out
}

// errByRight means that a tenant owner is in a team by right and has no membership there.
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

// look reads the list of a team and returns the member that matches.
func (m memberships) look(ctx context.Context, team wireTeam, is func(*wireMember) bool) (schema.Object, error) {
	rows, err := m.members(ctx, string(team.ID))
	if err != nil {
		return schema.Object{}, m.goneOrDenied(ctx, err, teamsPath)
	}
	for i := range rows {
		w := &rows[i]
		if !is(w) {
			continue
		}
		if err := m.requireMembership(ctx, &team, w); err != nil {
			return schema.Object{}, err
		}
		role, err := m.roleName(ctx, w.Role)
		return m.live(&team, w, role), err
	}
	return schema.Object{}, provider.ErrNotFound
}

// requireMembership returns errByRight for a tenant owner who is in the list by right. If Tines
// does not show the memberships of users, it cannot tell.
func (m memberships) requireMembership(ctx context.Context, team *wireTeam, w *wireMember) error {
	if !w.IsAdmin {
		return nil
	}
	owners, err := m.owners(ctx)
	if err == nil && byRight(owners, team.ID)[w.ID] {
		err = errByRight
	}
	return err
}

// byRight reports of each tenant owner whether the owner has no membership in the team. It is
// empty if Tines does not show the memberships of users.
func byRight(owners []wireUser, team wireID) map[wireID]bool {
	out := map[wireID]bool{}
	if byTeam(owners) == nil {
		return out
	}
	for i := range owners {
		out[owners[i].ID] = !slices.ContainsFunc(*owners[i].memberships, func(p userMembership) bool { return p.TeamID == team })
	}
	return out
}

// pages returns how many requests readMany takes at most: the lists of the teams with the new
// members, and one for the tenant owners.
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

// readMany reads the lists of the teams that the memberships are in. A team that does not exist
// has no members.
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

// Remaining reads the list of the team.
func (m memberships) Remaining(ctx context.Context, r provider.Request, _ error) (schema.Object, error) {
	return m.Read(ctx, *r.Have)
}

// roleName returns the key of a role by its name or id. An unknown role stays as it is.
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

// teamID returns the id of a team by its name.
func (c *client) teamID(ctx context.Context, name string) (wireID, error) {
	id, err := c.IDOf(ctx, &teamKind, teams{c}.List, name)
	return wireID(id), err
}

// absent reports whether an error means that there is no such object.
func absent(err error) bool { return errors.Is(err, provider.ErrNotFound) }
