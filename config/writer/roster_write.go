package writer

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A column is an attribute with a cell in each row.
type column struct {
	*schema.Attribute
	kind string // whose labels the cells have; empty if they have the values
}

func (w *writer) writeRoster(out *blockWriter, k *schema.Kind, r *roster) error {
	file, name := w.open(r.label + ".csv")
	columns := w.columns(k, r)
	table := csv.NewWriter(file)
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.Name
	}
	if err := table.Write(row); err != nil {
		return err
	}
	single := singleMembers(columns, r.rows)
	for _, e := range r.rows {
		for i, c := range columns {
			row[i] = w.cell(c, e.object.Body)
		}
		if err := table.Write(row); err != nil {
			return err
		}
	}
	table.Flush()
	if err := table.Error(); err != nil {
		return err
	}
	out.next()
	writeFrozen(out, r.rows[0].object)
	if n, m := respelledRows(r.rows); n > 0 {
		fmt.Fprintf(out, "# In %s, %s\n", text.Count(n, "row", "rows"), w.respelled(k, m))
	}
	w.writeArguments(out, k, r.labels, w.rosterArguments(k, r, name, columns, single))
	return nil
}

// respelledRows counts the rows that the product writes in another Unicode form, in the attributes.
func respelledRows(rows []entry) (n int, attributes schema.Mask) {
	for _, e := range rows {
		if e.object.Respelled != 0 {
			n++
			attributes |= e.object.Respelled
		}
	}
	return n, attributes
}

// columns returns the attributes that the rows have: all keys, and what is not constant.
func (w *writer) columns(k *schema.Kind, r *roster) []column {
	var out []column
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if r.rows[0].shape.Has(i) && !r.constant.Has(i) {
			out = append(out, column{a, w.labelsOf(a, r.rows)})
		}
	}
	return out
}

// labelsOf returns the kind whose blocks all values of the attribute refer to by one label each,
// or "".
func (w *writer) labelsOf(a *schema.Attribute, rows []entry) string {
	if a.Via != "" {
		return a.Via
	}
	if len(a.Kinds) == 0 {
		return ""
	}
	kind, same := "", true
	for _, e := range rows {
		a.Each(e.object.Body, func(key string) {
			r, ok := w.find(a, key)
			same = same && ok && r.Key == "" && (kind == "" || kind == r.Kind)
			kind = r.Kind
		})
		if !same {
			return ""
		}
	}
	return kind
}

// cell returns the text of an attribute in a row.
func (w *writer) cell(c column, body any) string {
	label := func(key string) string {
		if c.kind == "" {
			return key
		}
		r, _ := w.find(c.Attribute, key)
		return r.Label
	}
	if c.Type == schema.TypeString {
		return label(c.Text(body))
	}
	switch v := c.Any(body).(type) {
	case bool:
		return strconv.FormatBool(v)
	case []string:
		cells := make([]string, len(v))
		for i, s := range v {
			cells[i] = label(s)
		}
		return strings.Join(cells, separator)
	case [][]string:
		cells := make([]string, len(v))
		for i, set := range v {
			cells[i] = w.sets[c.Via][setText(set)]
		}
		return strings.Join(cells, separator)
	default:
		panic(fmt.Sprintf("writer: no cell for %T", v))
	}
}

// singleMembers reports by attribute whether all sets in a column have one member.
func singleMembers(columns []column, rows []entry) map[string]bool {
	out := map[string]bool{}
	for _, c := range columns {
		if c.Type != schema.TypeSet && c.Type != schema.TypeSets {
			continue
		}
		out[c.Name] = !slices.ContainsFunc(rows, func(e entry) bool {
			switch v := c.Any(e.object.Body).(type) {
			case []string:
				return len(v) != 1
			case [][]string:
				return len(v) != 1
			}
			return false
		})
	}
	return out
}

// rosterArguments returns the arguments of the block of a roster.
func (w *writer) rosterArguments(k *schema.Kind, r *roster, file string, columns []column, single map[string]bool) []argument {
	key := "r." + r.keys[0].Name
	if len(r.keys) > 1 {
		var parts []string
		for _, a := range r.keys {
			parts = append(parts, "${r."+a.Name+"}")
		}
		key = `"` + strings.Join(parts, "/") + `"`
	}
	out := []argument{{"for_each", expression{text: fmt.Sprintf("{ for r in csvdecode(file(%s)) : %s => r }", quote(file), key)}}}
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if r.constant.Has(i) && r.rows[0].shape.Has(i) {
			out = append(out, argument{a.Name, w.expression(a, r.rows[0].object.Body)})
			continue
		}
		at := slices.IndexFunc(columns, func(c column) bool { return c.Attribute == a })
		if at < 0 || len(r.keys) == 1 && a == r.keys[0].Attribute && a.Is(schema.Label) {
			continue
		}
		out = append(out, argument{a.Name, expression{text: cellExpression(columns[at], single[a.Name])}})
	}
	return out
}

// cellExpression returns the expression that reads a column.
func cellExpression(c column, single bool) string {
	cell := "each.value." + c.Name
	one := func(s string) string {
		if c.kind == "" {
			return s
		}
		return c.kind + "[" + s + "]"
	}
	switch {
	case c.Type == schema.TypeBool:
		return cell + ` == "true"`
	case c.Type == schema.TypeString:
		return one(cell)
	case single:
		return "[" + one(cell) + "]"
	case c.kind == "":
		return fmt.Sprintf("split(%q, %s)", separator, cell)
	}
	return fmt.Sprintf("[for name in split(%q, %s) : %s]", separator, cell, one("name"))
}
