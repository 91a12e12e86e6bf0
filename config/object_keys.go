package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The expression language takes the last of two entries with one key, and makes a text
// of a key that is a number or a bool. Both lose what is written: one of two roles,
// or the zeros of 0047. So keys are checked: those that are written out when a file is
// parsed, and computed ones when they are evaluated.

// checkKeys reports keys that are written twice in one object, and keys that are no
// text. Of objects with computed keys it makes ones that report that when they are
// evaluated.
func checkKeys(body *hclsyntax.Body) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, a := range body.Attributes {
		out = append(out, checkKeysIn(a.Expr)...)
	}
	for _, b := range body.Blocks {
		if b.Type == "locals" { // no attribute of a kind refuses the number
			for _, a := range b.Body.Attributes {
				if number, ok := a.Expr.(*hclsyntax.LiteralValueExpr); ok {
					out = append(out, longNumber(number)...)
				}
			}
		}
		out = append(out, checkKeys(b.Body)...)
	}
	return out
}

// hasNoKeys reports whether an expression is one of those that most attributes have and
// that have no keys: texts, references and lists of them. Walking takes longer.
func hasNoKeys(e hclsyntax.Expression) bool {
	switch e := e.(type) {
	case *hclsyntax.TemplateExpr:
		return e.IsStringLiteral()
	case *hclsyntax.LiteralValueExpr, *hclsyntax.ScopeTraversalExpr:
		return true
	case *hclsyntax.TupleConsExpr:
		return !slices.ContainsFunc(e.Exprs, func(member hclsyntax.Expression) bool { return !hasNoKeys(member) })
	}
	return false
}

// checkKeysIn is checkKeys for one expression.
func checkKeysIn(e hclsyntax.Expression) hcl.Diagnostics {
	if hasNoKeys(e) {
		return nil
	}
	var out hcl.Diagnostics
	keys := map[hclsyntax.Node]bool{} // their numbers are reported with the object
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		switch e := n.(type) {
		case *hclsyntax.LiteralValueExpr:
			if !keys[e] {
				out = append(out, longNumber(e)...)
			}
		case *hclsyntax.ObjectConsExpr:
			for _, item := range e.Items {
				if key, ok := item.KeyExpr.(*hclsyntax.ObjectConsKeyExpr); ok {
					keys[key.Wrapped] = true
				}
			}
			found, computed := wrongKeys(e.Items, nil)
			if out = append(out, found...); computed && len(found) == 0 {
				last := &e.Items[len(e.Items)-1]
				last.KeyExpr = checkKeysLast(last.KeyExpr, slices.Clone(e.Items))
			}
		case *hclsyntax.ConditionalExpr:
			e.TrueResult, e.FalseResult = wrap(e.TrueResult, unifyBranch), wrap(e.FalseResult, unifyBranch)
		case *hclsyntax.FunctionCallExpr:
			if takesOpaque(e.Name) && len(e.Args) > 1 {
				e.Args[0] = wrap(e.Args[0], asOpaque)
			}
		case *hclsyntax.ForExpr:
			// The position in a list is a number, and has no other form to lose.
			if e.KeyExpr != nil && (e.KeyVar == "" || hcl.ExprAsKeyword(e.KeyExpr) != e.KeyVar) {
				e.KeyExpr = checkKeyOfFor(e.KeyExpr)
			}
		}
		return nil
	})
	return out
}

// longNumber reports a whole number that is written longer than it is, such as 0047: as
// part of a text it would be 47.
func longNumber(e *hclsyntax.LiteralValueExpr) hcl.Diagnostics {
	if e.Val.Type() != cty.Number || e.Val.IsNull() || !e.Val.IsKnown() || !e.Val.AsBigFloat().IsInt() {
		return nil
	}
	number := e.Val.AsBigFloat().Text('f', -1)
	if e.SrcRange.End.Byte-e.SrcRange.Start.Byte <= len(number) {
		return nil
	}
	return hcl.Diagnostics{problem("config/wrong-type", &e.SrcRange, "Number is not read as it is written",
		"This is read as the number %s. Put it in quotes if it is a text, or write %s.", shorten(number), shorten(number))}
}

