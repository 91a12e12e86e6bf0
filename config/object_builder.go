package config

import (
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
	bad      schema.Mask       // attributes that failed, if there is no instance
	found    *[]attributeError // takes the mistakes, for objects of a block; nil for settings
}

// reportMistake reports mistakes in the object.
func (f *objectBuilder) reportMistake(diags ...*hcl.Diagnostic) {
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
	from := f.in.origin()
	var known rowQuery
	if e, _ := d.Extra.(extra); len(e.rows) > 0 {
		known, e.rows = e.rows[0], nil
		d.Extra = e
	}
	if !from.data {
		return nil
	}
	q := from.query(f.object)
	switch q.value = known.value; {
	case len(known.element) > 0:
		q = rowQuery{element: known.element, texts: q.texts}
	case f.elements != nil:
		q.element = f.elements.texts(f.element)
	case len(q.keys) == 0 && q.value == "":
		return nil
	}
	return []rowQuery{q}
}

func (f *objectBuilder) markBad(i int) {
	if f.bad = f.bad.With(i); f.in != nil {
		f.in.bad, f.in.broken = f.in.bad.With(i), true
	}
}

func (f *objectBuilder) isBad(i int) bool { return f.bad.Has(i) || f.in != nil && f.in.bad.Has(i) }

// evaluate evaluates an expression into an attribute.
func (f *objectBuilder) evaluate(i int, e hcl.Expression, ctx *hcl.EvalContext, secret bool) {
	val, diags := evaluateExpr(e, ctx)
	if len(diags) > 0 {
		f.reportMistake(explain(diags, secret)...)
	}
	if diags.HasErrors() {
		f.markBad(i)
		return
	}
	f.assign(i, val, secret, e, e.Range())
}

// label puts a label, or each.key, into an attribute that the block does not set.
func (f *objectBuilder) label(i int, text string, at hcl.Range) {
	if f.attrs[f.object.Kind.Attributes[i].Name] == nil {
		f.assign(i, cty.StringVal(text), false, nil, at)
	}
}

// assign decodes a value into an attribute. A null leaves it unset.
func (f *objectBuilder) assign(i int, val cty.Value, secret bool, e hcl.Expression, at hcl.Range) {
	row := &f.object.Kind.Attributes[i]
	switch {
	case !known(val):
		f.markBad(i)
		f.reportMistake(unknownValue(row, at))
		return
	case val.IsNull():
		if f.nulls != nil {
			*f.nulls = f.nulls.With(i)
		}
		return
	}
	plain, terms, p := f.plainMembers(row, val)
	var v any
	if p == nil {
		v, p = decode(row, plain, f.tenant)
	}
	if p == nil {
		v, p = f.endMembers(row, v, terms)
	}
	if p != nil {
		f.markBad(i)
		if !p.reported {
			f.reportMistake(p.at(row.Name, e, at, secret))
		}
		return
	}
	if d := f.checkEmptyResult(row, v, e, at); d != nil {
		f.markBad(i)
		f.reportMistake(d)
		return
	}
	row.SetAny(f.object.Body, v)
	f.object.Set = f.object.Set.With(i)
	f.checkRules(i, secret, e, at)
}

func unknownValue(row *schema.Attribute, at hcl.Range) *hcl.Diagnostic {
	return problem(codeUnknownValue, &at, "Value of "+row.Name+" is not known",
		"The value depends on something that cannot be known while files are read.")
}
