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

// anyContainsFunc is containsFunc for values of all types.
var anyContainsFunc = nullable(stdlib.ContainsFunc, cty.String)
