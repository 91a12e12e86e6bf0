package config

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

var listParam = function.Parameter{Name: "list", Type: cty.DynamicPseudoType}

// elements returns the members of a list, set or tuple.
func elements(v cty.Value) ([]cty.Value, error) {
	if t := v.Type(); !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
		return nil, function.NewArgErrorf(0, "must be a list, a set or a tuple, not %s", t.FriendlyName())
	}
	return v.AsValueSlice(), nil
}

// foldBools folds a list of booleans: the answer is stop as soon as one element is.
func foldBools(doc string, stop bool) function.Function {
	return function.New(&function.Spec{
		Description: doc,
		Params:      []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:        function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			for _, v := range args[0].AsValueSlice() {
				if v.IsNull() {
					v = cty.False
				}
				if v.True() == stop {
					return cty.BoolVal(stop), nil
				}
			}
			return cty.BoolVal(!stop), nil
		},
	})
}

var (
	allTrueFunc = foldBools("Reports whether every element is true.", false)
	anyTrueFunc = foldBools("Reports whether an element is true.", true)
)

var indexFunc = function.New(&function.Spec{
	Description: "Returns the position of a value in a list, counted from 0.",
	Params:      []function.Parameter{listParam, {Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true}},
	Type:        function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if args[0].Type().IsSetType() {
			return cty.NilVal, function.NewArgErrorf(0, "must be a list or a tuple; a set has no order")
		}
		vs, err := elements(args[0])
		if err != nil {
			return cty.NilVal, err
		}
		for i, v := range vs {
			if v.RawEquals(args[1]) || v.IsNull() && args[1].IsNull() {
				return cty.NumberIntVal(int64(i)), nil
			}
		}
		return cty.NilVal, errors.New("the value is not in the list")
	},
})

var oneFunc = function.New(&function.Spec{
	Description: "Returns the only element of a list, or null where the list is empty.",
	Params:      []function.Parameter{listParam},
	Type: func(args []cty.Value) (cty.Type, error) {
		switch t := args[0].Type(); {
		case t.IsListType() || t.IsSetType():
			return t.ElementType(), nil
		case t.IsTupleType() && t.Length() == 1:
			return t.TupleElementType(0), nil
		}
		return cty.DynamicPseudoType, nil
	},
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		vs, err := elements(args[0])
		switch {
		case err != nil:
			return cty.NilVal, err
		case len(vs) == 0:
			return cty.NullVal(t), nil
		case len(vs) == 1:
			return vs[0], nil
		}
		return cty.NilVal, function.NewArgErrorf(0, "has %d elements, and the function one takes at most one", len(vs))
	},
})

var sumFunc = function.New(&function.Spec{
	Description: "Adds the numbers of a list.",
	Params:      []function.Parameter{listParam},
	Type:        function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		vs, err := elements(args[0])
		if err != nil {
			return cty.NilVal, err
		}
		total := cty.Zero
		for _, v := range vs {
			n, err := convert.Convert(v, cty.Number)
			if err != nil || n.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "has an element that is not a number")
			}
			total = total.Add(n)
		}
		return total, nil
	},
})

// distinctFunc is cty's, which compares each element with each other one, with a set.
var distinctFunc = function.New(&function.Spec{
	Description: stdlib.DistinctFunc.Description(),
	Params:      stdlib.DistinctFunc.Params(),
	Type:        func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, typ cty.Type) (cty.Value, error) {
		seen := cty.NewValueSet(typ.ElementType())
		var out []cty.Value
		for it := args[0].ElementIterator(); it.Next(); {
			if _, v := it.Element(); !seen.Has(v) {
				seen.Add(v)
				out = append(out, v)
			}
		}
		if len(out) == 0 {
			return cty.ListValEmpty(typ.ElementType()), nil
		}
		return cty.ListVal(out), nil
	},
})

// containsFunc also looks for a null: contains(list, null) is whether there is one.
var containsFunc = function.New(&function.Spec{
	Description: anyContainsFunc.Description(),
	Params:      anyContainsFunc.Params(),
	Type:        function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list, value := fromOpaque(args[0]), args[1]
		if value.Type() == cty.String && !value.IsNull() && (list.Type().IsTupleType() || list.Type().IsListType()) {
			return hasText(list, value.AsString()), nil
		}
		return anyContainsFunc.Call([]cty.Value{list, value})
	},
})

// hasText reports whether a text is in a list or a tuple.
func hasText(list cty.Value, text string) cty.Value {
	for it := list.ElementIterator(); it.Next(); {
		if _, v := it.Element(); v.Type() == cty.String && v.IsKnown() && !v.IsNull() && v.AsString() == text {
			return cty.True
		}
	}
	return cty.False
}

// anyContainsFunc is containsFunc for values of all types.
var anyContainsFunc = nullable(stdlib.ContainsFunc, cty.String)
