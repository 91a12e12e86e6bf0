package config

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// decode brings a known value that is not null to the Go form of the
// attribute, as Attribute.SetAny takes it.
func decode(row *schema.Attribute, val cty.Value, t *tenant) (any, *mistake) {
	text := plainText
	if len(row.Kinds) > 0 {
		text = func(v cty.Value) (string, *mistake) {
			key, m := referencedKey(row, v, t)
			if m == nil && key == "" && (row.Type == schema.TypeSet || row.Type == schema.TypeSets) {
				return "", wrongType("must not contain an empty text", "Write a reference such as %s.name here, or leave the member out. An empty cell of a CSV file is an empty text.", row.Kinds[0])
			}
			return key, m
		}
	}
	switch row.Type {
	case schema.TypeBool:
		return untyped(trueOrFalse(val, "must be true or false"))
	case schema.TypeInt:
		return wholeNumber(val)
	case schema.TypeSet:
		return untyped(decodeSet(val, text))
	case schema.TypeSets:
		return decodeSets(row, val, text)
	case schema.TypeMap:
		example := `"value"`
		if len(row.Kinds) > 0 {
			example = row.Kinds[0] + ".name"
		}
		return untyped(decodeMap(row, val, example, text))
	case schema.TypeBoolMap:
		return untyped(decodeMap(row, val, "true", func(v cty.Value) (bool, *mistake) { return trueOrFalse(v, "must contain only true or false") }))
	case schema.TypeSetMap:
		return untyped(decodeMap(row, val, `["value"]`, func(v cty.Value) ([]string, *mistake) { return oneOrMore(v, text) }))
	}
	s, m := text(val)
	if m != nil {
		m.value = textIn(val)
	}
	return untyped(s, m)
}

// textIn returns the text that a value is, or "".
func textIn(val cty.Value) string {
	if val.IsNull() || !val.IsKnown() || val.Type() != cty.String {
		return ""
	}
	return val.AsString()
}

// untyped keeps a typed value out of the interface if there is a mistake.
func untyped[T any](v T, m *mistake) (any, *mistake) {
	if m != nil {
		return nil, m
	}
	return v, nil
}

// emptyHint helps with the empty cell of a CSV file.
func emptyHint(val cty.Value) string {
	if val.Type() == cty.String && val.AsString() == "" {
		return " An empty cell is an empty text; write (x == \"\" ? null : x) to leave the attribute unset."
	}
	return ""
}

const mustBeText = "must be text"

// plainText takes texts only: a number in place of a text is a mistake, because
// 007 and 7 are one number and two keys.
func plainText(val cty.Value) (string, *mistake) {
	switch typ := val.Type(); {
	case val.IsNull():
		return "", wrongType("must not contain null", "A text is needed here.")
	case typ == cty.String:
		return val.AsString(), nil
	case typ == cty.Number, typ == cty.Bool:
		return "", wrongType(mustBeText, "This is %s. Put it in quotes where it is written.", describe(val))
	case handleIn(val) != nil:
		h := handleIn(val)
		return "", wrongType(mustBeText, "This is the whole %s. Name the attribute that is meant, such as %s.%s.",
			h.resource.kind.Name, h.resource.name, h.resource.kind.Attributes[0].Name)
	}
	return "", wrongType(mustBeText, "This is %s.", describe(val))
}

// trueOrFalse takes a bool, also written as a text.
func trueOrFalse(val cty.Value, summary string) (bool, *mistake) {
	v, err := convert.Convert(val, cty.Bool)
	if err != nil {
		return false, wrongType(summary, "This is %s.%s", describe(val), emptyHint(val))
	}
	return v.True(), nil
}

// wholeNumber takes a number without a fraction, also written as a text.
func wholeNumber(val cty.Value) (any, *mistake) {
	v, err := convert.Convert(val, cty.Number)
	if err != nil {
		return nil, wrongType("must be a number", "This is %s.%s", describe(val), emptyHint(val))
	}
	n, accuracy := v.AsBigFloat().Int64()
	if accuracy != big.Exact {
		return nil, wrongType("must be a whole number", "This is %s.", describe(val))
	}
	return n, nil
}

// describe names a value in a sentence: `the text "abc"`, "a list of 3".
func describe(val cty.Value) string {
	typ := val.Type()
	switch {
	case val.IsNull():
		return "null"
	case !val.IsKnown():
		return "not known"
	case typ == cty.String:
		return "the text " + quoted(val.AsString())
	case typ == cty.Number:
		return "the number " + val.AsBigFloat().Text('g', 20)
	case typ == cty.Bool:
		return fmt.Sprintf("the value %t", val.True())
	case handleIn(val) != nil:
		return "the declared " + handleIn(val).resource.name
	case typ.IsTupleType(), typ.IsListType(), typ.IsSetType():
		return "a list with " + text.Count(val.LengthInt(), "member", "members")
	case typ.IsMapType() && isResource(typ.ElementType()):
		return "a block with for_each, so " + text.Count(val.LengthInt(), "object", "objects")
	case typ.IsMapType():
		return "a map of " + text.Count(val.LengthInt(), "value", "values")
	case typ.IsObjectType():
		return "an object { " + listSome(slices.Sorted(maps.Keys(typ.AttributeTypes()))) + " }"
	}
	return typ.FriendlyName()
}
