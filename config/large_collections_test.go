package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Large tuples and objects become lists and maps with the elements that they have.
func TestUniformKeepsElements(t *testing.T) {
	tests := map[string]string{
		`length(toset(local_l))`:                                 `600`,
		`sort(local_l)[599]`:                                     `"u999"`,
		`length(distinct(concat(local_l, local_l)))`:             `600`,
		`distinct(concat(local_l, ["u400"]))[0]`:                 `"u400"`,
		`length(true ? local_l : [])`:                            `600`,
		`length(false ? local_l : [])`:                           `0`,
		`(true ? local_o : {}).u400.name`:                        `"u400"`,
		`(true ? local_o : {}).u400.tel`:                         `null`,
		`(true ? local_m : {}).u999`:                             `"7"`,
		`join("", [for x in local_l : ""])`:                      `""`,
		`tolist([for x in concat(local_l, [null]) : x])[600]`:    `null`,
		`length(setunion(local_l, ["a", "u400"]))`:               `601`,
		`can(tolist([for i, x in local_l : i < 300 ? x : [x]]))`: `false`,
		`can(toset(concat(local_l, [1])))`:                       `false`,
		`(true ? concat(local_l, [7]) : [])[600]`:                `"7"`,
		`{ for x in (true ? local_l : []) : x => 1 }.u999`:       `1`,
		`jsonencode(slice(tolist(local_l), 0, 2))`:               `"[\"u400\",\"u401\"]"`,
	}
	const l = `[for n in range(400, 1000) : "u${n}"]`
	for src, want := range tests {
		src = strings.NewReplacer("local_l", l,
			"local_o", `{ for n in range(400, 1000) : "u${n}" => { name = "u${n}", tel = null } }`,
			"local_m", `merge({ for n in range(400, 999) : "u${n}" => "x" }, { u999 = 7 })`).Replace(src)
		if got, problem := evaluate(t, t.TempDir(), src); got != want {
			t.Errorf("%s: got %s %s, want %s", src, got, problem, want)
		}
	}
}

// What cty would compare pair by pair is a list or a map before it comes to that.
func TestLargeCollectionsAreUniform(t *testing.T) {
	const src = `[for n in range(400, 1000) : "u${n}"]`
	e, diags := parseExpression([]byte(src), "test", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	tuple, diags := e.Value(&hcl.EvalContext{Functions: functions(treeOf(t, t.TempDir()))})
	if diags.HasErrors() || !tuple.Type().IsTupleType() {
		t.Fatal(tuple.Type(), diags)
	}
	attrs := map[string]cty.Value{}
	for i, v := range tuple.AsValueSlice() {
		attrs[fmt.Sprint(i)] = v
	}
	if got := unifyLarge(tuple).Type(); !got.Equals(cty.List(cty.String)) {
		t.Errorf("a tuple becomes %s", got.FriendlyName())
	}
	if got := unifyLarge(cty.ObjectVal(attrs)).Type(); !got.Equals(cty.Map(cty.String)) {
		t.Errorf("an object becomes %s", got.FriendlyName())
	}
	spy := function.New(&function.Spec{
		Params: []function.Parameter{{Name: "v", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(args[0].Type().IsListType()), nil
		},
	})
	if list, err := keepingTexts(spy).Call([]cty.Value{tuple}); err != nil || list.False() {
		t.Errorf("a function of collections takes a tuple: %v", err)
	}
	e, _ = parseExpression([]byte(`true ? l : []`), "test", hcl.InitialPos)
	checkKeysIn(e)
	if val, diags := e.(*hclsyntax.ConditionalExpr).TrueResult.Value(&hcl.EvalContext{Variables: map[string]cty.Value{"l": tuple}}); !val.Type().IsListType() {
		t.Errorf("a conditional expression compares %s: %v", val.Type().FriendlyName(), diags)
	}
}
