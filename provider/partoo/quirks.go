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
// one way, each headed by the name of its variant in the emulator. See
// docs/partoo-variants.md.

// role-path: Partoo's reference documents the address of custom roles as /custom_role, its
// guide as one below the organization. The setting role_path decides. With "auto" the list of
// roles decides, because its 404 cannot mean that a role is missing.
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

// role-update, group-update: update sends POST, and PUT if POST is not allowed. POST is
// documented for sections and users only, for which methods is nil.
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

// estimate counts the reads, the write, and the second method that an update may need.
func estimate(methods *rest.Alternatives, r provider.Request) crud.Requests {
	switch {
	case r.Action == schema.Create && r.Want.Kind.Unique:
		return crud.Requests{"": 2}
	case r.Action == schema.Update || r.Action == schema.Rename:
		return crud.Requests{"": 3 + methods.Extra(r.Addr, 1)}
	}
	return crud.Requests{"": 3}
}

// errors, error-text: reason returns the messages in the body of a failure, as "field: message"
// joined by semicolons. The documentation has them under "error" and under "errors", as a
// text and as messages by field.
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

// wrappers are keys around the fields that say nothing to a reader.
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

// me-permissions: permissionNames reads the permissions of /user/me, whose form is not
// documented. Anything but a list of names returns nil: the rights of the key are not known.
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

// disabled-filter: disabledFilter limits a search to disabled users. The filter is documented
// without its name, which most likely is that of the user's field.
var disabledFilter = []string{"disabled", "true"}

// builtin-ids: builtinFor reports whether a built-in role with the api_id and the name belongs
// to a user role. The api_ids are not documented, so both are compared with the user role.
func builtinFor(role, apiID, name string) bool {
	words := strings.NewReplacer("_", " ", "-", " ")
	want := words.Replace(strings.ToLower(role))
	return words.Replace(strings.ToLower(apiID)) == want || words.Replace(strings.ToLower(name)) == want
}

// depends-on: oneOrAll reads null, a text, or a list of texts: the documentation shows the
// first two and mentions the third.
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
