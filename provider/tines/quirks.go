package tines

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// This file holds what Tines' documentation leaves open and rolecall does in more than one way,
// each under the name of its variant in the emulator. See docs/tines-variants.md.

// role-write: an invitation names a custom role by its name, as the SCIM mapping does, or by
// its id. roleRefs returns the references to try, in order; id may be "". The id of a default
// role is its name.
func roleRefs(name, id string) []string {
	if id == "" || id == name {
		return []string{name}
	}
	return []string{name, id}
}

// include-key: membershipsNames are the names that the memberships of a user may have in an
// answer.
var membershipsNames = []string{"team_memberships", "memberships"}

// user-by-email: foundByAddress reports whether this tenant finds users by the e-mail address
// in place of the id, which Tines documents since 2026. It asks for a user who exists, because
// a 404 for any other user could also mean that there is no such user. It asks once.
func (u users) foundByAddress(ctx context.Context) (bool, error) {
	return u.byAddress.Value(func() (bool, error) {
		all, err := u.usersWithMemberships(ctx)
		if err != nil || len(all) == 0 {
			return false, err
		}
		_, err = u.ask(ctx, all[0].Email, func(w *wireUser) error { return rest.RequireID("user", string(all[0].ID), string(w.ID)) })
		switch provider.Status(err) {
		case http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity:
			return false, nil
		}
		return err == nil, err
	})
}

// errors: reason returns the message in the body of a failure, or "". The shape differs
// from call to call: "errors" with objects, texts, or messages by field; the same list without
// a name; "error"; "message". The parts are "message (details)" or "field: message", joined by
// semicolons.
func reason(_ int, body []byte) string {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return ""
	}
	if whole, ok := v.(map[string]any); ok {
		for _, name := range []string{"errors", "error", "message"} {
			if found := messages(whole[name]); len(found) > 0 {
				return strings.Join(found, "; ")
			}
		}
		return ""
	}
	if list, ok := v.([]any); ok {
		return strings.Join(messages(list), "; ")
	}
	return ""
}

// messages returns the texts in a value, in the order of lists and of names.
func messages(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		if v != "" {
			out = append(out, v)
		}
	case []any:
		for _, item := range v {
			out = append(out, messages(item)...)
		}
	case map[string]any:
		if said := messages(v["message"]); len(said) > 0 {
			text := strings.Join(said, "; ")
			if details := messages(v["details"]); len(details) > 0 {
				text += " (" + strings.Join(details, "; ") + ")"
			}
			return []string{text}
		}
		for _, field := range slices.Sorted(maps.Keys(v)) {
			for _, text := range messages(v[field]) {
				out = append(out, field+": "+text)
			}
		}
	}
	return out
}
