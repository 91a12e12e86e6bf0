package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// evaluateExpr evaluates an expression. Every expression of a configuration is evaluated
// here and nowhere else.
//
// Everything is known when files are read, so a value that is unknown, or has an
// unknown part, is an error: taken for "nothing" it would empty a for_each or switch
// off a guard. Where it comes from another mistake, finish reports only that one.
func evaluateExpr(e hcl.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	val, diags := e.Value(ctx)
	withoutTraces(diags)
	if _, native := e.(hclsyntax.Expression); !native && ctx != nil {
		diags = append(diags, checkTemplates(e, ctx)...)
	}
	if !diags.HasErrors() && !known(val) {
		diags = append(diags, problem(codeUnknownValue, e.Range().Ptr(), "Value is not known",
			"rolecall cannot determine the value of this expression. Look for a null in it: an empty field, a missing element or try(…, null)."))
	}
	return val, diags
}

// withoutTraces shortens the errors of functions and operators that panicked, which cty
// reports with a stack trace. They do so for numbers that have no result, such as log(0, 0).
func withoutTraces(diags hcl.Diagnostics) {
	for _, d := range diags {
		if before, _, panicked := strings.Cut(d.Detail, "panic in function implementation:"); panicked {
			d.Detail = before + "there is no result for these values. Look for a number that is negative, zero or infinite."
		}
	}
}

// known reports whether a value and all its parts are known. What is unknown in a
// declared object is an attribute with a mistake, which has been reported.
func known(val cty.Value) bool {
	typ := val.Type()
	switch {
	case !val.IsKnown():
		return false
	case val.IsNull(), typ.IsPrimitiveType(), handleIn(val) != nil:
		return true
	case typ.IsObjectType():
		for name, t := range typ.AttributeTypes() {
			if t == cty.String || t == cty.Number || t == cty.Bool {
				if !val.GetAttr(name).IsKnown() {
					return false
				}
			} else if !known(val.GetAttr(name)) {
				return false
			}
		}
		return true
	case typ.IsListType(), typ.IsTupleType(), typ.IsMapType():
		for it := val.ElementIterator(); it.Next(); {
			if _, v := it.Element(); !known(v) {
				return false
			}
		}
		return true
	}
	return val.IsWhollyKnown()
}

// A wrapped expression changes the value of another one, or reports what hcl does not.
type wrapped struct {
	hclsyntax.Expression                      // parentheses around the expression, so that walks over the syntax tree visit it
	written              hclsyntax.Expression // as it is written
	finish               finishFunc
}

// A finishFunc makes the value of a wrapped expression from the value of the expression as
// it is written.
type finishFunc func(cty.Value, hcl.Diagnostics, *hcl.EvalContext) (cty.Value, hcl.Diagnostics)

func wrap(e hclsyntax.Expression, finish finishFunc) hclsyntax.Expression {
	return &wrapped{&hclsyntax.ParenthesesExpr{Expression: e, SrcRange: e.Range()}, e, finish}
}

// Value evaluates the expression.
func (w *wrapped) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	val, diags := w.written.Value(ctx)
	return w.finish(val, diags, ctx)
}

// UnwrapExpression lets hcl look at the expression as it is written.
func (w *wrapped) UnwrapExpression() hclsyntax.Expression { return w.written }

// unwrap returns an expression as it is written.
func unwrap(e hclsyntax.Expression) hclsyntax.Expression {
	if w, ok := e.(*wrapped); ok {
		return w.written
	}
	return e
}
