package partoo

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

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
