package config

import (
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// What has no result is an error in words, not the panic of the library.
func TestNumbersWithoutResult(t *testing.T) {
	ctx := &hcl.EvalContext{Functions: functions(treeOf(t, t.TempDir())), Variables: map[string]cty.Value{"inf": cty.NumberVal(new(big.Float).SetInf(true))}}
	for text, says := range map[string]string{
		`indent(-1, "a\nb")`:         "must not be negative",
		`log(0, 0)`:                  "there is no result",
		`log(-1, 10)`:                "there is no result",
		`pow(-1, 1.5)`:               "there is no result",
		`log(0, 10)`:                 "not a finite number",
		`inf % 1.5`:                  "there is no result",
		`"${log(0, 0)}"`:             "there is no result",
		`[for x in [0] : log(x, x)]`: "there is no result",
	} {
		e, diags := parseExpression([]byte(text), "test", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		_, diags = evaluateExpr(e, ctx)
		if !diags.HasErrors() || !strings.Contains(diags[0].Detail, says) || strings.Contains(diags.Error(), "goroutine") {
			t.Errorf("%s: want %q, got %v", text, says, diags)
		}
	}
}

// Levels of YAML are those of the document, aliases written out. Brackets in texts are none.
func TestLevelsOfYAML(t *testing.T) {
	nest := func(n int, inner string) string { return strings.Repeat("[", n) + inner + strings.Repeat("]", n) }
	for text, fine := range map[string]bool{
		nest(100, "1"): true,
		nest(101, "1"): false,
		strings.Repeat(`["]", `, 9000) + "1" + strings.Repeat("]", 9000):  false,
		"a: " + strings.Repeat("(", 200) + "[[[ # [[[[":                   true,
		`["` + strings.Repeat("[", 200) + `"]`:                            true,
		"[" + nest(60, "&a "+nest(30, "1")) + ", " + nest(60, "*a") + "]": true,
		"[&a " + nest(60, "1") + ", &b " + nest(39, "*a") + "]":           true,
		"[&a " + nest(60, "1") + ", &b " + nest(60, "*a") + "]":           false,
		"&a [*a]":                       false,
		strings.Repeat("- ", 101) + "1": false,
		"[]":                            true,
		"":                              true,
	} {
		_, err := decodeYAML(text)
		if nested := err != nil && (err == errTooNested || strings.Contains(err.Error(), "deeper")); nested == fine {
			t.Errorf("%.60s (%d bytes): got %v", text, len(text), err)
		}
	}
}
