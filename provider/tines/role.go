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
	BasedOn     string   // input: a default role, whose permissions are the start
	Enable      []string // input: permissions added to the start
	Disable     []string // input: permissions taken from the start
	Type        string   // default or custom, as the product says
}

// allowAll is what a default role may show in the place of a list.
const allowAll = "ALLOW_ALL"

// The types of roles.
const (
	typeDefault = "default"
	typeCustom  = "custom"
)

var roleKind = schema.Kind{
	Name: "role",
	Doc: "A role says what a member may do in a team. A tenant has at most 25 custom roles, and some default roles such as TEAM_ADMIN, EDITOR and VIEWER. " +
		"Those cannot be changed: a block for one only gives it a name to refer to.",
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the role. Tines cannot change it once the role exists: with the old one in previously, the new role is created, "+
			"every member moved, and the old role deleted, for which one of the 25 must be free. A number is no name, because it could be the id of another role.",
			func(r *Role) *string { return &r.Name }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Check(roleName).Like(`"SOC_ANALYST"`),
		schema.String("description", "What the role is for; others read it below the role's name. Write \"\" to clear it.",
			func(r *Role) *string { return &r.Description }).
			With(schema.LongText).Like(`"Works on cases and reads stories"`),
		schema.Set("permissions", "Permissions that the role grants: always the whole list. None implies another, so a permission to write or to manage "+
			"needs the one to view beside it. Write either this or based_on.",
			func(r *Role) *[]string { return &r.Permissions }).
			With(schema.CarriesRights).Check(permissionName).Like(`["CASE_CREATE", "STORY_CREATE"]`),
		schema.String("based_on", "Default role to start from. Its permissions are read from the tenant for every plan, which shows the outcome in permissions.",
			func(r *Role) *string { return &r.BasedOn }).
			With(schema.ConfigOnly).Like(`"VIEWER"`),
		schema.Set("enable", "Permissions that the role has besides those of based_on.",
			func(r *Role) *[]string { return &r.Enable }).
			With(schema.ConfigOnly).Check(permissionName).Like(`["CASE_CREATE"]`),
		schema.Set("disable", "Permissions of based_on that the role does not have.",
			func(r *Role) *[]string { return &r.Disable }).
			With(schema.ConfigOnly | schema.EmptyMayMeanAll).Check(permissionName).Like(`["STORY_CREATE"]`),
		schema.String("type", "Whether Tines made the role (default) or the tenant (custom).",
			func(r *Role) *string { return &r.Type }).
			With(schema.ReadOnly).Like(`"custom"`),
	},
	Validate: validateRole,
}

// roleName is the rule for a name. A role is found by id or name, so a name must
// not look like an id.
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

// permissionName is the rule for a permission. Which ones there are the tenant knows.
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
		out = append(out, o.Problem("tines/two-ways", "based_on", "Either permissions or based_on",
			"permissions is the whole list, and based_on would make another one. Keep permissions, or write what differs from the default role into enable and disable."))
	}
	if !o.Has("based_on") {
		for _, name := range []string{"enable", "disable"} {
			if o.Has(name) {
				out = append(out, o.Problem("tines/no-base", name, name+" needs based_on",
					fmt.Sprintf("%s changes what a default role grants, and no default role is named. Add based_on = \"VIEWER\", or write the whole list into permissions.", name)))
			}
		}
	} else if r.BasedOn == "" {
		out = append(out, o.Problem("tines/no-base", "based_on", "based_on names no role",
			"Write the default role to start from, such as based_on = \"VIEWER\", or take the attribute out and write the whole list into permissions."))
	}
	for _, p := range r.Enable {
		if slices.Contains(r.Disable, p) {
			out = append(out, o.Problem("tines/both-ways", "disable", "A permission is enabled and disabled",
				fmt.Sprintf("%s stands in enable and in disable. Take it out of one of the two.", p)).About(p))
		}
	}
	for _, name := range []string{"permissions", "enable", "disable"} {
		if set, _ := o.Any(name).([]string); slices.Contains(set, "") {
			out = append(out, o.Problem("tines/empty-permission", name, "A permission has no name",
				fmt.Sprintf("One member of %s is an empty text. Take it out, or write the permission that was meant.", name)))
		}
	}
	return out
}

// roles are the calls for roles. A role is always addressed by its id: its name
// would do as well, and then a role called "123" could be another one.
type roles struct{ *client }

const rolesPath = "/admin/roles"

func rolePath(id string) string { return rolesPath + "/" + url.PathEscape(id) }

// allRoles reads every role, default ones among them, once.
func (c *client) allRoles(ctx context.Context) ([]wireRole, error) {
	return c.roles.Value(func() ([]wireRole, error) {
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
		Validate: func() error { return cmp.Or(w.known(), rest.RequireID("role", o.ID, string(w.ID))) },
	}
	if err := r.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, r.missing(ctx, err, rolesPath)
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
	defer r.roles.Clear()
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
	defer r.roles.Clear()
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
