package config

import (
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// cty looks for marks in all parts of the arguments whenever a function is called. For
// functions that look for one element, as lookup(local.directory, r.email), that is more
// work than the function itself, and a minute for 20,000 rows. So their first argument is
// passed in one piece.

// wholeType is the type of a value that is passed in one piece.
var wholeType = cty.Capsule("value", reflect.TypeFor[cty.Value]())

// inOnePiece are the functions whose first argument is passed in one piece.
func inOnePiece(name string) bool { return name == "lookup" || name == "contains" }

// A wholeArg is an argument that is passed in one piece.
type wholeArg struct {
	hclsyntax.Expression                      // parentheses around the argument, so that whoever walks over the expression visits it
	arg                  hclsyntax.Expression // as it is written
}

func newWholeArg(e hclsyntax.Expression) *wholeArg {
	if w, ok := e.(*wholeArg); ok {
		return w
	}
	return &wholeArg{&hclsyntax.ParenthesesExpr{Expression: e, SrcRange: e.Range()}, e}
}

// Value evaluates the argument. Nulls and values that are not known stay what they are.
func (w *wholeArg) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	val, diags := w.arg.Value(ctx)
	if diags.HasErrors() || !val.IsKnown() || val.IsNull() || val.IsMarked() {
		return val, diags
	}
	return cty.CapsuleVal(wholeType, &val), diags
}

// UnwrapExpression lets hcl look at the argument as it is written.
func (w *wholeArg) UnwrapExpression() hclsyntax.Expression { return w.arg }

// whole returns a value that may be passed in one piece.
func whole(val cty.Value) cty.Value {
	if val.Type() == wholeType && val.IsKnown() && !val.IsNull() {
		return *val.EncapsulatedValue().(*cty.Value)
	}
	return val
}

// containsFunc also looks for a null: contains(list, null) is whether there is one.
var containsFunc = function.New(&function.Spec{
	Description: anyContainsFunc.Description(),
	Params:      anyContainsFunc.Params(),
	Type:        function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list, value := whole(args[0]), args[1]
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
