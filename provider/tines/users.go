package tines

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// users are the calls for users.
type users struct{ *client }

const usersPath = "/admin/users"

func userPath(id string) string { return usersPath + "/" + url.PathEscape(id) }

func (u users) List(ctx context.Context, yield func(schema.Object, error) bool) {
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

// What every answer shows of a user, and what only some do.
var (
	userLive              = userKind.Mask("email", "first_name", "last_name", "admin", "scim_uid")
	userTenantPermissions = userKind.Mask("tenant_permissions")
	userActive            = userKind.Mask("active")
	userSignedIn          = userKind.Mask("signed_in")
)

// live makes an object of a user. What an older tenant does not show is not set.
func (u users) live(w *wireUser) schema.Object {
	set, active := userLive, false
	if w.LastSeen.told {
		set |= userSignedIn
	}
	if w.TenantPermissions != nil {
		set |= userTenantPermissions
	}
	if w.Active != nil {
		set, active = set|userActive, *w.Active
	}
	o := u.Object(&userKind, string(w.ID), &User{
		Email: w.Email, FirstName: w.FirstName, LastName: w.LastName, Admin: *w.Admin,
		TenantPermissions: schema.Canonical(slices.Clone(w.TenantPermissions)), Active: active, SCIMUID: string(w.SCIMUID),
		SignedIn: w.LastSeen.ever,
	}, set)
	if w.SCIMUID != "" {
		o.Frozen, o.FrozenBy = schema.Everything, "an identity provider manages users with a scim_uid, so change them there"
	}
	return o
}

func (u users) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	got, err := u.get(ctx, o.ID)
	return got, u.missing(ctx, err, usersPath)
}

// foundByAddress reports whether this tenant finds users by the address in place of the
// id, which Tines documents since 2026. A user who is known to be there is asked for: only
// then does a 404 say that there is no such user. That is done once.
func (u users) foundByAddress(ctx context.Context) (bool, error) {
	return u.byAddress.Take(func() (bool, error) {
		all, err := u.everyone(ctx)
		if err != nil || len(all) == 0 {
			return false, err
		}
		_, err = u.ask(ctx, all[0].Email, func(w *wireUser) error { return about("user", string(all[0].ID), w.ID) })
		switch provider.Status(err) {
		case http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity:
			return false, nil
		}
		return err == nil, err
	})
}

// get reads a user. Its 404 also means that the key may not see the user.
func (u users) get(ctx context.Context, id string) (schema.Object, error) {
	return u.ask(ctx, id, func(w *wireUser) error { return about("user", id, w.ID) })
}

// ask reads a user by the id or the address; is says what makes the answer another one.
func (u users) ask(ctx context.Context, who string, is func(*wireUser) error) (schema.Object, error) {
	var w wireUser
	call := rest.Call{
		Op: "read user", Path: userPath(who),
		Validate: func() error { return cmp.Or(w.known(), is(&w)) },
	}
	if err := u.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	return u.live(&w), nil
}

// Remaining reads the user. A key that was allowed to delete a user may see users, so its
// 404 then says that the user is gone; otherwise the list decides. Tines documents that a
// deleted user is deactivated at once and deleted later, so a user who was active and is
// inactive now counts as deleted.
func (u users) Remaining(ctx context.Context, r provider.Request, sent error) (schema.Object, error) {
	got, err := u.get(ctx, r.Have.ID)
	switch {
	case provider.Status(err) == http.StatusNotFound && sent == nil:
		return schema.Object{}, provider.ErrNotFound
	case provider.Status(err) == http.StatusNotFound:
		return crud.Listed(ctx, u, r.Have)
	case err == nil && r.Action == schema.Delete && inactive(&got) && !inactive(r.Have):
		return schema.Object{}, provider.ErrNotFound
	}
	return got, err
}

// Find asks for the user by the address, which is one request, and reads all users where
// the tenant is older than that.
func (u users) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	byAddress, err := u.foundByAddress(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	if byAddress {
		got, err := u.ask(ctx, want.Addr.Key, func(w *wireUser) error {
			if schema.FoldName(w.Email) != want.Addr.Key {
				return fmt.Errorf("the answer is the user %s, and %s was asked for", w.Email, want.Addr.Key)
			}
			return nil
		})
		if provider.Status(err) == http.StatusNotFound {
			err = provider.ErrNotFound
		}
		return got, err
	}
	u.users.Drop()
	all, err := u.everyone(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	for i := range all {
		if schema.FoldName(all[i].Email) == want.Addr.Key {
			return u.live(&all[i]), nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (u users) Create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer u.users.Drop()
	w := q.Want.Body.(*User)
	fields := userFields(q.Want)
	fields["email"] = w.Email
	fields["tenant_permissions"], fields["is_active"] = rest.Array(w.TenantPermissions), !inactive(q.Want) // said also where the file does not
	var made created
	call := rest.Call{Op: "create user", Method: http.MethodPost, Path: usersPath, AllowEmpty: true, Body: fields}
	if err := u.rest.Do(ctx, call, &made); err != nil {
		return schema.Object{}, hidden(err)
	}
	return crud.ReadBack(ctx, u, q, string(made.ID))
}

// userFields is everything that is known of a user but the address: what is left out of a
// write could be taken for its default, which demotes an owner and brings back a leaver.
// What an older tenant does not show is not sent, because nobody knows what it is. The
// address is sent where it changes, because its upper and lower case is not known here.
func userFields(want *schema.Object) map[string]any {
	w := want.Body.(*User)
	fields := map[string]any{"first_name": w.FirstName, "last_name": w.LastName, "admin": w.Admin}
	if want.Has("tenant_permissions") {
		fields["tenant_permissions"] = rest.Array(w.TenantPermissions)
	}
	if want.Has("active") {
		fields["is_active"] = w.Active
	}
	return fields
}

func (u users) Update(ctx context.Context, q provider.Request) (schema.Object, error) {
	fields := userFields(q.Want)
	if q.Action == schema.Rename {
		fields["email"] = q.Want.Body.(*User).Email
	}
	if err := u.put(ctx, "update user", q.Have.ID, fields); err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, u, q, q.Have.ID)
}

func (u users) put(ctx context.Context, op, id string, fields map[string]any) error {
	defer u.users.Drop()
	call := rest.Call{Op: op, Method: http.MethodPut, Path: userPath(id), Body: fields, Idempotent: true}
	return u.missing(ctx, u.rest.Do(ctx, call, nil), usersPath)
}

// Remove deletes a user, or bars them from signing in.
func (u users) Remove(ctx context.Context, q provider.Request) error {
	have := q.Have
	if q.Action == schema.Deactivate {
		fields := userFields(have)
		fields["is_active"] = false
		return u.put(ctx, "deactivate user", have.ID, fields)
	}
	defer u.users.Drop()
	call := rest.Call{Op: "delete user", Method: http.MethodDelete, Path: userPath(have.ID), Idempotent: true}
	return u.missing(ctx, u.rest.Do(ctx, call, nil), usersPath)
}

// Estimate counts below /admin/users.
func (u users) Estimate(provider.Request) crud.Requests { return crud.Requests{usersClass: steps} }
