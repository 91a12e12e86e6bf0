package tines

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Role is a named set of permissions that members have in a team.
type Role struct {
	Name        string
	Description string
	Permissions []string
	BasedOn     string   // only in files: a default role to start from
	Enable      []string // only in files: permissions added to those of BasedOn
	Disable     []string // only in files: permissions removed from those of BasedOn
	Type        string   // default or custom
}

// allowAll is the permission that a default role may show instead of a list (API reference, List
// roles).
const allowAll = "ALLOW_ALL"

// The types of roles.
const (
	typeDefault = "default"
	typeCustom  = "custom"
)

var roleKind = schema.Kind{
	Name: "role",
	Doc: "A role says what a member may do in a team. A tenant has at most 25 custom roles, and default roles such as TEAM_ADMIN, EDITOR and VIEWER. " +
		"Default roles cannot be changed: a block for one only lets other blocks refer to it.",
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the role. Tines cannot change it: with the old name in previously, rolecall creates the new role, gives it to "+
			"every member, and deletes the old one, for which one of the 25 must be free. A number is not allowed, because it could be the id of another role.",
			func(r *Role) *string { return &r.Name }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Check(roleName).Like(`"SOC_ANALYST"`),
		schema.String("description", "What the role is for, shown below its name. Write \"\" to clear it.",
			func(r *Role) *string { return &r.Description }).
			With(schema.LongText).Like(`"Works on cases and reads stories"`),
		schema.Set("permissions", "Permissions that the role grants: always the whole list. None implies another, so a permission to write or to manage "+
			"also needs the one to view. Write either this or based_on.",
			func(r *Role) *[]string { return &r.Permissions }).
			With(schema.CarriesRights).Check(permissionName).Like(`["CASE_CREATE", "STORY_CREATE"]`),
		schema.String("based_on", "Default role to start from. rolecall reads its permissions from the tenant for every plan, which shows the result in permissions.",
			func(r *Role) *string { return &r.BasedOn }).
			With(schema.ConfigOnly).Like(`"VIEWER"`),
		schema.Set("enable", "Permissions that the role grants besides those of based_on.",
			func(r *Role) *[]string { return &r.Enable }).
			With(schema.ConfigOnly).Check(permissionName).Like(`["CASE_CREATE"]`),
		schema.Set("disable", "Permissions of based_on that the role does not grant.",
			func(r *Role) *[]string { return &r.Disable }).
			With(schema.ConfigOnly | schema.EmptyMayMeanAll).Check(permissionName).Like(`["STORY_CREATE"]`),
		schema.String("type", "Whether Tines made the role (default) or the tenant (custom).",
			func(r *Role) *string { return &r.Type }).
			With(schema.ReadOnly).Like(`"custom"`),
	},
	Validate: validateRole,
}

// roleName is the rule for a name. Tines finds a role by its id or name (API reference, Get a
// role), so a name must not look like an id.
func roleName(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("must not be empty")
	case strings.TrimSpace(s) != s:
		return fmt.Errorf("must not begin or end with a space; this is %q", s)
	case strings.Trim(s, "0123456789") == "":
		return fmt.Errorf("must not be a number: %q could be the id of another role. Put a letter in it", s)
	case strings.ContainsFunc(s, unicode.IsControl):
		return fmt.Errorf("must be one line of text; this is %q", s)
	}
	return nil
}

// permissionName is the rule for a permission. Only the tenant knows which ones exist.
func permissionName(s string) error {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == ',' }) {
		return fmt.Errorf("takes names such as STORY_CREATE; this is %q", s)
	}
	return nil
}

