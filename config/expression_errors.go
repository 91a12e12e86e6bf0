package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// explain gives hcl's diagnostics a code, says in our words what people meet most,
// and adds the values that were involved. The evaluation context, which would keep
// everything in memory, is let go. Secret values are not shown.
func explain(diags hcl.Diagnostics, secret bool) hcl.Diagnostics {
	for _, d := range diags {
		if d.Extra == nil || Code(d) == codeOf(d) {
			d.Extra = extra{code: codeOf(d)}
		}
		if d.Expression == nil || d.EvalContext == nil {
			continue
		}
		rows := rowsOfElements(d.Expression, d.EvalContext)
		switch key := keyIn(d); {
		case unknownFunction(d):
		case key != "" && !secret:
			d.Summary = "Key " + quoted(key) + " is used twice"
			d.Detail = fmt.Sprintf("Two elements have the key %q here, and only one of them could be kept. Delete one of them, or make the keys differ.", text.Clean(key))
			withRows(d, rowsWithKeys(key)...)
		case rephrase(d, secret):
		case secret:
			d.Detail = "Details are hidden, because a sensitive variable is involved."
		default:
			d.Detail += involvedValues(d.Expression, d.EvalContext)
		}
		withRows(d, rows...)
		d.Expression, d.EvalContext = nil, nil
	}
	return diags
}

// unknownFunction says what to do instead of calling a function of Terraform.
func unknownFunction(d *hcl.Diagnostic) bool {
	call, ok := d.Expression.(*hclsyntax.FunctionCallExpr)
	if !ok || d.Summary != "Call to unknown function" {
		return false
	}
	advice := functionAdvice(call.Name)
	if advice != "" {
		d.Detail = fmt.Sprintf("There is no function named %q. %s", call.Name, advice)
	}
	return advice != ""
}

// referenceIn gives a plain reference as it is written, or "".
func referenceIn(e hclsyntax.Expression) string {
	if t, ok := e.(*hclsyntax.ScopeTraversalExpr); ok {
		return written(t.Traversal)
	}
	return ""
}

// shorten cuts an expression for a summary.
func shorten(name string) string { return text.Shorten(name, longestName) }

// written gives a traversal as it is written in HCL.
func written(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			switch {
			case !s.Key.IsKnown(): // a number that is written wrongly
				b.WriteString("[?]")
			case s.Key.Type() == cty.String:
				fmt.Fprintf(&b, "[%q]", s.Key.AsString())
			default:
				fmt.Fprintf(&b, "[%s]", s.Key.AsBigFloat().Text('f', 0))
			}
		}
	}
	return b.String()
}

// involvedValues lists the short values that an expression mentions, as sentences.
func involvedValues(e hcl.Expression, ctx *hcl.EvalContext) string {
	const most, longest = 3, 60
	var out []string
	for _, t := range e.Variables() {
		val, diags := t.TraverseAbs(ctx)
		if diags.HasErrors() || !val.IsKnown() || val.IsMarked() || written(t) == "each.key" {
			continue
		}
		if val.IsNull() || val.Type().IsPrimitiveType() {
			if s := fmt.Sprintf("%s is %s.", written(t), describe(val)); len(s) <= longest && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "\nHere " + strings.Join(out[:min(most, len(out))], " ")
}
