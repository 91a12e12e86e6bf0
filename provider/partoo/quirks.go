package partoo

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// This file holds what Partoo's documentation leaves open and rolecall handles in more than
// one way, each under the name of its variant in the emulator. See docs/partoo-variants.md.

// role-path: Partoo's reference documents the address of custom roles as /custom_role, its
// guide as one below the organization. The setting role_path decides; with "auto", the list
// of roles does, because only there a 404 cannot mean that a role is missing.
const (
	rolePathAuto = "auto"
	rolePathFlat = "flat"
	rolePathOrg  = "org"

	flatRolePath = "/custom_role"
)

// rolePathsOf lists the addresses to try, in order.
func rolePathsOf(s *Settings) []string {
	below := "/org/" + idText(s.OrgID) + "/custom_role"
	switch s.RolePath {
	case rolePathFlat:
		return []string{flatRolePath}
	case rolePathOrg:
		return []string{below}
	}
	return []string{flatRolePath, below}
}

// listRoles calls list with the address of custom roles.
func (c *client) listRoles(list func(path string) error) error {
	return c.roleWay.Try(len(c.rolePaths), func(way int) (next bool, err error) {
		err = list(c.rolePaths[way])
		status := provider.Status(err)
		return status == http.StatusNotFound || status == http.StatusMethodNotAllowed, err
	})
}

// rolePath returns the address of custom roles.
func (c *client) rolePath(ctx context.Context) (path string, err error) {
	if len(c.rolePaths) == 1 {
		return c.rolePaths[0], nil
	}
	if !c.roleWay.Known() {
		if _, err := c.allRoles(ctx); err != nil {
			return "", err
		}
	}
	err = c.listRoles(func(known string) error { path = known; return nil })
	return path, err
}

// role-update, group-update: sections and users are updated with POST. The page about groups
// is missing from the documentation and the one about roles shows no method, so for these
// PUT is tried where POST is not allowed. methods is nil for the others.
func (c *client) update(ctx context.Context, methods *rest.Alternatives, op, path string, body any) error {
	call := rest.Call{Op: op, Method: http.MethodPost, Path: path, Query: c.query(), Body: body, Idempotent: true, NotFoundIsGone: true}
	if methods == nil {
		return c.rest.Do(ctx, call, nil)
	}
	return methods.Try(2, func(way int) (next bool, err error) {
		call.Method = []string{http.MethodPost, http.MethodPut}[way]
		err = c.rest.Do(ctx, call, nil)
		return provider.Status(err) == http.StatusMethodNotAllowed, err
	})
}

// estimate counts the reads, the write, and what an update may have to try.
func estimate(methods *rest.Alternatives, r provider.Request) crud.Requests {
	switch {
	case r.Action == schema.Create && r.Want.Kind.Unique:
		return crud.Requests{"": 2}
	case r.Action == schema.Update || r.Action == schema.Rename:
		return crud.Requests{"": 3 + methods.Extra(r.Addr, 1)}
	}
	return crud.Requests{"": 3}
}

// errors, error-text: reason finds Partoo's own words in the body of a failure. The
// documentation has two shapes, under "error" and under "errors", with a text or with
// messages by field; all of them end as "field: message" joined by semicolons.
func reason(_ int, body []byte) string {
	var b struct {
		Error  any `json:"error"`
		Errors any `json:"errors"`
	}
	if json.Unmarshal(body, &b) != nil {
		return ""
	}
	var out []string
	for _, v := range []any{b.Error, b.Errors} {
		out = append(out, messages("", v)...)
	}
	return strings.Join(out, "; ")
}

// wrappers are the words under which Partoo puts every failure of a sort; they
// tell a reader nothing.
var wrappers = []string{"json", "query", "authentication", "authorization"}

func messages(field string, v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		if field != "" && v != "" {
			return []string{field + ": " + v}
		}
		if v != "" {
			return []string{v}
		}
	case []any:
		for _, item := range v {
			out = append(out, messages(field, item)...)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inner := field
			if !slices.Contains(wrappers, name) {
				inner = strings.TrimPrefix(field+"."+name, ".")
			}
			out = append(out, messages(inner, v[name])...)
		}
	}
	return out
}

// me-permissions: the form of the permissions of /user/me is not documented. Names are
// read; of anything else nil is returned, and nothing is said about the key's rights.
func permissionNames(raw json.RawMessage) map[string]bool {
	var list []string
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return nil
	}
	names := map[string]bool{}
	for _, name := range list {
		names[name] = true
	}
	return names
}

// disabled-filter: disabledFilter asks a search for disabled users only. The filter is
// documented without its name, which most likely is that of the user's field.
var disabledFilter = []string{"disabled", "true"}

// builtin-ids: builtinFor reports whether a built-in role, known by api_id and name, is the
// one that a user role stands for. Its api_id is documented nowhere, so both are compared
// with the user role's words.
func builtinFor(role, apiID, name string) bool {
	words := strings.NewReplacer("_", " ", "-", " ")
	want := words.Replace(strings.ToLower(role))
	return words.Replace(strings.ToLower(apiID)) == want || words.Replace(strings.ToLower(name)) == want
}

// depends-on: oneOrAll reads null, a text, or a list of texts: the documentation shows the
// first two and speaks of the third.
type oneOrAll []string

func (o *oneOrAll) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]string)(o))
	}
	var one string
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*o = nil
	if one != "" {
		*o = oneOrAll{one}
	}
	return nil
}