// checkTemplates is checkKeys for the templates in the texts of a JSON expression, which
// are parsed whenever they are evaluated.
func checkTemplates(e hcl.Expression, ctx *hcl.EvalContext) hcl.Diagnostics {
	var out hcl.Diagnostics
	visitJSON(e, "", func(text string, at hcl.Range) {
		if !strings.ContainsAny(text, "=:") || !strings.Contains(text, "{") {
			return // without keys
		}
		template, diags := parseTemplate([]byte(text), at.Filename, hcl.Pos{Line: at.Start.Line, Column: at.Start.Column + 1, Byte: at.Start.Byte + 1})
		if diags.HasErrors() {
			return // which the evaluation reports
		}
		found := checkKeysIn(template)
		if _, diags := template.Value(ctx); len(found) == 0 {
			found = diags
		}
		for _, d := range found {
			if strings.HasPrefix(Code(d), "config/") {
				d.Subject = at.Ptr()
				out = append(out, d)
			}
		}
	})
	return out
}

// checkKeysLast wraps the last key of an object, which is evaluated after the others, so
// that it reports what is wrong with all of them.
func checkKeysLast(last hclsyntax.Expression, items []hclsyntax.ObjectConsItem) hclsyntax.Expression {
	return wrap(last, func(val cty.Value, diags hcl.Diagnostics, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
		found, _ := wrongKeys(items, ctx)
		return val, append(diags, found...)
	})
}

// checkKeyOfFor wraps the key of a for expression, so that it reports a key that is no text.
func checkKeyOfFor(key hclsyntax.Expression) hclsyntax.Expression {
	return wrap(key, func(val cty.Value, diags hcl.Diagnostics, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
		if d := numericKey(val, key.Range()); d != nil && !diags.HasErrors() {
			d.Expression, d.EvalContext = key, ctx
			diags = append(diags, d)
		}
		return val, diags
	})
}

// wrongKeys reports keys of one object that are written twice or are no text, and
// whether there are keys that cannot be evaluated in the context.
func wrongKeys(items []hclsyntax.ObjectConsItem, ctx *hcl.EvalContext) (found hcl.Diagnostics, computed bool) {
	seen := make(map[string]hcl.Range, len(items))
	for _, item := range items {
		val, diags := item.KeyExpr.Value(ctx)
		if diags.HasErrors() || !val.IsKnown() {
			computed = true
			continue
		}
		at := item.KeyExpr.Range()
		if d := numericKey(val, at); d != nil {
			found = append(found, d)
			continue
		}
		if val.IsNull() || val.Type() != cty.String {
			continue // which the evaluation reports
		}
		name := val.AsString()
		if first, twice := seen[name]; twice {
			found = append(found, problem("config/duplicate-entry", &at, quoted(name)+" is written twice",
				"It is already written at %s. Only one of the two can count, so delete the other one.", lineOf(first)))
			continue
		}
		seen[name] = at
	}
	return found, computed
}

// numericKey reports a key that is a number or a bool.
func numericKey(val cty.Value, at hcl.Range) *hcl.Diagnostic {
	if !val.IsKnown() || val.IsNull() || val.Type() != cty.Number && val.Type() != cty.Bool {
		return nil
	}
	return problem("config/wrong-type", &at, "A key "+mustBeText,
		"This is %s. Put it in quotes where it is written.", describe(val))
}

// mixedTexts reports a collection that would become one of texts, or has texts beside
// numbers or bools.
func mixedTexts(val cty.Value, onlyText bool) error {
	if val.IsNull() || !val.IsKnown() || !val.CanIterateElements() {
		return nil
	}
	var text, other cty.Value
	for it := val.ElementIterator(); it.Next(); {
		switch _, v := it.Element(); {
		case v.IsNull() || !v.IsKnown():
		case v.Type() == cty.String:
			text = v
		case v.Type() == cty.Number || v.Type() == cty.Bool:
			other = v
		}
		if other != cty.NilVal && (onlyText || text != cty.NilVal) {
			break
		}
	}
	switch {
	case other == cty.NilVal || text == cty.NilVal && !onlyText:
		return nil
	case text == cty.NilVal:
		return fmt.Errorf("it contains %s where a text is needed; put it in quotes where it is written", describe(other))
	}
	return fmt.Errorf("it contains both %s and %s; put every member in quotes where it is written", describe(other), describe(text))
}
