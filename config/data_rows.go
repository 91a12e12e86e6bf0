package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// People keep rosters in CSV, YAML and JSON files, and a mistake in one of them should be
// reported with its line there. Values do not carry where they come from, because nearly all
// of them are right. So the texts that were decoded are kept, and a message about an
// object looks for the rows that have its key.

// A rowQuery describes the rows of data files that an object comes from. Upper and lower
// case do not matter.
type rowQuery struct {
	block schema.Pos // that declares the object; its objects have their keys in one column
	keys  []string   // names of the object, the best one first: its rows have the first of them that is found
	value string     // that is meant: rows that have it too are preferred
	texts []string   // what else the rows have: where no key is found, all of it
	hints []string   // what they may have too: those with most texts and hints are preferred
}

// maxRows is how many rows one message names.
const maxRows = 5

// seeRows is the sentence that points at rows: "See staff.csv line 17." It is empty where
// there are none.
func seeRows(rows []schema.Pos) string {
	if len(rows) == 0 {
		return ""
	}
	return "\nSee " + text.List(rowNames(rows), maxRows) + "."
}

func rowNames(rows []schema.Pos) []string {
	var out []string
	for _, p := range rows {
		out = append(out, fmt.Sprintf("%s line %d", text.Clean(p.File), p.Line))
	}
	return out
}

// nameRows adds to diagnostics the rows of data files that they are about.
func (r *expressionFiles) nameRows(diags hcl.Diagnostics) {
	var queries []rowQuery
	for _, d := range diags {
		e, _ := d.Extra.(extra)
		queries = append(queries, e.rows...)
	}
	if len(queries) == 0 || len(r.data) == 0 {
		return
	}
	found := r.rowSearch(nil).find(queries)
	for _, d := range diags {
		e, _ := d.Extra.(extra)
		rows := slices.Concat(found[:len(e.rows)]...)
		found = found[len(e.rows):]
		if len(rows) > 0 {
			slices.SortFunc(rows, comparePos)
			e.found = slices.Compact(rows)
			d.Extra = e
			d.Detail += seeRows(e.found)
		}
	}
}

// textsOf lists the texts of an object that are not empty.
func textsOf(val cty.Value) []string {
	if val == cty.NilVal || val.IsNull() || !val.IsKnown() || !val.Type().IsObjectType() {
		return nil
	}
	var out []string
	for name := range val.Type().AttributeTypes() {
		if v := val.GetAttr(name); v.Type() == cty.String && v.IsKnown() && !v.IsNull() && v.AsString() != "" {
			out = append(out, v.AsString())
		}
	}
	return out
}

// rowsOfElements describes the rows behind the element that a for expression is at where
// something failed in it. A column that is missing is missing in all rows, so it means none.
func rowsOfElements(failed hcl.Expression, ctx *hcl.EvalContext) []rowQuery {
	if _, column := failed.(*hclsyntax.ScopeTraversalExpr); column {
		return nil
	}
	for ; ctx != nil && ctx.Parent() != nil; ctx = ctx.Parent() {
		for name, val := range ctx.Variables {
			if texts := textsOf(val); name != "each" && len(texts) > 0 {
				return []rowQuery{{texts: texts}}
			}
		}
	}
	return nil
}

// keyIn returns the key that a diagnostic about a for expression means, or "".
func keyIn(d *hcl.Diagnostic) string {
	if d.Summary != "Duplicate object key" || d.Expression == nil {
		return ""
	}
	val, diags := d.Expression.Value(d.EvalContext)
	if diags.HasErrors() || val.IsNull() || !val.IsKnown() || val.Type() != cty.String {
		return ""
	}
	return val.AsString()
}

// withRows adds descriptions of rows that a diagnostic is about.
func withRows(d *hcl.Diagnostic, queries ...rowQuery) *hcl.Diagnostic {
	e, ok := d.Extra.(extra)
	if !ok {
		e.code = codeOf(d)
	}
	e.rows = append(slices.Clip(e.rows), queries...)
	d.Extra = e
	return d
}

// named describes the rows with each of some keys.
func named(keys ...string) []rowQuery {
	var out []rowQuery
	for _, k := range keys {
		if k != "" {
			out = append(out, rowQuery{keys: []string{k}})
		}
	}
	return out
}
