package tines

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// users are the calls for users.
type users struct{ *client }

const usersPath = "/admin/users"

func userPath(id string) string { return usersPath + "/" + url.PathEscape(id) }

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

// userSignedIn is known where the answer has last_seen.
var userSignedIn = userKind.Mask("signed_in")

func (u users) live(w *wireUser) schema.Object {
	set := userLive
	if w.LastSeen.told {
		set |= userSignedIn
	}
	o := u.object(&userKind, string(w.ID), &User{
		Email: w.Email, FirstName: w.FirstName, LastName: w.LastName, Admin: *w.Admin,
		TenantPermissions: schema.Canonical(slices.Clone(w.TenantPermissions.Members)), Active: *w.Active, SCIMUID: string(w.SCIMUID),
		SignedIn: w.LastSeen.ever,
	}, set)
	if w.SCIMUID != "" {
		o.Frozen, o.FrozenBy = schema.Everything, "an identity provider manages users with a scim_uid, so change them there"
	}
	return o
}

func (u users) read(ctx context.Context, o schema.Object) (schema.Object, error) {
	var w wireUser
	call := rest.Call{
		Op: "read user", Path: userPath(o.ID),
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
		if schema.FoldName(all[i].Email) == want.Addr.Key {
			return u.live(&all[i]), nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (u users) create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer u.users.Drop()
	fields := userFields(q.Want)
	fields["email"] = q.Want.Body.(*User).Email
	var made created
	call := rest.Call{Op: "create user", Method: http.MethodPost, Path: usersPath, Bare: true}
	if err := u.write(ctx, call, fields, &made); err != nil {
		return schema.Object{}, hidden(err)
	}
	return readBack(ctx, u, q, made.ID)
}

// userFields is everything that a user has but the address: what is left out of a
// write could be taken for its default, which demotes an owner and brings back a
// leaver. The address is sent where it changes, because its upper and lower case is
// not known here.
func userFields(want *schema.Object) map[string]any {
	w := want.Body.(*User)
	return map[string]any{
		"first_name": w.FirstName, "last_name": w.LastName,
		"admin": w.Admin, "tenant_permissions": full(w.TenantPermissions), "is_active": !inactive(want),
	}
}

func (u users) update(ctx context.Context, q provider.Request) error {
	fields := userFields(q.Want)
	if q.Action == schema.Rename {
		fields["email"] = q.Want.Body.(*User).Email
	}
	return u.put(ctx, "update user", q.Have.ID, fields)
}

func (u users) put(ctx context.Context, op, id string, fields map[string]any) error {
	defer u.users.Drop()
	call := rest.Call{Op: op, Method: http.MethodPut, Path: userPath(id), Again: true}
	return u.missing(ctx, u.write(ctx, call, fields, nil), usersPath)
}

// disable bars a user from signing in, and makes sure that it worked: of a leaver
// who stays, nobody would hear otherwise.
func (u users) disable(ctx context.Context, have schema.Object) error {
	fields := userFields(&have)
	fields["is_active"] = false
	if err := u.put(ctx, "deactivate user", have.ID, fields); err != nil {
		return err
	}
	got, err := u.read(ctx, have)
	if err != nil {
		return fmt.Errorf("it was deactivated, and reading it back went wrong: %w", err)
	}
	if !inactive(&got) {
		return &provider.Error{
			Op: "deactivate user", Reason: "Tines answered that it was done, and the user is still active",
			Hint: "Deactivate the user in Tines, or set on_removal = \"delete\" in the manage block, which cannot be undone.",
		}
	}
	return nil
}

func (u users) remove(ctx context.Context, have schema.Object) error {
	defer u.users.Drop()
	call := rest.Call{Op: "delete user", Method: http.MethodDelete, Path: userPath(have.ID), Again: true}
	return u.missing(ctx, u.rest.Do(ctx, call, nil), usersPath)
}

func (u users) price(q provider.Request) cost { return cost{users: steps(q.Action)} }
