package config

import (
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// decodeMap takes an object or a map, and each value in it through one. A null in it
// means that there is no such entry. The example is what a value may look like.
func decodeMap[V any](row *schema.Attribute, val cty.Value, example string, one func(cty.Value) (V, *mistake)) (map[string]V, *mistake) {
	if typ := val.Type(); !typ.IsMapType() && !typ.IsObjectType() || handleIn(val) != nil {
		return nil, wrongType("must be a map", "This is %s. Write it like { name = %s }.", describe(val), example)
	}
	out := make(map[string]V, val.LengthInt())
	for it := val.ElementIterator(); it.Next(); {
		k, v := it.Element()
		name := k.AsString()
		if len(row.Names) > 0 && !slices.Contains(row.Names, name) {
			return nil, &mistake{
				code: "config/unknown-entry", summary: "has no entry " + quoted(name), member: -1, entry: name,
				detail: fmt.Sprintf("%s has no entry %q.%s", row.Name, name, suggestion(name, row.Names)),
			}
		}
		if v.IsNull() {
			continue
		}
		value, p := one(v)
		if p != nil {
			p.detail, p.entry = fmt.Sprintf("%q: %s", name, p.detail), name
			return nil, p
		}
		out[name] = value
	}
	return out, nil
}

// oneOrMore takes a list, or one text in its place.
func oneOrMore(val cty.Value, text func(cty.Value) (string, *mistake)) ([]string, *mistake) {
	if val.Type() == cty.String || handleIn(val) != nil {
		s, p := text(val)
		return []string{s}, p
	}
	return decodeSet(val, text)
}
