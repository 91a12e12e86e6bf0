package config

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

func parameterAt(f function.Function, i int) function.Parameter {
	if params := f.Params(); i < len(params) {
		return params[i]
	}
	return *f.VarParam()
}

// specOf is the specification of a function like another one, with other parameters and
// without its code. The type of its result is not known before it is called.
func specOf(f function.Function, change func(*function.Parameter)) *function.Spec {
	spec := &function.Spec{Description: f.Description(), Params: f.Params(), VarParam: f.VarParam(), Type: function.StaticReturnType(cty.DynamicPseudoType)}
	for i := range spec.Params {
		change(&spec.Params[i])
	}
	if spec.VarParam != nil {
		change(spec.VarParam)
	}
	return spec
}

// nullable makes a function that takes nulls without a type, as an empty field of a YAML
// file is, for the parameters that take nulls: it gives them a type. cty answers such a
// null with an unknown value.
func nullable(f function.Function, typ cty.Type) function.Function {
	spec := specOf(f, func(p *function.Parameter) { p.AllowDynamicType = p.AllowDynamicType || p.AllowNull })
	typed := func(args []cty.Value) []cty.Value {
		out := make([]cty.Value, len(args))
		for i, a := range args {
			if out[i] = a; a.Type() == cty.DynamicPseudoType && a.IsKnown() && a.IsNull() {
				out[i] = cty.NullVal(typ)
			}
		}
		return out
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(typed(args)) }
	return function.New(spec)
}

// keepingTexts makes a function of collections that never turns a number or a bool into a
// text: 47 and 0047 are one number and two keys. Where the function asks for texts,
// others are refused; else those beside a text. Only the arguments at the positions are
// looked at, or all if none is given.
func keepingTexts(f function.Function, positions ...int) function.Function {
	return convertingCollections(f, func(i int, val cty.Value, onlyText bool) error {
		if len(positions) > 0 && !slices.Contains(positions, i) {
			return nil
		}
		return mixedTexts(val, onlyText)
	})
}

// convertingCollections makes a function that converts its collections itself. The check, if any,
// looks at each argument before, and at one element of each together.
func convertingCollections(f function.Function, check func(i int, val cty.Value, onlyText bool) error) function.Function {
	spec := specOf(f, func(p *function.Parameter) {
		if p.Type.IsCollectionType() {
			p.Type = cty.DynamicPseudoType
		}
	})
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		args, err := asCollections(f, args, check)
		if err != nil {
			return cty.NilVal, err
		}
		return f.Call(args)
	}
	return function.New(spec)
}

// asCollections converts arguments to the types of the parameters.
func asCollections(f function.Function, args []cty.Value, check func(int, cty.Value, bool) error) ([]cty.Value, error) {
	out := make([]cty.Value, len(args))
	var together []cty.Value
	for i, a := range args {
		out[i] = a
		typ := parameterAt(f, i).Type
		onlyText := typ.IsCollectionType() && typ.ElementType() == cty.String
		if check != nil {
			if err := check(i, a, onlyText); err != nil {
				return nil, function.NewArgErrorf(i, "%s", err)
			}
		}
		if typ.IsCollectionType() && !a.IsNull() && a.IsKnown() && a.CanIterateElements() && a.LengthInt() > 0 {
			it := a.ElementIterator()
			it.Next()
			_, first := it.Element()
			together = append(together, first)
		}
		if a.Type() == cty.DynamicPseudoType {
			continue
		}
		if !typ.IsCollectionType() {
			if check != nil { // the function itself makes a collection of it
				out[i] = unifyLarge(a)
			}
			continue
		}
		var err error
		if out[i], err = convert.Convert(unifyLarge(a), typ); err != nil {
			return nil, function.NewArgError(i, err)
		}
	}
	if check != nil && len(together) > 1 { // such as the sets that setunion makes one of
		if err := mixedTexts(cty.TupleVal(together), false); err != nil {
			return nil, err
		}
	}
	return out, nil
}
