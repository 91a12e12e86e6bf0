package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// checkEmptyResult reports a value that came out empty if that could let through everything.
// A list that is written out as [] is meant.
func (f *objectBuilder) checkEmptyResult(row *schema.Attribute, v any, e hcl.Expression, at hcl.Range) *hcl.Diagnostic {
	if !row.Is(schema.EmptyMayMeanAll) {
		return nil // without an allocation for the range
	}
	return f.emptyResultError(row, v, e, at)
}

func (f *objectBuilder) emptyResultError(row *schema.Attribute, v any, e hcl.Expression, at hcl.Range) *hcl.Diagnostic {
	what := row.Name
	switch v := v.(type) {
	case [][]string:
		if i := slices.IndexFunc(v, func(inner []string) bool { return len(inner) == 0 }); i >= 0 {
			what = fmt.Sprintf("Member %d of %s", i+1, row.Name)
			if e != nil {
				at = elementRange(e, i)
			}
		} else if len(v) > 0 || writtenEmpty(e) {
			return nil
		}
	case map[string][]string:
		name := emptyEntry(v, e)
		if name == "" {
			return nil
		}
		what = fmt.Sprintf("Entry %s of %s", name, row.Name)
		if pair, ok := entryOf(e, name); ok {
			at = pair.Value.Range()
		}
	default:
		if !empty(v) || writtenEmpty(e) {
			return nil
		}
	}
	return problem("config/empty-result", &at, what+" is empty",
		"The expression gives an empty list here, and %s could treat that as everything. "+
			"Check where the value comes from: a condition that is never true, an empty cell or an empty variable. To leave it unset, give null instead.",
		f.tenant.Product.Title)
}

// emptyEntry returns the first entry that is empty and not written so, or "".
func emptyEntry(v map[string][]string, e hcl.Expression) string {
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if len(v[name]) > 0 {
			continue
		}
		if pair, ok := entryOf(e, name); !ok || !writtenEmpty(pair.Value) {
			return name
		}
	}
	return ""
}

// writtenEmpty reports whether the expression is a written [].
func writtenEmpty(e hcl.Expression) bool {
	if e == nil {
		return false
	}
	members, diags := hcl.ExprList(e)
	return !diags.HasErrors() && len(members) == 0
}

// checkRules checks every text of an attribute against its rules.
func (f *objectBuilder) checkRules(i int, secret bool, e hcl.Expression, at hcl.Range) {
	row := &f.object.Kind.Attributes[i]
	if text := row.Text(f.object.Body); text != "" && row.Valid(text) == nil {
		return
	}
	for _, text := range row.Texts(f.object.Body) {
		if err := row.Valid(text); err != nil {
			f.markBad(i)
			f.reportMistake(invalid(row, text, err, secret, e, at))
		}
	}
}

// invalid says why a text breaks the rules of its attribute.
func invalid(row *schema.Attribute, text string, err error, secret bool, e hcl.Expression, at hcl.Range) *hcl.Diagnostic {
	detail := fmt.Sprintf("%s %s", row.Name, endSentence(err.Error()))
	if secret {
		detail = hiddenValue
	} else if row.Type != schema.TypeString && text != "" {
		detail = fmt.Sprintf("%s: %s", quoted(text), detail)
	}
	if e != nil {
		if found := memberRange(e, text); found != nil {
			at = *found
		}
	}
	return withValue(problem("config/invalid-value", &at, "Value of "+row.Name+" is not valid", "%s", detail), text, e)
}

// endSentence closes a text with a period if it has no end yet.
func endSentence(s string) string {
	if s == "" {
		return s
	}
	switch s[len(s)-1] {
	case '.', '?', '!':
		return s
	}
	return s + "."
}

