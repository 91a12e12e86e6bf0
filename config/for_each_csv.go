package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The fast path for CSV files. Nearly every roster is read by the same expression:
//
//	for_each = { for r in csvdecode(file("people.csv")) : r.email => r }
//
// The expression language makes an object with a type of its own of every row, and
// one more with a name for every user. For that one form the rows are taken as they
// are. They give the same objects; and if anything in the text is unusual, the whole is
// left to the expression, which reports what is wrong.
//
// Everything of the fast path is in this file. builder.elements asks csvRows first.

// csvElements are the rows of a CSV text, sorted by their keys. No two rows have the same key.
type csvElements struct {
	rows    [][]string
	keyAt   int            // position of the key in a row
	columns map[string]int // position in a row, by the name in the header line
}

// csvRows returns the rows of a CSV text if the expression is
// { for r in csvdecode(…) : r.column => r } and the text has nothing to report, or nil.
func (b *builder) csvRows(e hcl.Expression) forEachElements {
	args, key, ok := keyedRows(e)
	if !ok {
		return nil
	}
	separator := ','
	var texts []string
	for _, arg := range args {
		val, diags := evaluateExpr(arg, b.ctx)
		if len(diags) > 0 || val.IsNull() || val.Type() != cty.String {
			return nil
		}
		texts = append(texts, val.AsString())
	}
	if len(texts) == 2 {
		var err error
		if separator, err = separatorOf(texts[1]); err != nil {
			return nil
		}
	}
	if rows := rowsByKey(texts[0], separator, key); rows != nil {
		b.reader.remember(dataText{texts[0], string(separator)})
		return rows
	}
	return nil
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
	column, columnOK := unwrap(each.KeyExpr).(*hclsyntax.ScopeTraversalExpr)
	if !rowOK || !columnOK || len(row.Traversal) != 1 || len(column.Traversal) != 2 ||
		row.Traversal.RootName() != each.ValVar || column.Traversal.RootName() != each.ValVar {
		return nil, "", false
	}
	name, ok := column.Traversal[1].(hcl.TraverseAttr)
	return call.Args, name.Name, ok
}

// rowsByKey reads the rows and sorts them by their keys. It is nil for a text with anything
// in it that csvdecode or the expression would report.
func rowsByKey(s string, separator rune, key string) *csvElements {
	t, err := parseCSV(s, separator)
	if err != nil {
		return nil
	}
	e := &csvElements{rows: t.rows, columns: make(map[string]int, len(t.header))}
	for i, name := range t.header {
		e.columns[name] = i
	}
	var ok bool
	if e.keyAt, ok = e.columns[key]; !ok {
		return nil
	}
	byKey := func(a, b []string) int { return strings.Compare(a[e.keyAt], b[e.keyAt]) }
	if !slices.IsSortedFunc(e.rows, byKey) {
		slices.SortFunc(e.rows, byKey)
	}
	for i := 1; i < len(e.rows); i++ {
		if byKey(e.rows[i-1], e.rows[i]) == 0 {
			return nil
		}
	}
	return e
}

func (e *csvElements) len() int         { return len(e.rows) }
func (e *csvElements) key(i int) string { return e.rows[i][e.keyAt] }

func (e *csvElements) text(i int, name string) (string, bool) {
	at, ok := e.columns[name]
	if !ok {
		return "", false
	}
	return e.rows[i][at], true
}

func (e *csvElements) column(i int, name string) (cty.Value, bool) {
	text, ok := e.text(i, name)
	return cty.StringVal(text), ok
}

func (e *csvElements) each(i int) cty.Value {
	cells := make(map[string]cty.Value, len(e.columns))
	for name, at := range e.columns {
		cells[name] = cty.StringVal(e.rows[i][at])
	}
	return eachObject(e.key(i), cty.ObjectVal(cells))
}

func (e *csvElements) texts(i int) []string {
	return slices.DeleteFunc(slices.Clone(e.rows[i]), func(cell string) bool { return cell == "" })
}
