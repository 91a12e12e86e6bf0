package tines

import (
	"context"
	"net/url"
)

// everyone reads every user with the memberships, once.
func (c *client) everyone(ctx context.Context) ([]wireUser, error) {
	return c.users.Take(func() ([]wireUser, error) {
		return all(ctx, c, listing[wireUser]{
			op: "list users", path: usersPath, rows: "admin/users", query: url.Values{"include": {"team_memberships"}},
			id: func(u *wireUser) string { return string(u.ID) }, known: (*wireUser).known,
		})
	})
}
