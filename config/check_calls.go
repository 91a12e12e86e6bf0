package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// What an argument of a function of checks names.
const (
	nameOfSubject = "subject"
	nameOfRight   = "right"
	nameOfScope   = "scope"
)

// A checkFunction is a function that only check blocks have.
type checkFunction struct {
	params   []string // what each argument names
	optional int      // how many of the last may be left out
	doc      string
}

// checkFunctions are the functions that only check blocks have, by name. In a check, can is not the can
// of other expressions.
func checkFunctions() map[string]checkFunction {
	return map[string]checkFunction{
		"can": {[]string{nameOfSubject, nameOfRight, nameOfScope}, 1,
			"Reports whether a subject has a right on the whole scope, such as a store or a team; without a scope, anywhere."},
		"who_can":        {[]string{nameOfRight, nameOfScope}, 1, "The set of subjects with a right on the scope or on a part of it; without a scope, anywhere."},
		"subjects":       {nil, 0, "The set of everybody who may have rights."},
		"administrators": {nil, 0, "The set of administrators, also of those who are invited. Not for Rose Rocket."},
		"rights":         {[]string{nameOfSubject}, 0, "The set of the rights of a subject."},
	}
}

// readsFiles are functions that check blocks do not have, because the files are closed when they are
// evaluated.
var readsFiles = []string{"file", "fileexists", "fileset", "templatefile"}

// A checkName is a name of a subject, right or scope that a check has written out. It is looked up even
// if no condition is evaluated that needs it, because for_each has no members.
type checkName struct {
	what string
	text string
	at   hcl.Range
}

// checkCalls reads the calls of functions in an expression of a check: unknown functions, wrong numbers
// of arguments, and names that are written out. It is false if something is wrong, which it reports.
func (e *evaluator) checkCalls(c *check, x hcl.Expression) bool {
	fine := true
	refuse := func(at hcl.Range, code, summary, detail string, args ...any) {
		fine = false
		e.report(problem(code, &at, summary, detail, args...))
	}
	all := checkFunctions()
	for _, call := range callsIn(x) {
		f, ours := all[call.Name]
		_, known := e.functions[call.Name]
		switch {
		case slices.Contains(readsFiles, call.Name):
			refuse(call.NameRange, "config/not-here", call.Name+" cannot be called in a check block",
				"Checks are evaluated after the files were read. Call it in a locals block, and use local.NAME here.")
		case !ours && !known:
			hint := functionAdvice(call.Name)
			if hint == "" {
				hint = schema.DidYouMean(call.Name, slices.Concat(slices.Collect(maps.Keys(all)), slices.Collect(maps.Keys(e.functions))))
			}
			refuse(call.NameRange, "hcl/call-to-unknown-function", "Call to unknown function", "There is no function named %q.%s", call.Name, " "+strings.TrimSpace(hint))
		case ours && !call.ExpandFinal && (len(call.Args) > len(f.params) || len(call.Args) < len(f.params)-f.optional):
			refuse(call.Range(), "config/arguments", call.Name+" has a wrong number of arguments", "Write %s.%s", f.call(call.Name), tryInstead(call))
		case ours:
			for i, arg := range call.Args {
				if text, ok := c.textOf(arg); ok {
					c.names = append(c.names, checkName{f.params[i], text, arg.Range()})
				}
			}
		}
	}
	return fine
}

// tryInstead is the advice for a call of the can of other expressions.
func tryInstead(call *hclsyntax.FunctionCallExpr) string {
	if call.Name == "can" && len(call.Args) == 1 {
		return " To ask whether an expression has a value, write try(…, null) != null."
	}
	return ""
}

// call shows how a function is called: can(subject, right) or can(subject, right, scope).
func (f checkFunction) call(name string) string {
	out := name + "(" + strings.Join(f.params, ", ") + ")"
	if short := len(f.params) - f.optional; f.optional > 0 {
		out = name + "(" + strings.Join(f.params[:short], ", ") + ") or " + out
	}
	return out
}

// textOf returns the text of an argument that calls no function and does not depend on each, plan or a for expression.
func (c *check) textOf(x hclsyntax.Expression) (string, bool) {
	if len(callsIn(x)) > 0 {
		return "", false
	}
	for _, t := range mentionedIn(x) {
		if _, known := c.ctx.Variables[t.RootName()]; !known { // each, plan, or a name of a for expression
			return "", false
		}
	}
	val, diags := x.Value(c.ctx)
	if diags.HasErrors() || val.IsMarked() || !val.IsKnown() || val.IsNull() || val.Type() != cty.String {
		return "", false
	}
	return val.AsString(), true
}

// callsIn lists the calls of functions in an expression, also in the templates of a JSON file.
func callsIn(x hcl.Expression) []*hclsyntax.FunctionCallExpr {
	var out []*hclsyntax.FunctionCallExpr
	in := func(node hclsyntax.Node) {
		_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
			if call, ok := n.(*hclsyntax.FunctionCallExpr); ok {
				out = append(out, call)
			}
			return nil
		})
	}
	if node, native := x.(hclsyntax.Expression); native {
		in(node)
		return out
	}
	visitJSON(x, "", func(text string, at hcl.Range) {
		template, diags := parseTemplate([]byte(text), at.Filename, hcl.Pos{Line: at.Start.Line, Column: at.Start.Column + 1, Byte: at.Start.Byte + 1})
		if !diags.HasErrors() {
			in(template)
		}
	})
	return out
}
