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

// live makes an object of a user, who is kept for others to read at the same time. What an
// older tenant does not show is not set.
func (u users) live(w *wireUser) schema.Object {
	body := w.User
	body.TenantPermissions = slices.Clone(body.TenantPermissions)
	o := u.Object(&userKind, string(w.ID), &body, w.shown)
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
	want := *q.Want.Body.(*User)
	want.Active = !inactive(q.Want)
	fields := userWire.fields(&want, schema.Everything) // also what the file does not say
	var made created
	call := rest.Call{Op: "create user", Method: http.MethodPost, Path: usersPath, AllowEmpty: true, Body: fields}
	if err := u.rest.Do(ctx, call, &made); err != nil {
		return schema.Object{}, hidden(err)
	}
	return crud.ReadBack(ctx, u, q, string(made.ID))
}

// Update sends everything that is known of a user: what is left out of a write could be
// taken for its default, which demotes an owner and brings back a leaver. What an older
// tenant does not show is not sent, because nobody knows what it is. The address is sent
// only where it changes, because its upper and lower case is not known here.
func (u users) Update(ctx context.Context, q provider.Request) (schema.Object, error) {
	send := q.Want.Set &^ userKind.Mask("email")
	if q.Action == schema.Rename {
		send |= userKind.Mask("email")
	}
	if err := u.put(ctx, "update user", q.Have.ID, userWire.fields(q.Want.Body, send)); err != nil {
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
		barred := *have.Body.(*User)
		barred.Active = false
		send := have.Set&^userKind.Mask("email") | userKind.Mask("active")
		return u.put(ctx, "deactivate user", have.ID, userWire.fields(&barred, send))
	}
	defer u.users.Drop()
	call := rest.Call{Op: "delete user", Method: http.MethodDelete, Path: userPath(have.ID), Idempotent: true}
	return u.missing(ctx, u.rest.Do(ctx, call, nil), usersPath)
}

// Estimate counts below /admin/users.
func (u users) Estimate(provider.Request) crud.Requests { return crud.Requests{usersClass: steps} }
