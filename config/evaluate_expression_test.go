package config

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A value with an unknown part is an error wherever it is, and null is known.
func TestUnknownValuesAreErrors(t *testing.T) {
	ctx := &hcl.EvalContext{Functions: functions(treeOf(t, t.TempDir())), Variables: map[string]cty.Value{
		"nothing": cty.NullVal(cty.DynamicPseudoType),
		"x":       cty.UnknownVal(cty.String),
		"deep":    cty.ObjectVal(map[string]cty.Value{"a": cty.ListVal([]cty.Value{cty.UnknownVal(cty.Bool)})}),
	}}
	for src, want := range map[string]bool{
		`x`: true, `[x]`: true, `{ a = [x] }`: true, `deep`: true, `x == "a" ? 1 : 2`: true, `"a${x}"`: true, `[for y in ["a"] : y if x == y]`: true,
		`try(x, "a")`: true, `toset([x])`: true, `tomap({ a = x })`: true, `contains(["a"], x)`: true, `[deep.a[0]]`: true,
		`nothing`: false, `[null]`: false, `{ a = null }`: false, `"a"`: false, `[]`: false, `{}`: false, `toset(["a"])`: false,
	} {
		e, diags := hclsyntax.ParseExpression([]byte(src), "a.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		_, diags = evaluateExpr(e, ctx)
		if got := diags.HasErrors() && Code(diags[0]) == codeUnknownValue && diags[0].Subject != nil; got != want {
			t.Errorf("%s: error %t, want %t: %v", src, got, want, diags)
		}
	}
}
