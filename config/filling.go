package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An objectBuilder puts values into one object and reports what does not fit.
type objectBuilder struct {
	*reporter
	tenant   *tenant
	block    *hcl.Block
	attrs    hcl.Attributes
	object   *schema.Object
	in       *instance         // that the object belongs to; nil for settings
	elements forEachElements   // of for_each, for messages; nil without
	element  int               // the one that the object is of
	nulls    *schema.Mask      // attributes that are written but null; may be nil
	bad      schema.Mask       // attributes that failed, where there is no instance
	found    *[]attributeError // takes the mistakes, for objects of a block; nil for settings
}

// fail reports mistakes in the object.
func (f *objectBuilder) fail(diags ...*hcl.Diagnostic) {
	for _, d := range diags {
		if f.in != nil && d.Severity == hcl.DiagError {
			f.in.broken = true
		}
		if f.found == nil {
			f.report(d)
		} else {
			*f.found = append(*f.found, attributeError{d, f.in.key, f.rows(d)})
		}
	}
}

// rows takes from a mistake in the object which value it means, and describes the rows of
// data files that the two come from.
func (f *objectBuilder) rows(d *hcl.Diagnostic) []rowQuery {
	q := rowQuery{texts: f.texts(), hints: namesOf(f.object)}
	if f.in.computed() {
		q.keys = namesOf(f.object)
	}
	if f.in.key != "" {
		q.keys = append(q.keys, f.in.key)
	}
	if e, _ := d.Extra.(extra); len(e.rows) > 0 {
		if len(e.rows[0].texts) > 0 {
			q = rowQuery{hints: q.hints}
		}
		q.value, q.texts = e.rows[0].value, append(q.texts, e.rows[0].texts...)
		e.rows = nil
		d.Extra = e
	}
	if len(q.keys) == 0 && len(q.texts) == 0 && q.value == "" {
		return nil
	}
	return []rowQuery{q}
}

// texts lists the texts of the element of for_each.
func (f *objectBuilder) texts() []string {
	if f.elements == nil {
		return nil
	}
	return f.elements.texts(f.element)
}

func (f *objectBuilder) failed(i int) {
	if f.bad = f.bad.With(i); f.in != nil {
		f.in.bad, f.in.broken = f.in.bad.With(i), true
	}
}

func (f *objectBuilder) isBad(i int) bool { return f.bad.Has(i) || f.in != nil && f.in.bad.Has(i) }

// set evaluates an expression into an attribute.
func (f *objectBuilder) set(i int, e hcl.Expression, ctx *hcl.EvalContext, secret bool) {
	val, diags := valueOf(e, ctx)
	if len(diags) > 0 {
		f.fail(explain(diags, secret)...)
	}
	if diags.HasErrors() {
		f.failed(i)
		return
	}
	f.put(i, val, secret, e, e.Range())
}

// label puts a label, or each.key, into an attribute that the block does not set.
func (f *objectBuilder) label(i int, text string, at hcl.Range) {
	if f.attrs[f.object.Kind.Attributes[i].Name] == nil {
		f.put(i, cty.StringVal(text), false, nil, at)
	}
}

// put decodes a value into an attribute. A null leaves it unset.
func (f *objectBuilder) put(i int, val cty.Value, secret bool, e hcl.Expression, at hcl.Range) {
	row := &f.object.Kind.Attributes[i]
	switch {
	case !known(val):
		f.failed(i)
		f.fail(unknownValue(row, at))
		return
	case val.IsNull():
		if f.nulls != nil {
			*f.nulls = f.nulls.With(i)
		}
		return
	}
	v, p := decode(row, val, f.tenant)
	if p != nil {
		f.failed(i)
		if !p.reported {
			f.fail(p.at(row.Name, e, at, secret))
		}
		return
	}
	if d := f.emptied(row, v, e, at); d != nil {
		f.failed(i)
		f.fail(d)
		return
	}
	row.SetAny(f.object.Body, v)
	f.object.Set = f.object.Set.With(i)
	f.valid(i, secret, e, at)
}

