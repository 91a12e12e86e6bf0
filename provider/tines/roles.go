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

// roles are the calls for roles. A role is always addressed by its id: its name
// would do as well, and then a role called "123" could be another one.
type roles struct{ *client }

const rolesPath = "/admin/roles"

func rolePath(id string) string { return rolesPath + "/" + url.PathEscape(id) }

// allRoles reads every role, default ones among them, once.
func (c *client) allRoles(ctx context.Context) ([]wireRole, error) {
	return c.roles.Take(func() ([]wireRole, error) {
		return all(ctx, c, listing[wireRole]{
			op: "list roles", path: rolesPath, rows: "admin/roles",
			id: func(r *wireRole) string { return string(r.ID) }, known: (*wireRole).known,
		})
	})
}

func (r roles) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := r.allRoles(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range all {
		if !yield(r.live(&all[i]), nil) {
			return
		}
	}
}

// live makes an object of a role, which is kept for others to read at the same time.
func (r roles) live(w *wireRole) schema.Object {
	body := w.Role
	body.Permissions = slices.Clone(body.Permissions)
	o := r.Object(&roleKind, string(w.ID), &body, w.shown)
	if w.Type != typeCustom {
		o.Frozen, o.FrozenBy = schema.Everything, "default roles belong to Tines"
	}
	return o
}

func (r roles) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	var w wireRole
	call := rest.Call{
		Op: "read role", Path: rolePath(o.ID),
		Validate: func() error { return cmp.Or(w.known(), about("role", o.ID, w.ID)) },
	}
	if err := r.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, r.missing(ctx, err, rolesPath)
	}
	return r.live(&w), nil
}

func (r roles) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	r.roles.Drop()
	all, err := r.allRoles(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	var found *wireRole
	for i := range all {
		switch {
		case all[i].Name != want.Addr.Key:
		case found != nil:
			return schema.Object{}, &provider.Error{
				Op: "look up role", Reason: fmt.Sprintf("several roles are called %q, with the ids %s and %s", want.Addr.Key, found.ID, all[i].ID),
				Hint: "Files name a role by its name. Rename or delete one of the two in Tines.",
			}
		default:
			found = &all[i]
		}
	}
	if found == nil {
		return schema.Object{}, provider.ErrNotFound
	}
	return r.live(found), nil
}

func (r roles) Create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer r.roles.Drop()
	body := roleWire.fields(q.Want.Body, q.Want.Set|roleKind.Mask("permissions"))
	if body["description"] == "" {
		delete(body, "description")
	}
	var made created
	call := rest.Call{Op: "create role", Method: http.MethodPost, Path: rolesPath, Body: body, AllowEmpty: true}
	if err := r.rest.Do(ctx, call, &made); err != nil {
		return schema.Object{}, hidden(err)
	}
	return crud.ReadBack(ctx, r, q, string(made.ID))
}

// Update sends what changes. The permissions are always the whole list, which
// takes the place of what was there.
func (r roles) Update(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer r.roles.Drop()
	if body := roleWire.fields(q.Want.Body, q.Changed); len(body) > 0 {
		call := rest.Call{Op: "update role", Method: http.MethodPatch, Path: rolePath(q.Have.ID), Body: body, Idempotent: true}
		if err := r.missing(ctx, r.rest.Do(ctx, call, nil), rolesPath); err != nil {
			return schema.Object{}, err
		}
	}
	return crud.ReadBack(ctx, r, q, q.Have.ID)
}

func (r roles) Remove(ctx context.Context, q provider.Request) error {
	have := q.Have
	defer r.roles.Drop()
	call := rest.Call{Op: "delete role", Method: http.MethodDelete, Path: rolePath(have.ID), Idempotent: true}
	return r.missing(ctx, r.rest.Do(ctx, call, nil), rolesPath)
}

// Remaining looks at the list: Tines answers a request for one role with 404 also where the
// key may not see it.
func (r roles) Remaining(ctx context.Context, q provider.Request, _ error) (schema.Object, error) {
	return crud.Listed(ctx, r, q.Have)
}

// Estimate counts the look before a creation, too.
func (r roles) Estimate(provider.Request) crud.Requests { return crud.Requests{"": steps} }