// checkRequired reports attributes that must be set and are not.
func (f *objectBuilder) checkRequired() {
	k := f.object.Kind
	for i := range k.Attributes {
		row := &k.Attributes[i]
		if !row.Is(schema.Required) && (!row.Is(schema.Key) || f.in == nil) || row.Flags&(schema.ReadOnly|schema.Computed) != 0 || f.isBad(i) {
			continue
		}
		a := f.attrs[row.Name]
		switch {
		case !f.object.Set.Has(i) && f.nulls != nil && f.nulls.Has(i) && a != nil:
			f.reportMistake(problem("config/null", a.Expr.Range().Ptr(), row.Name+" is null",
				"%s must have a value, and this expression gives none. Check where the value comes from: an optional field, a missing column or a try(…, null).", row.Name))
		case !f.object.Set.Has(i):
			f.reportMistake(problem("config/missing-attribute", f.block.DefRange.Ptr(), "Attribute "+quoted(row.Name)+" is missing", "%s", f.missingDetail(row)))
		case row.Text(f.object.Body) == "" && empty(row.Any(f.object.Body)):
			at := f.block.DefRange
			if a != nil {
				at = a.Expr.Range()
			}
			f.reportMistake(problem("config/empty", &at, row.Name+" is empty", "%s must have a value, and this one is empty.", row.Name))
		default:
			continue
		}
		f.markBad(i)
	}
}

func (f *objectBuilder) missingDetail(row *schema.Attribute) string {
	s := fmt.Sprintf("%s needs %s: %s", article(f.block.Type), row.Name, endSentence(row.Doc))
	if row.Example != "" {
		s += fmt.Sprintf(" For example: %s = %s", row.Name, row.Example)
	}
	return s
}

func empty(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case [][]string:
		return len(v) == 0
	case map[string]string:
		return len(v) == 0
	case map[string]bool:
		return len(v) == 0
	case map[string][]string:
		return len(v) == 0
	}
	return false
}

// validate runs the kind's own rules, which need no product.
func (f *objectBuilder) validate() {
	check := f.object.Kind.Validate
	if check == nil {
		return
	}
	for _, found := range check(f.object) {
		if i := f.object.Kind.Index(found.Attribute); i >= 0 && f.isBad(i) {
			continue // it follows from a mistake that is reported
		}
		if found.Severity == schema.Warning {
			if f.object.Allows(found.Code) {
				continue
			}
			if slices.ContainsFunc(f.tenant.Product.OwnLints, func(l schema.Lint) bool { return l.Code == found.Code }) {
				found.Detail += " If it is meant so, " + schema.Silencing(found.Code)
			}
		}
		at := f.block.DefRange
		if a := f.attrs[found.Attribute]; a != nil {
			at = a.Expr.Range()
			if m := memberRange(a.Expr, found.Value); found.Value != "" && m != nil {
				at = *m
			}
		}
		d := diagnosticOf(found, &at)
		if a := f.attrs[found.Attribute]; a != nil {
			withValue(d, found.Value, a.Expr)
		}
		f.reportMistake(d)
	}
}

// previously reads the earlier keys of the object.
func (f *objectBuilder) previously(a *hcl.Attribute, ctx *hcl.EvalContext, secret bool) {
	val, diags := evaluateExpr(a.Expr, ctx)
	f.reportMistake(explain(diags, secret)...)
	if diags.HasErrors() || val.IsNull() {
		return
	}
	members, p := decodeSet(val, plainText)
	if p != nil {
		f.reportMistake(p.at(a.Name, a.Expr, a.Expr.Range(), secret))
		return
	}
	for _, text := range members {
		key := f.object.Kind.EarlierKey(f.object.Addr.Key, text)
		switch n := len(f.object.Kind.Keys()); {
		case n > 1 && strings.Count(text, "/") >= n:
			f.reportMistake(wrongParts(f.object.Kind, text, a.Expr.Range()))
		case text == "":
			f.reportMistake(problem("config/previously", a.Expr.Range().Ptr(), "A previous name is empty", "previously lists the names that the object had before."))
		case key == f.object.Addr.Key:
			f.reportMistake(problem("config/previously", a.Expr.Range().Ptr(), "The previous name is the current one",
				"%q is the current name of the object. Delete it from previously.", text))
		case !slices.Contains(f.object.Previously, key):
			f.object.Previously = append(f.object.Previously, key)
		}
	}
}
