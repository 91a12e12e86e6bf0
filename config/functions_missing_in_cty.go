package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// This file holds the functions that cty's standard library lacks, or has with
// less than people expect of the name.

func textTest(doc, name string, test func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Description: doc,
		Params:      []function.Parameter{{Name: "text", Type: cty.String}, {Name: name, Type: cty.String}},
		Type:        function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(test(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

var (
	startsWithFunc   = textTest("Reports whether a text begins with a prefix.", "prefix", strings.HasPrefix)
	endsWithFunc     = textTest("Reports whether a text ends with a suffix.", "suffix", strings.HasSuffix)
	containsTextFunc = textTest("Reports whether a text contains another.", "part", strings.Contains)
)

// replaceFunc takes a search text between slashes as a regular expression.
var replaceFunc = function.New(&function.Spec{
	Description: "Replaces every occurrence of a text; between slashes it is a regular expression.",
	Params: []function.Parameter{
		{Name: "text", Type: cty.String}, {Name: "search", Type: cty.String}, {Name: "replacement", Type: cty.String},
	},
	Type: function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		s, search, by := args[0].AsString(), args[1].AsString(), args[2].AsString()
		if len(search) < 2 || search[0] != '/' || search[len(search)-1] != '/' {
			return cty.StringVal(strings.ReplaceAll(s, search, by)), nil
		}
		re, err := regexp.Compile(search[1 : len(search)-1])
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(1, "%s", err)
		}
		return cty.StringVal(re.ReplaceAllString(s, by)), nil
	},
})

// lengthFunc also counts the characters of a text and the attributes of an object.
var lengthFunc = function.New(&function.Spec{
	Description: "Counts the elements of a collection, or the characters of a text.",
	Params:      []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true}},
	Type:        function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		switch v, t := args[0], args[0].Type(); {
		case t == cty.String:
			return stdlib.Strlen(v)
		case t.IsObjectType():
			return cty.NumberIntVal(int64(len(t.AttributeTypes()))), nil
		default:
			return stdlib.Length(v)
		}
	},
})

// coalesceFunc passes over empty texts as well as nulls, because an empty cell
// of a CSV file is an empty text.
var coalesceFunc = function.New(&function.Spec{
	Description: "Returns the first value that is neither null nor an empty text.",
	VarParam:    &function.Parameter{Name: "values", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true},
	Type:        stdlib.CoalesceFunc.ReturnTypeForValues,
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		for _, v := range args {
			if !v.IsKnown() {
				return cty.UnknownVal(t), nil
			}
			if v, err := convert.Convert(v, t); err != nil {
				return cty.NilVal, err
			} else if !v.IsNull() && !(v.Type() == cty.String && v.AsString() == "") {
				return v, nil
			}
		}
		return cty.NilVal, errors.New("every value is null or empty")
	},
})

// lookupFunc finds one element without walking over the others, and may go
// without a default.
var lookupFunc = function.New(&function.Spec{
	Description: "Returns the element of a map or object with the key, or else the default.",
	Params:      []function.Parameter{{Name: "map", Type: cty.DynamicPseudoType, AllowMarked: true}, {Name: "key", Type: cty.String}},
	VarParam:    &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true},
	Type: func(args []cty.Value) (cty.Type, error) {
		if !args[0].IsKnown() || !args[1].IsKnown() {
			return cty.DynamicPseudoType, nil
		}
		v, err := lookup(args)
		if err != nil {
			return cty.NilType, err
		}
		return v.Type(), nil
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return lookup(args) },
})

func lookup(args []cty.Value) (cty.Value, error) {
	m, marks := fromOpaque(args[0]).Unmark()
	t, key := m.Type(), args[1].AsString()
	switch {
	case len(args) > 3:
		return cty.NilVal, errors.New("takes a map, a key and one default")
	case t.IsObjectType() && t.HasAttribute(key):
		return m.GetAttr(key).WithMarks(marks), nil
	case t.IsMapType() && m.HasIndex(args[1]).True():
		return m.Index(args[1]).WithMarks(marks), nil
	case !t.IsObjectType() && !t.IsMapType():
		return cty.NilVal, function.NewArgErrorf(0, "must be a map or an object")
	case len(args) == 2:
		return cty.NilVal, noKey(m, key)
	case t.IsMapType():
		v, err := convert.Convert(args[2], t.ElementType())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(2, "the default must be like the elements of the map: %s", err)
		}
		return v.WithMarks(marks), nil
	}
	return args[2].WithMarks(marks), nil
}

func noKey(m cty.Value, key string) error {
	var names []string
	if m.LengthInt() <= maxHintNames {
		for it := m.ElementIterator(); it.Next(); {
			k, _ := it.Element()
			names = append(names, k.AsString())
		}
	}
	if n := schema.Nearest(key, names); n != "" {
		return fmt.Errorf("there is no element %q, but there is %q", key, n)
	}
	return fmt.Errorf("there is no element %q, and no default was given", key)
}
