package partoo

import (
	"context"
	"fmt"
	"net/http"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// allRoles reads the list of roles with the built-in ones, once. If the list has a built-in
// role twice, as Partoo made it and as the organization changed it, the second one counts.
func (c *client) allRoles(ctx context.Context) ([]wireRole, error) {
	return c.roles.Value(func() (all []wireRole, err error) {
		err = c.listRoles(func(path string) error { all, err = c.rolesAt(ctx, path); return err })
		return all, err
	})
}

func (c *client) rolesAt(ctx context.Context, path string) ([]wireRole, error) {
	rows := rest.Collection[wireRole]{
		Client: c.rest, Op: "list roles", Path: path, Query: c.pageQuery(), Items: "custom_roles", Pages: paging(),
		ID: func(r *wireRole) string {
			if r.APIID == "" {
				return ""
			}
			return fmt.Sprintf("%s, changed: %t", r.APIID, r.OrgID != nil)
		},
	}
	var out []wireRole
	at := map[string]int{}
	for r, err := range rows.All(ctx) {
		if err != nil {
			return nil, err
		}
		i, twice := at[r.APIID]
		switch {
		case !twice:
			at[r.APIID] = len(out)
			out = append(out, r)
		case r.OrgID != nil:
			out[i] = r
		}
	}
	return out, nil
}

// builtin returns the api_id of the built-in role that belongs to a user role. It is "" if
// there is none or the key may not list roles.
func (c *client) builtin(ctx context.Context, role string) (string, error) {
	all, err := c.builtins.Value(func() ([]wireRole, error) {
		all, err := c.allRoles(ctx)
		if s := provider.Status(err); s == http.StatusForbidden || s == http.StatusNotFound {
			return nil, nil
		}
		return all, err
	})
	for _, r := range all {
		if r.IsBuiltin && builtinFor(role, r.APIID, r.Name) {
			return r.APIID, nil
		}
	}
	return "", err
}
