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

// decodeSet takes a list, a tuple or a set, and each member through text.
func decodeSet(val cty.Value, text func(cty.Value) (string, *mistake)) ([]string, *mistake) {
	if p := notList(val); p != nil {
		return nil, p
	}
	out := make([]string, 0, val.LengthInt())
	for it := val.ElementIterator(); it.Next(); {
		_, v := it.Element()
		s, p := text(v)
		if p != nil {
			p.value = textIn(v)
			if p.member = len(out); val.Type().IsSetType() {
				p.member = -1
			}
			if p.summary == mustBeText {
				p.summary = "must be a list of texts"
			}
			return nil, p
		}
		out = append(out, s)
	}
	return out, nil
}

// notList reports what is no list.
func notList(val cty.Value) *mistake {
	typ := val.Type()
	switch {
	case val.IsNull():
		return wrongType("must be a list", "This is null. Write [] for a list without members.")
	case typ.IsListType(), typ.IsTupleType(), typ.IsSetType():
		return nil
	case typ == cty.String:
		return wrongType("must be a list", "This is %s. Put it in brackets: [ … ].", describe(val))
	case handleIn(val) != nil:
		return wrongType("must be a list", "This is %s. Put it in brackets: [%s].", describe(val), handleIn(val).resource.name)
	case typ.IsMapType(), typ.IsObjectType():
		return wrongType("must be a list", "This is %s. Write values(…) around it to take all of them, or name one with [\"key\"].", describe(val))
	}
	return wrongType("must be a list", "This is %s.", describe(val))
}

// decodeSets takes a list whose members are lists, or declared objects that stand
// for one.
func decodeSets(row *schema.Attribute, val cty.Value, text func(cty.Value) (string, *mistake)) (any, *mistake) {
	if p := notList(val); p != nil {
		return nil, p
	}
	out := make([][]string, 0, val.LengthInt())
	for it := val.ElementIterator(); it.Next(); {
		_, v := it.Element()
		inner, p := innerSet(row, v, text)
		if p != nil {
			if p.member = len(out); val.Type().IsSetType() {
				p.member = -1
			}
			return nil, p
		}
		out = append(out, inner)
	}
	return out, nil
}

func innerSet(row *schema.Attribute, v cty.Value, text func(cty.Value) (string, *mistake)) ([]string, *mistake) {
	if v.IsNull() {
		return nil, wrongType("must not contain null", "A list is needed here.")
	}
	if h := handleIn(v); h != nil && row.Via != "" {
		return h.virtualSet(row)
	}
	if v.Type() == cty.String {
		if _, p := text(v); p != nil {
			return nil, p
		}
	}
	inner, p := decodeSet(v, text)
	if p != nil && v.Type() == cty.String && row.Via != "" {
		p.detail = fmt.Sprintf("Each member is a declared %s, such as %s.name, or a list of %s.", row.Via, row.Via, listKinds(row.Kinds))
	}
	return inner, p
}