func validateRole(o *schema.Object) []schema.Finding {
	r := o.Body.(*Role)
	var out []schema.Finding
	if o.Has("permissions") && o.Has("based_on") {
		out = append(out, o.Problem("tines/two-ways", "based_on", "A role has either permissions or based_on",
			"permissions is the whole list, and based_on gives another one. Keep permissions, or write the differences from the default role into enable and disable."))
	}
	if !o.Has("based_on") {
		for _, name := range []string{"enable", "disable"} {
			if o.Has(name) {
				out = append(out, o.Problem("tines/no-base", name, name+" needs based_on",
					fmt.Sprintf("%s changes the permissions of a default role, and the block names none. Add based_on = \"VIEWER\", or write the whole list into permissions.", name)))
			}
		}
	} else if r.BasedOn == "" {
		out = append(out, o.Problem("tines/no-base", "based_on", "based_on names no role",
			"Write the default role to start from, such as based_on = \"VIEWER\", or remove the attribute and write the whole list into permissions."))
	}
	for _, p := range r.Enable {
		if slices.Contains(r.Disable, p) {
			out = append(out, o.Problem("tines/both-ways", "disable", "A permission is enabled and disabled",
				fmt.Sprintf("%s is in enable and in disable. Remove it from one of them.", p)).About(p))
		}
	}
	for _, name := range []string{"permissions", "enable", "disable"} {
		if set, _ := o.Any(name).([]string); slices.Contains(set, "") {
			out = append(out, o.Problem("tines/empty-permission", name, "A permission has no name",
				fmt.Sprintf("A member of %s is an empty string. Remove it, or write the name of a permission.", name)))
		}
	}
	return out
}

// roles are the calls for roles. They address a role by its id. Tines also accepts the name,
// but a role called "123" could then be another one.
type roles struct{ *client }

const rolesPath = "/admin/roles"

func rolePath(id string) string { return rolesPath + "/" + url.PathEscape(id) }

// allRoles reads every role, the default ones included, once.
func (c *client) allRoles(ctx context.Context) ([]wireRole, error) {
	return c.roles.Value(func() ([]wireRole, error) {
		return list(ctx, c, rest.Collection[wireRole]{
			Op: "list roles", Path: rolesPath, Items: "admin/roles", ID: func(r *wireRole) string { return string(r.ID) }, Validate: (*wireRole).validate,
		})
	})
}

func (r roles) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := r.allRoles(ctx)
	crud.Yield(all, err, r.live, yield)
}

// live makes an object of a role in the list, which others may read at the same time.
func (r roles) live(w *wireRole) schema.Object {
	body := w.Role
	body.Permissions = slices.Clone(body.Permissions)
	o := r.Object(&roleKind, string(w.ID), &body, w.shown)
	if w.Type != typeCustom {
		o.Frozen, o.FrozenBy = schema.Everything, "Tines does not allow changes of default roles"
	}
	return o
}

func (r roles) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	var w wireRole
	call := rest.Call{
		Op: "read role", Path: rolePath(o.ID),
		Validate: func() error { return cmp.Or(w.validate(), rest.RequireID("role", o.ID, string(w.ID))) },
	}
	if err := r.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, r.goneOrDenied(ctx, err, rolesPath)
	}
	return r.live(&w), nil
}

func (r roles) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	r.roles.Clear()
	return crud.FindListed(ctx, r.List, want)
}

func (r roles) Create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer r.roles.Clear()
	body := roleWire.fields(q.Want.Body, q.Want.Set|roleKind.Mask("permissions"))
	if body["description"] == "" {
		delete(body, "description")
	}
	id, err := r.create(ctx, "create role", rolesPath, body)
	if err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, r, q, id)
}

// Update sends the attributes that change. The permissions are always the whole list, which
// replaces the old one (API reference, Update a role).
func (r roles) Update(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer r.roles.Clear()
	if body := roleWire.fields(q.Want.Body, q.Changed); len(body) > 0 {
		call := rest.Call{Op: "update role", Method: http.MethodPatch, Path: rolePath(q.Have.ID), Body: body}
		if err := r.write(ctx, rolesPath, call); err != nil {
			return schema.Object{}, err
		}
	}
	return crud.ReadBack(ctx, r, q, q.Have.ID)
}

func (r roles) Remove(ctx context.Context, q provider.Request) error {
	defer r.roles.Clear()
	return r.write(ctx, rolesPath, rest.Call{Op: "delete role", Method: http.MethodDelete, Path: rolePath(q.Have.ID)})
}

// Remaining reads the list: a 404 for one role may also mean that the key lacks the right.
func (r roles) Remaining(ctx context.Context, q provider.Request, _ error) (schema.Object, error) {
	return crud.Listed(ctx, r, q.Have)
}

// Estimate counts the look-up before a creation, too.
func (r roles) Estimate(provider.Request) crud.Requests { return crud.Requests{"": requestsPerWrite} }
