package config

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// What lookup and contains look into is passed in one piece, and they find what is in it.
func TestLookupTakesOnePiece(t *testing.T) {
	for _, src := range []string{`lookup({ a = "x" }, "a")`, `contains(["a"], "a")`} {
		e, diags := parseExpression([]byte(src), "test", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for range 2 { // checking an expression again changes nothing
			checkKeysIn(e)
		}
		val, diags := e.(*hclsyntax.FunctionCallExpr).Args[0].Value(nil)
		if diags.HasErrors() || val.Type() != opaqueType || fromOpaque(val).Type() == opaqueType {
			t.Errorf("%s: the first argument is %s", src, val.Type().FriendlyName())
		}
	}
	for src, want := range map[string]string{
		`lookup(lookup({ a = { b = "x" } }, "a"), "b")`:       `"x"`,
		`lookup({ for x in ["a", "b"] : x => x }, "b")`:       `"b"`,
		`lookup([{ a = "x" }, "a"]...)`:                       `"x"`,
		`contains(keys({ a = 1 }), "a")`:                      `true`,
		`contains(["a", 1, ["b"], null], ["b"])`:              `true`,
		`contains(["a", 1, null], "1")`:                       `false`,
		`contains(toset(["a"]), "a")`:                         `true`,
		`can(lookup({ a = 1 }.b, "a"))`:                       `false`,
		`try(lookup({ a = "x" }, "b"), contains(["b"], "b"))`: `true`,
	} {
		if got, problem := evaluate(t, t.TempDir(), src); got != want {
			t.Errorf("%s: got %s %s, want %s", src, got, problem, want)
		}
	}
	for src, want := range map[string]string{
		`lookup("a", "b")`: `must be a map or an object`, `contains("a", "b")`: `list`, `lookup({ ab = 1 }, "aB")`: `but there is "ab"`,
	} {
		if got, problem := evaluate(t, t.TempDir(), src); !strings.Contains(problem, want) {
			t.Errorf("%s gives %s %s, want %s", src, got, problem, want)
		}
	}
}
