package config

import (
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// cty looks for marks in all parts of the arguments whenever a function is called. For
// functions that look for one element, as lookup(local.directory, r.email), that is more
// work than the function itself, and a minute for 20,000 rows. So their first argument is
// passed in one piece.

// opaqueType is the type of a value that is passed in one piece.
var opaqueType = cty.Capsule("value", reflect.TypeFor[cty.Value]())

// takesOpaque are the functions whose first argument is passed in one piece.
func takesOpaque(name string) bool { return name == "lookup" || name == "contains" }

// asOpaque finishes an argument that is passed in one piece. Nulls and values that are
// not known are not changed.
func asOpaque(val cty.Value, diags hcl.Diagnostics, _ *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if diags.HasErrors() || !val.IsKnown() || val.IsNull() || val.IsMarked() || val.Type() == opaqueType {
		return val, diags
	}
	return cty.CapsuleVal(opaqueType, &val), diags
}

// fromOpaque returns a value that may be passed in one piece.
func fromOpaque(val cty.Value) cty.Value {
	if val.Type() == opaqueType && val.IsKnown() && !val.IsNull() {
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
