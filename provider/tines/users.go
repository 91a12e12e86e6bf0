package tines

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// users are the calls for users.
type users struct{ *client }

const usersPath = "/admin/users"

func (u users) list(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := u.everyone(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range all {
		if !yield(u.live(&all[i]), nil) {
			return
		}
	}
}

var userLive = userKind.Mask("email", "first_name", "last_name", "admin", "tenant_permissions", "active", "scim_uid")

func (u users) live(w *wireUser) schema.Object {
	return u.object(&userKind, string(w.ID), &User{
		Email: strings.ToLower(w.Email), FirstName: w.FirstName, LastName: w.LastName, Admin: *w.Admin,
		TenantPermissions: schema.Canonical(w.TenantPermissions), Active: *w.Active, SCIMUID: string(w.SCIMUID),
	}, userLive)
}

func (u users) read(ctx context.Context, o schema.Object) (schema.Object, error) {
	var w wireUser
	call := rest.Call{
		Op: "read user", Path: usersPath + "/" + url.PathEscape(o.ID),
		Check: func() error { return cmp.Or(w.known(), about("user", o.ID, w.ID)) },
	}
	if err := u.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, u.missing(ctx, err, usersPath)
	}
	return u.live(&w), nil
}

func (u users) find(ctx context.Context, want schema.Object) (schema.Object, error) {
	u.users.Drop()
	all, err := u.everyone(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	for i := range all {
		if strings.EqualFold(all[i].Email, want.Addr.Key) {
			return u.live(&all[i]), nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (u users) create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer u.users.Drop()
	call := rest.Call{Op: "create user", Method: http.MethodPost, Path: usersPath, Body: userBody(q.Want)}
	if err := u.rest.Do(ctx, call, nil); err != nil {
		return schema.Object{}, hidden(err)
	}
	q.Written()
	return u.find(ctx, *q.Want)
}

// userBody is everything that a user has: what is left out of a write could be
// taken for its default, which demotes an owner and brings back a leaver.
func userBody(want *schema.Object) map[string]any {
	w := want.Body.(*User)
	return map[string]any{
		"email": w.Email, "first_name": w.FirstName, "last_name": w.LastName,
		"admin": w.Admin, "tenant_permissions": full(w.TenantPermissions), "is_active": w.Active || !want.Has("active"),
	}
}

func (u users) update(ctx context.Context, q provider.Request) error {
	return u.put(ctx, "update user", q.Have.ID, userBody(q.Want))
}

func (u users) put(ctx context.Context, op, id string, body map[string]any) error {
	defer u.users.Drop()
	call := rest.Call{Op: op, Method: http.MethodPut, Path: usersPath + "/" + url.PathEscape(id), Body: body, Again: true}
	return u.missing(ctx, u.rest.Do(ctx, call, nil), usersPath)
}

func (u users) disable(ctx context.Context, have schema.Object) error {
	body := userBody(&have)
	body["is_active"] = false
	return u.put(ctx, "deactivate user", have.ID, body)
}

func (u users) remove(ctx context.Context, have schema.Object) error {
	defer u.users.Drop()
	call := rest.Call{Op: "delete user", Method: http.MethodDelete, Path: usersPath + "/" + url.PathEscape(have.ID), Again: true}
	return u.missing(ctx, u.rest.Do(ctx, call, nil), usersPath)
}

func (u users) price(q provider.Request) cost {
	if q.Action == schema.Create || q.Action == schema.Delete {
		return cost{users: 2}
	}
	return cost{users: 3}
}
