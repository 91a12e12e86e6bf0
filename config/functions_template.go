package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// template makes templatefile(path, vars), which renders a file in HCL's
// template language. Its type depends on the file: a template that is one
// interpolation has that expression's type.
func (r *expressionFiles) template(inside map[string]function.Function) function.Function {
	render := func(args []cty.Value) (cty.Value, error) {
		name := args[0].AsString()
		src, err := r.open(name)
		if err != nil {
			return cty.NilVal, err
		}
		vars := args[1]
		if t := vars.Type(); !t.IsObjectType() && !t.IsMapType() {
			return cty.NilVal, function.NewArgErrorf(1, "the second argument is an object with a value for each name in the template")
		}
		expr, diags := parseTemplate([]byte(src.AsString()), name, hcl.InitialPos)
		if !diags.HasErrors() {
			diags = append(diags, checkKeysIn(expr)...)
		}
		if diags.HasErrors() {
			return cty.NilVal, firstError(diags)
		}
		known := vars.AsValueMap()
		if known == nil { // which hcl would tell as "variables not allowed"
			known = map[string]cty.Value{}
		}
		v, diags := evaluateExpr(expr, &hcl.EvalContext{Variables: known, Functions: inside})
		if diags.HasErrors() {
			return cty.NilVal, firstError(diags)
		}
		return v, nil
	}
	return function.New(&function.Spec{
		Description: "Renders a template file with the given values.",
		Params:      []function.Parameter{pathParam, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if !args[0].IsKnown() || !args[1].IsKnown() {
				return cty.DynamicPseudoType, nil
			}
			v, err := render(args)
			if err != nil {
				return cty.NilType, err
			}
			return v.Type(), nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return render(args) },
	})
}

// firstError reports the first error of the diagnostics in one line, since a function
// has no other way to report.
func firstError(diags hcl.Diagnostics) error {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			at := subjectOf(d)
			return fmt.Errorf("%s:%d: %s; %s", at.Filename, at.Start.Line, d.Summary, d.Detail)
		}
	}
	return diags
}
