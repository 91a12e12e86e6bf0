package partoo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Role is a custom role: a named set of permissions.
type Role struct {
	APIID       string
	Name        string
	Description string
	Permissions []string
}

var roleKind = schema.Kind{
	Name:   "role",
	Unique: true, // api_id is unique in the organization
	Doc: "A custom role is a named set of permissions. A user's custom_role says what the user may do, " +
		"the user's role and accesses say where. Partoo's two built-in roles are builtin_role blocks.",
	Attributes: []schema.Attribute{
		schema.String("api_id", "Identifier of the role in the API, unique in the organization. Other systems may use it, so it never "+
			"changes in place: with the old one in previously, the new role is created, every holder moved, and the old role deleted. "+
			"Lower-case letters, digits, _ and - are safe.",
			func(r *Role) *string { return &r.APIID }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Check(roleAPIID).Like(`"store_editor"`),
		schema.String("name", `Name that people see, 1 to 100 characters. Partoo forbids , ; / \ | < and > in it.`,
			func(r *Role) *string { return &r.Name }).
			With(schema.Required).Check(upTo(100, notInRoles)).Like(`"Store editor"`),
		schema.String("description", `What the role is for, 1 to 200 characters. Partoo's reference forbids , ; / \ | < and > in it, `+
			"while its guide prints descriptions with commas. There is no documented way to clear a description once there is one.",
			func(r *Role) *string { return &r.Description }).
			With(schema.LongText).Check(upTo(200, "")).Like(`"Edits stores"`),
		schema.Set("permissions", "Names of the permissions that the role grants: always the whole list, as GET /permissions spells them. "+
			"Which exist depends on the organization's plans. A permission that depends on another needs that one too.",
			func(r *Role) *[]string { return &r.Permissions }).
			With(schema.CarriesRights).Like(`["business_edit", "business_edit_open_hours"]`),
	},
	Validate: validateRole,
}

// safeAPIID is safe in URLs and in other systems.
var safeAPIID = regexp.MustCompile(`^[a-z0-9_-]{1,100}$`)

func roleAPIID(s string) error {
	if s == "duplicate" || s == "reset" {
		return fmt.Errorf("cannot be %q: Partoo uses this word in the address of another call, so the role could not be reached", s)
	}
	return upTo(100, notInRoles)(s)
}

func validateRole(o *schema.Object) []schema.Finding {
	var out []schema.Finding
	if empty(o, "description") {
		out = append(out, o.Problem("partoo/empty-description", "description", "A description cannot be empty",
			"Partoo takes 1 to 200 characters and documents no way to clear a description. Write a text, or leave the attribute out "+
				"to keep what is there. To clear one, edit the role in the Partoo app."))
	}
	if !o.Has("permissions") {
		out = append(out, o.Problem("partoo/role-without-permissions", "permissions", "The role does not say what it grants",
			"Write permissions = [...] with every permission that the role grants, or permissions = [] for a role that grants nothing."))
	}
	return append(out, emptyNames(o)...)
}

// emptyNames reports an empty permission. The rules for texts do not see members of sets.
func emptyNames(o *schema.Object) []schema.Finding {
	permissions, _ := o.Any("permissions").([]string)
	if len(permissions) == 0 || permissions[0] != "" {
		return nil
	}
	return []schema.Finding{o.Problem("partoo/empty-permission", "permissions", "A permission has no name",
		"One member of permissions is empty. Remove it, or write the intended permission.")}
}

// newAPIID is the rule for the api_id of a new role. Whether Partoo allows a dot is not clear
// from the documentation, so a new api_id must not have one.
func newAPIID(s string) error {
	for _, c := range s {
		if c == '.' {
			return errors.New("must not contain a dot")
		}
	}
	return nil
}

// roles are the calls for custom roles and for built-in roles, of which only the permissions
// can change.
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

// live returns the object for a role. It is incomplete without the permissions, which the
// list does not have.
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
			if w.APIID == "" || w.Permissions.Value == nil {
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
	defer r.roles.Clear()
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

// roleBody has the whole role, because it is not documented whether an update may leave
// something out. An empty description is left out, because Partoo needs one character.
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
	defer r.roles.Clear()
	path, err := r.rolePath(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	want := *q.Want
	if !want.Has("permissions") { // the list is always sent, so it has to be known
		now, err := r.Read(ctx, *q.Have)
		if err != nil {
			return schema.Object{}, err
		}
		want = want.Clone()
		i := r.kind.Index("permissions")
		r.kind.Attributes[i].Copy(want.Body, now.Body)
	}
	if err := r.client.update(ctx, &r.roleUpdate, "update role", path+"/"+url.PathEscape(q.Have.ID), roleBody(&want)); err != nil {
		return schema.Object{}, r.takenName(ctx, q, err)
	}
	return crud.ReadBack(ctx, r, q, q.Have.ID)
}

// takenName adds advice to a refusal if another role has the wanted name, as when two roles
// swap their names in one plan.
func (r roles) takenName(ctx context.Context, q provider.Request, refusal error) error {
	var e *provider.Error
	role, custom := q.Want.Body.(*Role)
	if !errors.As(refusal, &e) || e.Status != http.StatusBadRequest || !custom {
		return refusal
	}
	r.roles.Clear()
	r.List(ctx, func(o schema.Object, err error) bool {
		other, ok := o.Body.(*Role)
		if err != nil || !ok || other.APIID == role.APIID || !strings.EqualFold(other.Name, role.Name) {
			return err == nil
		}
		e.Hint = fmt.Sprintf("%s still has the name %q. If the two roles swap their names, give one of them a third name first and apply, "+
			"then write the intended name and apply again.", o.Addr, other.Name)
		return false
	})
	return refusal
}

func (r roles) Remove(ctx context.Context, q provider.Request) error {
	have := q.Have
	defer r.roles.Clear()
	path, err := r.rolePath(ctx)
	if err != nil {
		return err
	}
	call := rest.Call{Op: "delete role", Method: http.MethodDelete, Path: path + "/" + url.PathEscape(have.ID), Query: r.query(), Idempotent: true, NotFoundIsGone: true}
	return r.rest.Do(ctx, call, nil)
}

// Estimate implements crud.Estimator. Built-in roles are updated by the call for custom ones.
func (r roles) Estimate(q provider.Request) crud.Requests {
	return estimate(&r.roleUpdate, q)
}
