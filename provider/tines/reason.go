package tines

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// reason finds the words of Tines in the body of a failure. The shape differs from
// call to call: "errors" with objects, texts, or messages by field; the same list
// without a name around it; "error"; "message". All end as "message (details)" or
// "field: message", joined by semicolons. A body of another shape is left to its
// first line.
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

// messages collects what a person can read, in the order of a list and of names.
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
