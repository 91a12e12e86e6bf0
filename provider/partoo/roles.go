package partoo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// roles are the calls for custom roles, and for built-in roles, which are custom
// roles of which only the permissions can change.
type roles struct {
	*client
	kind *schema.Kind
}

func (r roles) builtinKind() bool { return r.kind == &builtinRoleKind }

func (r roles) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := r.allRoles(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range all {
		if all[i].IsBuiltin == r.builtinKind() && !yield(r.live(&all[i]), nil) {
			return
		}
	}
}

// live makes an object of a role; it is thin where the permissions are missing,
// as they are in the list.
func (r roles) live(w *wireRole) schema.Object {
	permissions := schema.Canonical(w.Permissions.Value)
	var body any = &Role{APIID: w.APIID, Name: w.Name, Description: w.Description, Permissions: permissions}
	set := schema.Mask(0)
	if r.builtinKind() {
		body = &BuiltinRole{APIID: w.APIID, Permissions: permissions}
		set = r.kind.Mask("api_id", "permissions")
	} else {
		set = r.kind.Mask("api_id", "name", "description", "permissions")
	}
	if w.Permissions.Value == nil {
		set = set.Without(r.kind.Index("permissions"))
	}
	o := r.Object(r.kind, w.APIID, body, set)
	o.Incomplete = w.Permissions.Value == nil
	if r.builtinKind() {
		o.Alias = w.Name
	}
	return o
}

func (r roles) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	path, err := r.rolePath(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	var w wireRole
	call := rest.Call{
		Op: "read role", Path: path + "/" + url.PathEscape(o.ID), Query: r.query(), NotFoundIsGone: true,
		Validate: func() error {
			if !w.known() || w.Permissions.Value == nil {
				return errors.New("the answer is not a role with its permissions")
			}
			return nil
		},
	}
	if err := r.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	if w.IsBuiltin != r.builtinKind() {
		return schema.Object{}, &provider.Error{Op: "read role", Reason: fmt.Sprintf("%q is not a %s", o.ID, r.kind.Name), Err: provider.ErrNotFound}
	}
	return r.live(&w), nil
}

func (r roles) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	want.ID = want.Addr.Key
	return r.Read(ctx, want)
}

func (r roles) Create(ctx context.Context, req provider.Request) (schema.Object, error) {
	want := *req.Want
	defer r.roles.Drop()
	path, err := r.rolePath(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	call := rest.Call{Op: "create role", Method: http.MethodPost, Path: path, Query: r.query(), Body: roleBody(&want)}
	if err := r.rest.Do(ctx, call, nil); err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, r, req, want.Body.(*Role).APIID)
}

// roleBody is the whole role: whether an update may leave something out is not
// documented. An empty description is left out, because one character is the least.
func roleBody(want *schema.Object) map[string]any {
	if b, builtin := want.Body.(*BuiltinRole); builtin {
		return map[string]any{"permissions": rest.Array(b.Permissions)}
	}
	role := want.Body.(*Role)
	body := map[string]any{"api_id": role.APIID, "name": role.Name, "permissions": rest.Array(role.Permissions)}
	if role.Description != "" {
		body["description"] = role.Description
	}
	return body
}

func (r roles) Update(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer r.roles.Drop()
	path, err := r.rolePath(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	want := *q.Want
	if !want.Has("permissions") { // the whole list is always sent, so it has to be known
		now, err := r.Read(ctx, *q.Have)
		if err != nil {
			return schema.Object{}, err
		}
		want = want.Clone()
		i := r.kind.Index("permissions")
		r.kind.Attributes[i].Copy(want.Body, now.Body)
	}
	if err := r.client.update(ctx, "role", "update role", path+"/"+url.PathEscape(q.Have.ID), roleBody(&want)); err != nil {
		return schema.Object{}, r.takenName(ctx, q, err)
	}
	return crud.ReadBack(ctx, r, q, q.Have.ID)
}

// takenName says of a refusal, where another role has the name that is wanted, which one
// it is and what to do: two roles may swap their names in one plan.
func (r roles) takenName(ctx context.Context, q provider.Request, refusal error) error {
	var e *provider.Error
	role, custom := q.Want.Body.(*Role)
	if !errors.As(refusal, &e) || e.Status != http.StatusBadRequest || !custom {
		return refusal
	}
	r.roles.Drop()
	r.List(ctx, func(o schema.Object, err error) bool {
		other, ok := o.Body.(*Role)
		if err != nil || !ok || other.APIID == role.APIID || !strings.EqualFold(other.Name, role.Name) {
			return err == nil
		}
		e.Hint = fmt.Sprintf("%s still has the name %q. If the two roles swap their names, give one of them a third name first and apply, "+
			"then write the name that is meant and apply once more.", o.Addr, other.Name)
		return false
	})
	return refusal
}

func (r roles) Remove(ctx context.Context, q provider.Request) error {
	have := q.Have
	defer r.roles.Drop()
	path, err := r.rolePath(ctx)
	if err != nil {
		return err
	}
	call := rest.Call{Op: "delete role", Method: http.MethodDelete, Path: path + "/" + url.PathEscape(have.ID), Query: r.query(), Idempotent: true, NotFoundIsGone: true}
	return r.rest.Do(ctx, call, nil)
}

// Estimate implements crud.Estimator. Built-in roles are updated by the call for custom ones.
func (r roles) Estimate(q provider.Request) crud.Requests {
	return r.updates.estimate(roleKind.Name, q)
}
