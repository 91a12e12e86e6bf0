package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

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
