package config

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

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
