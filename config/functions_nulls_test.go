package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Every function gives a known value or an error, whatever is null in its arguments.
func TestFunctionsDecideAboutNulls(t *testing.T) {
	dir := writeFiles(t, map[string]string{"a.csv": "x\n1\n"})
	all := functions(treeOf(t, dir))
	some := []string{`null`, `nothing`, `[null]`, `[nothing, "b"]`, `{ a = null }`, `tolist([nothing])`, `"a"`, `1`, `["a", "b"]`, `{ a = "b" }`, `[["a"], null]`}
	ctx := &hcl.EvalContext{Functions: all, Variables: map[string]cty.Value{"nothing": cty.NullVal(cty.String)}}
	tried := 0
	for _, f := range Functions() {
		fewest, most := len(all[f.Name].Params()), len(all[f.Name].Params())
		if all[f.Name].VarParam() != nil {
			most = max(fewest, 1) + 1
		}
		for n := max(fewest, 1); n <= most; n++ {
			for _, args := range combinations(some, min(n, 3)) {
				src := fmt.Sprintf("%s(%s)", f.Name, strings.Join(args, ", "))
				e, diags := hclsyntax.ParseExpression([]byte(src), "test.hcl", hcl.InitialPos)
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				tried++
				if v, diags := e.Value(ctx); !diags.HasErrors() && !v.IsWhollyKnown() {
					t.Errorf("%s gives %#v", src, v)
				}
			}
		}
	}
	if tried < 5000 {
		t.Errorf("only %d calls were tried", tried)
	}
}

func combinations(some []string, n int) [][]string {
	if n == 0 {
		return [][]string{nil}
	}
	var out [][]string
	for _, rest := range combinations(some, n-1) {
		for _, s := range some {
			out = append(out, append(rest[:len(rest):len(rest)], s))
		}
	}
	return out
}

func TestFunctionsWithNulls(t *testing.T) {
	tests := map[string]string{
		`contains(["a", "b"], null)`:            `false`,
		`contains(["a", null], null)`:           `true`,
		`contains(toset(["a"]), null)`:          `false`,
		`contains([], null)`:                    `false`,
		`contains(["a", null], "a")`:            `true`,
		`contains([1, 2], 2)`:                   `true`,
		`lookup({ a = "x" }, "a", null)`:        `"x"`,
		`lookup({ a = "x" }, "b", null)`:        `null`,
		`lookup(tomap({ a = "x" }), "b", null)`: `null`,
		`lookup({ a = ["x"] }, "a", null)`:      `["x"]`,
		`lookup({ a = null }, "a", "x")`:        `null`,
		`coalesce(null, "x")`:                   `"x"`,
		`index(["a", null], null)`:              `1`,
		`merge(null, { a = 1 })`:                `{"a":1}`,
		`one([null])`:                           `null`,
		`jsonencode(null)`:                      `"null"`,
		`jsonencode({ a = null })`:              `"{\"a\":null}"`,
		`tostring(null)`:                        `null`,
		`try(lookup({}, "a", null), "x")`:       `null`,
		`can(contains(["a"], null))`:            `true`,
	}
	for src, want := range tests {
		if got, problem := evaluate(t, t.TempDir(), src); got != want {
			t.Errorf("%s: got %s %s, want %s", src, got, problem, want)
		}
	}
	for src, want := range map[string]string{
		`contains(null, "a")`: `must not be null`,
		`lookup(null, "a")`:   `must not be null`,
		`length(null)`:        `must not be null`,
		`keys(null)`:          `must not be null`,
	} {
		if got, problem := evaluate(t, t.TempDir(), src); !strings.Contains(problem, want) {
			t.Errorf("%s: got %s %s, want %s", src, got, problem, want)
		}
	}
}
