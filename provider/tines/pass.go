package tines

import (
	"context"
	"net/url"
)

// The pass is the one list of all users with their memberships. Users and
// memberships share it, and it always asks for the memberships: that costs no
// request, and whether they will be needed is known only when it is too late to
// ask for them without a second pass.

// everyone reads every user with the memberships, once.
func (c *client) everyone(ctx context.Context) ([]wireUser, error) {
	return c.users.Take(func() ([]wireUser, error) { return c.usersWith(ctx, "list users", url.Values{}) })
}

// owners reads the tenant owners with their memberships. It is never kept.
func (c *client) owners(ctx context.Context) ([]wireUser, error) {
	return c.usersWith(ctx, "list tenant owners", url.Values{"filter": {"TENANT_OWNER"}})
}

func (c *client) usersWith(ctx context.Context, op string, query url.Values) ([]wireUser, error) {
	query.Set("include", "team_memberships")
	return all(ctx, c, listing[wireUser]{
		op: op, path: usersPath, rows: "admin/users", query: query,
		id: func(u *wireUser) string { return string(u.ID) }, known: (*wireUser).known,
	})
}

// placeNames are the names that the memberships of a user may have in an answer: which of
// them it is, is not documented.
var placeNames = []string{"team_memberships", "memberships"}

// A wirePlace is one of them. It has the name of the team besides, which is of no
// use: personal teams and case groups are told apart by the id.
type wirePlace struct {
	TeamID wireID `json:"team_id"`
	Role   wireID `json:"role"` // name or id
}

// A passMember is what the pass says of one member of a team.
type passMember struct {
	user int // place in the list of users
	role wireID
}

// byTeam turns the pass around: who is in which team, by its id. It is nil where
// Tines does not show the memberships of every user: a missing list is no empty one.
func byTeam(users []wireUser) map[wireID][]passMember {
	out := map[wireID][]passMember{}
	for i := range users {
		if users[i].memberships == nil {
			return nil
		}
		for _, p := range *users[i].memberships {
			if p.TeamID != "" {
				out[p.TeamID] = append(out[p.TeamID], passMember{i, p.Role})
			}
		}
	}
	return out
}
