package providertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A wrongAnswer replaces or changes the answer to a call.
type wrongAnswer struct {
	name       string
	maySucceed bool // planning may succeed, if the plan is the same as with the right answer
	status     int  // if not 0, the answer has this status and the product gets no request
	change     func(body []byte) []byte
}

// wrongShapes returns answers of a shape that is not documented.
func wrongShapes(maySucceed bool) []wrongAnswer {
	always := func(text string) wrongAnswer {
		return wrongAnswer{name: fmt.Sprintf("the answer is %q", text), maySucceed: maySucceed, change: func(body []byte) []byte {
			if text == "[]" && bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
				return []byte("{}")
			}
			return []byte(text)
		}}
	}
	return []wrongAnswer{
		always("{}"), always(`{"other":[]}`), always(`{"items":[]}`), always("null"), always("[]"), always(`""`), always(""),
		always("<html><title>Sign in</title></html>"),
	}
}

// withoutLists returns answers that lack one of the lists, or everything in its items but
// their ids. A list is given by its path,
// as in "data.users".
func withoutLists(lists []string) []wrongAnswer {
	var out []wrongAnswer
	for _, list := range lists {
		if list == "" {
			continue // the answer itself
		}
		path := strings.Split(list, ".")
		for name, change := range map[string]func(map[string]any, string){
			"missing":   func(o map[string]any, key string) { delete(o, key) },
			"null":      func(o map[string]any, key string) { o[key] = nil },
			"an object": func(o map[string]any, key string) { o[key] = map[string]any{} },
			"a list of ids": func(o map[string]any, key string) {
				for _, item := range o[key].([]any) {
					if item, object := item.(map[string]any); object {
						maps.DeleteFunc(item, func(name string, _ any) bool { return name != "id" })
					}
				}
			},
		} {
			out = append(out, wrongAnswer{name: list + " is " + name, maySucceed: true, change: func(body []byte) []byte { return editList(body, path, change) }})
		}
	}
	return out
}

// editList changes the first list at a path.
func editList(body []byte, path []string, change func(o map[string]any, key string)) []byte {
	var whole any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&whole) != nil {
		return body
	}
	var at func(v any, path []string) bool
	at = func(v any, path []string) bool {
		switch v := v.(type) {
		case []any:
			return slices.ContainsFunc(v, func(item any) bool { return at(item, path) })
		case map[string]any:
			if len(path) > 1 {
				return at(v[path[0]], path[1:])
			}
			if _, is := v[path[0]].([]any); is {
				change(v, path[0])
				return true
			}
		}
		return false
	}
	at(whole, path)
	text, err := json.Marshal(whole)
	if err != nil {
		return body
	}
	return text
}

// listsOf returns the paths of the lists in a JSON value, "" for the value itself.
func listsOf(v any) []string {
	found := map[string]bool{}
	var walk func(v any, path string)
	walk = func(v any, path string) {
		switch v := v.(type) {
		case []any:
			found[path] = true
			for _, item := range v {
				walk(item, path)
			}
		case map[string]any:
			for key, value := range v {
				if !strings.Contains(key, ".") {
					walk(value, strings.TrimPrefix(path+"."+key, "."))
				}
			}
		}
	}
	walk(v, "")
	return slices.Sorted(maps.Keys(found))
}

// appendToNames appends text to the strings of an answer that are one of the names.
func appendToNames(body []byte, names map[string]string, text string) []byte {
	var whole any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&whole) != nil {
		return body
	}
	known := slices.Collect(maps.Values(names))
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			if slices.ContainsFunc(known, func(name string) bool { return strings.EqualFold(name, v) }) {
				return v + text
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			for key := range v {
				v[key] = walk(v[key])
			}
		}
		return v
	}
	out, err := json.Marshal(walk(whole))
	if err != nil {
		return body
	}
	return out
}
