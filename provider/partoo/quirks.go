package partoo

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The ways to say which address custom roles have. Partoo's reference documents
// the flat one and its guide the one below the organization.
const (
	rolePathAuto = "auto"
	rolePathFlat = "flat"
	rolePathOrg  = "org"
)

// A roleRefFormat is the address of custom roles, once it is known.
type roleRefFormat struct {
	mu   sync.Mutex
	path string
}

func (f *roleRefFormat) known() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.path
}

func (f *roleRefFormat) set(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.path = path
}

func (c *client) orgRolePath() string { return "/org/" + idText(c.org) + "/custom_role" }

const flatRolePath = "/custom_role"

// rolePath is the address of custom roles. Where the settings leave it open and
// nothing was listed yet, the list decides: only there 404 cannot mean that a
// role is missing.
func (c *client) rolePath(ctx context.Context) (string, error) {
	if p := c.roleRefFormat.known(); p != "" {
		return p, nil
	}
	_, err := c.allRoles(ctx)
	return c.roleRefFormat.known(), err
}

// updateMethods remembers by resource which method its update takes.
type updateMethods struct {
	mu    sync.Mutex
	known map[string]string // by resource
	tried map[string]schema.Address
}

func (m *updateMethods) method(what string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known[what]
}

func (m *updateMethods) learn(what, method string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[string]string{}
	}
	m.known[what] = method
}

// estimate counts the reads, the write, and what an update may have to try.
func (m *updateMethods) estimate(what string, r provider.Request) crud.Requests {
	n := 3
	switch r.Action {
	case schema.Create:
		if r.Want.Kind.Unique {
			n = 2
		}
	case schema.Update, schema.Rename:
		n += m.attempts(what, r.Addr)
	}
	return crud.Requests{"": n}
}

// attempts is how many requests the first update of a resource may take more than
// the others. Which method it takes is documented for sections and users only.
// The change that is asked about first is the one that pays.
func (m *updateMethods) attempts(what string, addr schema.Address) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known[what] != "" {
		return 0
	}
	if _, paid := m.tried[what]; !paid {
		if m.tried == nil {
			m.tried = map[string]schema.Address{}
		}
		m.tried[what] = addr
	}
	if m.tried[what] == addr {
		return 1
	}
	return 0
}

// update sends the whole or changed state of an object that exists. POST is
// what the documentation shows; one page lost its method, and where POST is not
// allowed PUT is tried. The call only states what shall be, so it may be repeated.
func (c *client) update(ctx context.Context, what, op, path string, body any) error {
	call := rest.Call{Op: op, Method: c.updates.method(what), Path: path, Query: c.query(), Body: body, Idempotent: true, NotFoundIsGone: true}
	if call.Method != "" {
		return c.rest.Do(ctx, call, nil)
	}
	call.Method = http.MethodPost
	err := c.rest.Do(ctx, call, nil)
	if provider.Status(err) == http.StatusMethodNotAllowed {
		call.Method = http.MethodPut
		if second := c.rest.Do(ctx, call, nil); provider.Status(second) != http.StatusMethodNotAllowed {
			err = second
		}
	}
	if err == nil {
		c.updates.learn(what, call.Method)
	}
	return err
}

// reason finds Partoo's own words in the body of a failure. The documentation has
// two shapes, under "error" and under "errors", with a text or with messages by
// field; all of them end as "field: message" joined by semicolons.
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

// permissionNames reads the permissions of /user/me, whose form is not
// documented: a list of names, a list of objects with a name, names as the keys of
// an object, or the sections of GET /permissions. Anything else gives nil.
func permissionNames(raw json.RawMessage) map[string]bool {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil || v == nil {
		return nil
	}
	names := map[string]bool{}
	switch v := v.(type) {
	case []any:
		collect(v, names)
	case map[string]any:
		if sections, ok := v["sections"].([]any); ok {
			collect(sections, names)
			break
		}
		for name, granted := range v {
			if on, isBool := granted.(bool); isBool && on {
				names[name] = true
			} else if !isBool {
				return nil
			}
		}
	default:
		return nil
	}
	return names
}

func collect(items []any, into map[string]bool) {
	for _, item := range items {
		switch item := item.(type) {
		case string:
			into[item] = true
		case map[string]any:
			inner := false
			for _, list := range []string{"subsections", "permissions"} {
				if items, ok := item[list].([]any); ok {
					collect(items, into)
					inner = true
				}
			}
			if name, ok := item["name"].(string); ok && !inner {
				into[name] = true
			}
		}
	}
}

// post sends a new user. An older documentation has a text where the newer one
// has a boolean; where Partoo refuses that, nothing was made and the text is sent.
func (u users) post(ctx context.Context, body map[string]any) (id string, err error) {
	var answer struct {
		ID string `json:"id"`
	}
	call := rest.Call{
		Op: "create user", Method: http.MethodPost, Path: "/user", Query: u.query(), Body: body,
		Validate: func() error { return made(answer.ID) },
	}
	err = u.rest.Do(ctx, call, &answer)
	if provider.Status(err) == http.StatusBadRequest && strings.Contains(err.Error(), "send_invitation") {
		body["send_invitation"] = "False"
		if body["status"] == nil {
			body["send_invitation"] = "True"
		}
		err = u.rest.Do(ctx, call, &answer)
	}
	return answer.ID, err
}

// disabledFilter is what most likely asks a search for disabled users only: the name of
// the field of a user.
var disabledFilter = []string{"disabled", "true"}

// builtinFor reports whether a built-in role, known by api_id and name, is the
// one that a user role stands for. Its api_id is documented nowhere, so both
// are compared with the user role's words.
func builtinFor(role, apiID, name string) bool {
	words := strings.NewReplacer("_", " ", "-", " ")
	want := words.Replace(strings.ToLower(role))
	return words.Replace(strings.ToLower(apiID)) == want || words.Replace(strings.ToLower(name)) == want
}

// oneOrAll reads null, a text, or a list of texts: the documentation shows the
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
