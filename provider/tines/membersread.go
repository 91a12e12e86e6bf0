package tines

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// errByRight says that somebody is in a team as a tenant owner and not by a
// membership. It is a way of not being there.
var errByRight = fmt.Errorf("a tenant owner is in the team by right: %w", provider.ErrNotFound)

// read looks for one membership in the list of its team.
func (m memberships) read(ctx context.Context, o schema.Object) (schema.Object, error) {
	team, user, _ := strings.Cut(o.ID, "/")
	return m.look(ctx, wireTeam{ID: wireID(team), Name: o.Body.(*Membership).Team}, func(w *wireMember) bool { return string(w.ID) == user })
}

func (m memberships) find(ctx context.Context, want schema.Object) (schema.Object, error) {
	body := want.Body.(*Membership)
	team, err := m.teamID(ctx, body.Team)
	if err != nil {
		return schema.Object{}, err
	}
	return m.look(ctx, wireTeam{ID: team, Name: body.Team}, func(w *wireMember) bool { return strings.EqualFold(w.Email, body.User) })
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
	if err != nil {
		return err
	}
	for i := range owners {
		places, shown := owners[i].places()
		if owners[i].ID != w.ID || !shown {
			continue
		}
		for _, p := range places {
			if p.TeamID == team.ID {
				return nil
			}
		}
		return errByRight
	}
	return nil
}

// roleName gives the key of a role by its name or id; one that is not known stays
// as it is.
func (c *client) roleName(ctx context.Context, role wireID) (string, error) {
	if _, is := c.index.ID(roleKind.Name, string(role)); is {
		return string(role), nil
	}
	if name, is := c.index.Key(roleKind.Name, string(role)); is {
		return name, nil
	}
	names, err := c.roleNames(ctx)
	return named(names, role), err
}

// teamID gives the id of a team by its name.
func (c *client) teamID(ctx context.Context, name string) (wireID, error) {
	if id, known := c.index.ID(teamKind.Name, name); known {
		return wireID(id), nil
	}
	all, err := c.allTeams(ctx)
	if err != nil {
		return "", err
	}
	for i := range all {
		if all[i].Name == name {
			c.index.Add(teamKind.Name, name, string(all[i].ID))
			return all[i].ID, nil
		}
	}
	return "", provider.ErrNotFound
}

// absent reports whether an error says that the membership is not there.
func absent(err error) bool { return errors.Is(err, provider.ErrNotFound) }