// emptied reports a value that came out empty where that could let through everything.
// A list that is written out as [] is meant.
func (f *objectBuilder) emptied(row *schema.Attribute, v any, e hcl.Expression, at hcl.Range) *hcl.Diagnostic {
	if !row.Is(schema.EmptyMayMeanAll) {
		return nil // without an allocation for the range
	}
	return f.emptyResult(row, v, e, at)
}

func (f *objectBuilder) emptyResult(row *schema.Attribute, v any, e hcl.Expression, at hcl.Range) *hcl.Diagnostic {
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
		"The expression gives no members here, and %s could treat that as everything. "+
			"Look where the value comes from: a condition that is never true, an empty cell or an empty variable. To leave it unset, give null instead.",
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

func unknownValue(row *schema.Attribute, at hcl.Range) *hcl.Diagnostic {
	return problem(codeUnknownValue, &at, "Value of "+row.Name+" is not known",
		"The value depends on something that cannot be known while files are read.")
}

// valid holds every text of an attribute against its rules.
func (f *objectBuilder) valid(i int, secret bool, e hcl.Expression, at hcl.Range) {
	row := &f.object.Kind.Attributes[i]
	if text := row.Text(f.object.Body); text != "" && row.Valid(text) == nil {
		return
	}
	for _, text := range row.Texts(f.object.Body) {
		if err := row.Valid(text); err != nil {
			f.failed(i)
			f.fail(invalid(row, text, err, secret, e, at))
		}
	}
}

// invalid says why a text breaks the rules of its attribute.
func invalid(row *schema.Attribute, text string, err error, secret bool, e hcl.Expression, at hcl.Range) *hcl.Diagnostic {
	detail := fmt.Sprintf("%s %s", row.Name, sentence(err.Error()))
	if secret {
		detail = hiddenValue
	} else if row.Type != schema.TypeString {
		detail = fmt.Sprintf("%s: %s", quoted(text), detail)
	}
	if e != nil {
		if found := memberRange(e, text); found != nil {
			at = *found
		}
	}
	return withValue(problem("config/invalid-value", &at, "Value of "+row.Name+" is not valid", "%s", detail), text, e)
}

// sentence closes a text with a period, where it has no end yet.
func sentence(s string) string {
	if s == "" {
		return s
	}
	switch s[len(s)-1] {
	case '.', '?', '!':
		return s
	}
	return s + "."
}

// required reports attributes that must be set and are not.
func (f *objectBuilder) required() {
	k := f.object.Kind
	for i := range k.Attributes {
		row := &k.Attributes[i]
		if !row.Is(schema.Required) && (!row.Is(schema.Key) || f.in == nil) || row.Flags&(schema.ReadOnly|schema.Computed) != 0 || f.isBad(i) {
			continue
		}
		a := f.attrs[row.Name]
		switch {
		case !f.object.Set.Has(i) && f.nulls != nil && f.nulls.Has(i) && a != nil:
			f.fail(problem("config/null", a.Expr.Range().Ptr(), row.Name+" is null",
				"%s must have a value, and this expression gives none. Check where the value comes from: an optional field, a missing column or a try(…, null).", row.Name))
		case !f.object.Set.Has(i):
			f.fail(problem("config/missing-attribute", f.block.DefRange.Ptr(), "Attribute "+quoted(row.Name)+" is missing", "%s", f.missing(row)))
		case row.Text(f.object.Body) == "" && empty(row.Any(f.object.Body)):
			at := f.block.DefRange
			if a != nil {
				at = a.Expr.Range()
			}
			f.fail(problem("config/empty", &at, row.Name+" is empty", "%s must have a value, and an empty one is none.", row.Name))
		default:
			continue
		}
		f.failed(i)
	}
}

func (f *objectBuilder) missing(row *schema.Attribute) string {
	s := fmt.Sprintf("%s needs %s: %s", article(f.block.Type), row.Name, sentence(row.Doc))
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
		f.fail(d)
	}
}
