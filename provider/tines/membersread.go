package tines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

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
	byRight, err := m.byRight(ctx, team.ID)
	if err == nil && byRight[w.ID] {
		err = errByRight
	}
	return err
}

// byRight gives the tenant owners who have no membership in a team, as far as Tines
// tells.
func (m memberships) byRight(ctx context.Context, team wireID) (map[wireID]bool, error) {
	owners, err := m.owners(ctx)
	if err != nil {
		return nil, err
	}
	out := map[wireID]bool{}
	if byTeam(owners) == nil {
		return out, nil
	}
	for i := range owners {
		out[owners[i].ID] = !slices.ContainsFunc(*owners[i].memberships, func(p wirePlace) bool { return p.TeamID == team })
	}
	return out, nil
}

// Remaining looks at the list of the team.
func (m memberships) Remaining(ctx context.Context, r provider.Request, _ error) (schema.Object, error) {
	return m.Read(ctx, *r.Have)
}

// others counts the members of a team besides one, without those who are there by
// right, and says whether that one is in the list.
func (m memberships) others(ctx context.Context, team wireID, one string) (n int, there bool, err error) {
	rows, err := m.members(ctx, string(team))
	if err != nil {
		return 0, false, m.missing(ctx, err, teamsPath)
	}
	var byRight map[wireID]bool
	for i := range rows {
		switch {
		case string(rows[i].ID) == one:
			there = true
			continue
		case rows[i].IsAdmin && byRight == nil:
			if byRight, err = m.byRight(ctx, team); err != nil {
				return 0, false, err
			}
		}
		if !byRight[rows[i].ID] {
			n++
		}
	}
	return n, there, nil
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
	if id, known := c.Index.ID(teamKind.Name, name); known {
		return wireID(id), nil
	}
	all, err := c.allTeams(ctx)
	if err != nil {
		return "", err
	}
	for i := range all {
		if all[i].Name == name {
			c.Index.Add(teamKind.Name, name, string(all[i].ID))
			return all[i].ID, nil
		}
	}
	return "", provider.ErrNotFound
}

// absent reports whether an error says that the membership is not there.
func absent(err error) bool { return errors.Is(err, provider.ErrNotFound) }
