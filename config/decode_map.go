package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

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

// onOrOff takes the value of a switch.
func onOrOff(val cty.Value) (bool, *mistake) {
	v, err := convert.Convert(val, cty.Bool)
	if err != nil {
		return false, wrongType("must contain only true or false", "This is %s.%s", describe(val), emptyHint(val))
	}
	return v.True(), nil
}

// oneOrMore takes a list, or one text in its place.
func oneOrMore(val cty.Value, text func(cty.Value) (string, *mistake)) ([]string, *mistake) {
	if val.Type() == cty.String || handleIn(val) != nil {
		s, p := text(val)
		return []string{s}, p
	}
	return decodeSet(val, text)
}

// inEntry finds what the mistake means inside a map that is written out: the name,
// where that is what is wrong, else the value or the member of it.
func (m *mistake) inEntry(e hcl.Expression) hcl.Range {
	pair, ok := entryOf(e, m.entry)
	switch {
	case !ok:
		return e.Range()
	case m.code == "config/unknown-entry":
		return pair.Key.Range()
	case m.member >= 0:
		return elementRange(pair.Value, m.member)
	}
	return pair.Value.Range()
}

// entryOf finds the entry of a map that is written out.
func entryOf(e hcl.Expression, name string) (hcl.KeyValuePair, bool) {
	pairs, diags := hcl.ExprMap(e)
	if diags.HasErrors() {
		return hcl.KeyValuePair{}, false
	}
	i := slices.IndexFunc(pairs, func(p hcl.KeyValuePair) bool { return keyText(p) == name })
	if i < 0 {
		return hcl.KeyValuePair{}, false
	}
	return pairs[i], true
}

// keyText is the name of an entry where it is written out, or "".
func keyText(p hcl.KeyValuePair) string {
	val, diags := p.Key.Value(nil)
	if diags.HasErrors() || val.IsNull() || !val.IsKnown() || val.Type() != cty.String {
		return ""
	}
	return val.AsString()
}
