package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

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
	found := r.findRows(queries)
	for _, d := range diags {
		e, _ := d.Extra.(extra)
		rows := slices.Concat(found[:len(e.rows)]...)
		found = found[len(e.rows):]
		if len(rows) > 0 {
			e.found = sortedPlaces(rows)
			d.Extra = e
			d.Detail += seeRows(e.found)
		}
	}
}

// LocateRows fills in Rows of findings about values that come from rows of CSV, YAML or
// JSON files. It reads the files of the configuration again if it has to.
func (c *Config) LocateRows(findings []schema.Finding) {
	if len(findings) == 0 || c.data == nil || len(c.data.data) == 0 {
		return
	}
	objects, files := c.objectsOf(findings), c.files.reopen()
	var queries []rowQuery
	var asked []int
	for i := range findings {
		f := findings[i]
		for _, a := range append([]schema.Address{f.Addr}, f.Also[:min(len(f.Also), maxRows-1)]...) {
			object := objects[a]
			if a != f.Addr && object.object != nil {
				f.Pos = object.object.Pos
			}
			if q, ok := object.query(&f, files); ok {
				queries, asked = append(queries, q), append(asked, i)
			}
		}
	}
	if len(queries) == 0 {
		return
	}
	for n, rows := range c.data.findRows(queries) {
		f := &findings[asked[n]]
		f.Rows = append(f.Rows, rows...)
	}
	for i := range findings {
		findings[i].Rows = sortedPlaces(findings[i].Rows)
	}
}

// A declared object with its origin. The object is nil if nothing is declared.
type declared struct {
	object *schema.Object
	origin origin
}

// objectsOf finds the objects that findings are about.
func (c *Config) objectsOf(findings []schema.Finding) map[schema.Address]declared {
	out := make(map[schema.Address]declared, len(findings))
	for i := range findings {
		out[findings[i].Addr] = declared{}
		for _, a := range findings[i].Also {
			out[a] = declared{}
		}
	}
	for t, origins := range c.origins {
		objects := c.objects(t)
		for i, from := range origins {
			o := objects[i]
			if _, wanted := out[o.Addr]; wanted {
				out[o.Addr] = declared{o, from}
			}
		}
	}
	return out
}

// objects lists what the files declare for a tenant, and then what has expired, as origins has them.
func (c *Config) objects(tenant int) []*schema.Object {
	t := c.Tenants[tenant]
	out := make([]*schema.Object, 0, len(t.Objects))
	for i := range t.Objects {
		out = append(out, &t.Objects[i])
	}
	return append(out, t.Expired()...)
}

// query describes the rows that a finding about the object means. It is false if no data
// file has to do with it.
func (d declared) query(f *schema.Finding, files reopened) (rowQuery, bool) {
	if f.Pos.File == "" || d.object != nil && !d.origin.data {
		return rowQuery{}, false
	}
	var q rowQuery
	q.value = f.Value
	if d.object != nil {
		q = d.origin.query(d.object)
		if q.value = f.Value; q.value == "" {
			q.value, _ = d.object.Any(f.Attribute).(string)
		}
	}
	if q.value != "" && files.writes(f.Pos, f.Attribute, q.value) {
		if f.Value != "" {
			return q, false // the mistake is not in the row
		}
		q.value = ""
	}
	return q, len(q.keys) > 0 || q.value != ""
}

// writes reports whether the block at a place writes a text out: in the attribute, or in
// any if that is not there.
func (r reopened) writes(block schema.Pos, attribute, text string) bool {
	b, ok := r.open(block.File).at[block]
	if !ok {
		return false
	}
	attrs, _ := b.body.JustAttributes()
	if a := attrs[attribute]; a != nil {
		return memberRange(a.Expr, text) != nil
	}
	for _, a := range attrs {
		if memberRange(a.Expr, text) != nil {
			return true
		}
	}
	return false
}

// textsOf lists the texts of an object that are not empty.
func textsOf(val cty.Value) []string {
	if val == cty.NilVal || val.IsMarked() || val.IsNull() || !val.IsKnown() || !val.Type().IsObjectType() {
		return nil
	}
	var out []string
	for name := range val.Type().AttributeTypes() {
		if s := textIn(val.GetAttr(name)); s != "" {
			out = append(out, s)
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
				return []rowQuery{{element: texts}}
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
	if diags.HasErrors() {
		return ""
	}
	return textIn(val)
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

// rowsWithKeys describes the rows with each of some keys.
func rowsWithKeys(keys ...string) []rowQuery {
	var out []rowQuery
	for _, k := range keys {
		if k != "" {
			out = append(out, rowQuery{keys: []string{k}})
		}
	}
	return out
}
