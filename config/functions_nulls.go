package config

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// decisive makes a function that gives a known value or an error for known arguments.
// cty's functions give an unknown value where an argument is a null without a type,
// as an empty field of a YAML file or the null in lookup(map, key, null) is.
func decisive(f function.Function) function.Function {
	spec := &function.Spec{Description: f.Description()}
	for _, p := range f.Params() {
		spec.Params = append(spec.Params, tolerant(p))
	}
	if p := f.VarParam(); p != nil {
		any := tolerant(*p)
		spec.VarParam = &any
	}
	spec.Type = function.StaticReturnType(cty.DynamicPseudoType) // the call finds out, once
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if i := untypedNull(args); i >= 0 && !parameterAt(f, i).AllowDynamicType {
			return cty.NilVal, function.NewArgErrorf(i, "argument must not be null")
		}
		v, err := f.Call(args)
		if err == nil && !v.IsKnown() && allKnown(args) {
			return cty.NilVal, function.NewArgErrorf(0, "what comes of it is not known; look for a null in the arguments")
		}
		return v, err
	}
	return function.New(spec)
}

// tolerant makes a parameter that leaves every check to the function behind it.
func tolerant(p function.Parameter) function.Parameter {
	p.AllowNull, p.AllowUnknown, p.AllowDynamicType, p.AllowMarked = true, true, true, true
	return p
}

func parameterAt(f function.Function, i int) function.Parameter {
	if params := f.Params(); i < len(params) {
		return params[i]
	}
	return *f.VarParam()
}

// untypedNull returns the position of the first argument that is a null without a
// type, or -1.
func untypedNull(args []cty.Value) int {
	for i, a := range args {
		if a.Type() == cty.DynamicPseudoType && a.IsKnown() && a.IsNull() {
			return i
		}
	}
	return -1
}

func allKnown(args []cty.Value) bool {
	for _, a := range args {
		if !known(a) {
			return false
		}
	}
	return true
}

// nullable makes a function that takes nulls without a type for the parameters that
// take nulls, by giving them a type.
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

// containsFunc also looks for a null: contains(list, null) is whether there is one.
var containsFunc = nullable(stdlib.ContainsFunc, cty.String)
