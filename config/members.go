package config

import (
	"slices"
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Why there is a second way to go over a CSV file.
//
// People keep rosters in CSV files, and nearly every one is read by the same words:
//
//	for_each = { for r in csvdecode(file("people.csv")) : r.email => r }
//
// The expression language makes an object with a type of its own of every row, and
// one more with a name for every person. For that one form the rows are taken as they
// are. They say the same; and where anything in the text is not plain, the whole is
// left to the expression, which knows how to tell what is wrong.

// The members are what for_each goes over: those of a value, or the rows of a CSV
// text.
type members struct {
	keys   []string    // each.key, sorted; what follows is in the same order
	values []cty.Value // each.value; nil where there are rows
	rows   [][]string
	column map[string]int // of the rows, by the name in the header line
}

// membersOf lists the members of a map, an object or a set of texts.
func membersOf(val cty.Value) *members {
	n := val.LengthInt()
	r := &members{keys: make([]string, 0, n), values: make([]cty.Value, 0, n)}
	for it := val.ElementIterator(); it.Next(); {
		k, v := it.Element()
		if val.Type().IsSetType() {
			k = v
		}
		r.keys, r.values = append(r.keys, k.AsString()), append(r.values, v)
	}
	return r
}

// csvRows goes over the rows of a CSV text, where the expression is
// { for r in csvdecode(…) : r.column => r } and nothing stands in the way.
func (b *builder) csvRows(e hcl.Expression) (*members, bool) {
	args, key, ok := keyedRows(e)
	if !ok {
		return nil, false
	}
	separator := ','
	var texts []string
	for _, arg := range args {
		val, diags := valueOf(arg, b.ctx)
		if len(diags) > 0 || val.IsNull() || val.Type() != cty.String {
			return nil, false
		}
		texts = append(texts, val.AsString())
	}
	if len(texts) == 2 {
		var err error
		if separator, err = separatorOf(texts[1]); err != nil {
			return nil, false
		}
	}
	b.reader.remember(texts[0], csvFormat(separator))
	return rowsByKey(texts[0], separator, key)
}

// keyedRows takes the expression apart: the arguments of csvdecode, and the column with
// the keys.
func keyedRows(e hcl.Expression) (args []hclsyntax.Expression, key string, ok bool) {
	each, ok := e.(*hclsyntax.ForExpr)
	if !ok || each.KeyVar != "" || each.CondExpr != nil || each.Group || each.KeyExpr == nil {
		return nil, "", false
	}
	call, ok := each.CollExpr.(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "csvdecode" || len(call.Args) < 1 || len(call.Args) > 2 || call.ExpandFinal {
		return nil, "", false
	}
	row, rowOK := each.ValExpr.(*hclsyntax.ScopeTraversalExpr)
	column, columnOK := plainKey(each.KeyExpr).(*hclsyntax.ScopeTraversalExpr)
	if !rowOK || !columnOK || len(row.Traversal) != 1 || len(column.Traversal) != 2 ||
		row.Traversal.RootName() != each.ValVar || column.Traversal.RootName() != each.ValVar {
		return nil, "", false
	}
	name, ok := column.Traversal[1].(hcl.TraverseAttr)
	return call.Args, name.Name, ok
}

// rowsByKey reads the rows and sorts them by their keys. It is false for a text with
// anything in it that csvdecode or the expression would tell about.
func rowsByKey(s string, separator rune, key string) (*members, bool) {
	t, err := parseCSV(s, separator)
	if err != nil {
		return nil, false
	}
	r := &members{rows: t.rows, keys: make([]string, len(t.rows)), column: make(map[string]int, len(t.header))}
	for i, name := range t.header {
		r.column[name] = i
	}
	at, ok := r.column[key]
	if !ok {
		return nil, false
	}
	for i, row := range t.rows {
		r.keys[i] = row[at]
	}
	if !slices.IsSorted(r.keys) {
		sort.Sort(byEachKey{r})
	}
	for i := 1; i < len(r.keys); i++ {
		if r.keys[i-1] == r.keys[i] {
			return nil, false
		}
	}
	return r, true
}

// byEachKey sorts rows.
type byEachKey struct{ *members }

func (b byEachKey) Len() int           { return len(b.keys) }
func (b byEachKey) Less(i, j int) bool { return b.keys[i] < b.keys[j] }
func (b byEachKey) Swap(i, j int) {
	b.keys[i], b.keys[j] = b.keys[j], b.keys[i]
	b.rows[i], b.rows[j] = b.rows[j], b.rows[i]
}

// text returns each.value.name of a member where that is a plain text.
func (r *members) text(i int, name string) (string, bool) {
	if r.rows != nil {
		at, ok := r.column[name]
		if !ok {
			return "", false
		}
		return r.rows[i][at], true
	}
	val, ok := r.cell(i, name)
	if !ok || val.IsMarked() || !val.IsKnown() || val.IsNull() || val.Type() != cty.String {
		return "", false
	}
	return val.AsString(), true
}

// cell returns each.value.name of a member. What has no such column is left to
// the expression, which says what is wrong.
func (r *members) cell(i int, name string) (cty.Value, bool) {
	if r.rows != nil {
		text, ok := r.text(i, name)
		return cty.StringVal(text), ok
	}
	row := r.values[i]
	if typ := row.Type(); !typ.IsObjectType() || !typ.HasAttribute(name) || row.IsNull() || !row.IsKnown() {
		return cty.NilVal, false
	}
	return row.GetAttr(name), true
}

// each returns the object behind "each" for a member.
func (r *members) each(i int) cty.Value {
	var value cty.Value
	if r.rows == nil {
		value = r.values[i]
	} else {
		cells := make(map[string]cty.Value, len(r.column))
		for name, at := range r.column {
			cells[name] = cty.StringVal(r.rows[i][at])
		}
		value = cty.ObjectVal(cells)
	}
	return cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(r.keys[i]), "value": value})
}

// columnOf reads an expression such as each.value.email.
func columnOf(e hcl.Expression) string {
	t, ok := e.(*hclsyntax.ScopeTraversalExpr)
	if !ok {
		return ""
	}
	return columnIn(t.Traversal)
}

func columnIn(t hcl.Traversal) string {
	if len(t) != 3 || t.RootName() != "each" {
		return ""
	}
	value, _ := t[1].(hcl.TraverseAttr)
	column, _ := t[2].(hcl.TraverseAttr)
	if value.Name != "value" {
		return ""
	}
	return column.Name
}

// columnsOf lists the columns that an expression depends on, sorted. It is nil
// where the expression looks at each in another way too.
func columnsOf(mentioned []hcl.Traversal) []string {
	var out []string
	for _, t := range mentioned {
		if t.RootName() != "each" {
			continue
		}
		name := columnIn(t)
		if name == "" {
			return nil
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
