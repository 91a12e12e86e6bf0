package config

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func parameterAt(f function.Function, i int) function.Parameter {
	if params := f.Params(); i < len(params) {
		return params[i]
	}
	return *f.VarParam()
}

func allKnown(args []cty.Value) bool {
	for _, a := range args {
		if !known(a) {
			return false
		}
	}
	return true
}

// nullable makes a function that takes nulls without a type, as an empty field of a YAML
// file is, for the parameters that take nulls: it gives them a type. cty answers such a
// null with an unknown value.
func nullable(f function.Function, typ cty.Type) function.Function {
	spec := &function.Spec{Description: f.Description()}
	for _, p := range f.Params() {
		p.AllowDynamicType = p.AllowDynamicType || p.AllowNull
		spec.Params = append(spec.Params, p)
	}
	if p := f.VarParam(); p != nil {
		any := *p
		any.AllowDynamicType = any.AllowDynamicType || any.AllowNull
		spec.VarParam = &any
	}
	typed := func(args []cty.Value) []cty.Value {
		out := make([]cty.Value, len(args))
		for i, a := range args {
			if out[i] = a; a.Type() == cty.DynamicPseudoType && a.IsKnown() && a.IsNull() {
				out[i] = cty.NullVal(typ)
			}
		}
		return out
	}
	spec.Type = function.StaticReturnType(cty.DynamicPseudoType)
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(typed(args)) }
	return function.New(spec)
}

// anyContainsFunc is containsFunc for values of all types.
var anyContainsFunc = nullable(stdlib.ContainsFunc, cty.String)
