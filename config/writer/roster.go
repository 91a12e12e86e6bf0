package writer

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// separator is between the members of a set in a cell.
const separator = ";"

// A roster is a long list of objects that set the same attributes: a CSV file, and one block with
// for_each.
type roster struct {
	rows     []entry
	label    string
	labels   []string    // of the block
	keys     []column    // each.key is their cells, separated by "/"
	constant schema.Mask // attributes with one value in all rows, which the block has
}

// rosters divides the objects of a kind into those that get a block each and long lists.
func (w *writer) rosters(k *schema.Kind, entries []entry) (blocks []entry, out []roster) {
	if len(entries) <= w.RosterAbove {
		return entries, nil
	}
	wide := wideMask(k, entries)
	type likeness struct {
		shape  schema.Mask
		kinds  string
		frozen string // why the objects cannot be changed
	}
	alike := map[likeness][]entry{}
	var order []likeness
	var single []entry
	for _, e := range entries {
		row := e
		row.own = e.shape
		row.shape |= wide
		if !w.fitsRow(k, &row) {
			single = append(single, e)
			continue
		}
		of := likeness{row.shape, w.kindsOf(k, &row), frozen(row.object)}
		if alike[of] == nil {
			order = append(order, of)
		}
		alike[of] = append(alike[of], row)
	}
	for _, of := range order {
		r, others := w.newRoster(k, alike[of])
		if len(r.rows) > w.RosterAbove {
			out = append(out, r)
		} else {
			others = append(others, r.rows...)
		}
		for _, e := range others {
			e.shape = e.own
			single = append(single, e)
		}
	}
	slices.SortFunc(single, func(a, b entry) int { return strings.Compare(a.object.Addr.Key, b.object.Addr.Key) })
	return single, out
}

// kindsOf lists the kinds that the attributes of an object refer to, so that a column has references to
// one kind.
func (w *writer) kindsOf(k *schema.Kind, e *entry) string {
	var kinds []string
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if len(a.Kinds) == 0 || a.Via != "" || !e.shape.Has(i) {
			continue
		}
		if a.Type == schema.TypeString {
			r, _ := w.find(a, a.Text(e.object.Body))
			kinds = append(kinds, r.Kind)
			continue
		}
		var of []string
		a.Each(e.object.Body, func(key string) {
			r, _ := w.find(a, key)
			of = append(of, r.Kind)
		})
		kinds = append(kinds, strings.Join(slices.Compact(of), " "))
	}
	return strings.Join(kinds, ",")
}

// wideMask returns texts and switches that all rows have if one object has them, so that an empty cell
// does not divide a list.
func wideMask(k *schema.Kind, entries []entry) schema.Mask {
	all, some := schema.Everything, schema.Mask(0)
	for _, e := range entries {
		all &= e.object.Set
		some |= e.shape
	}
	var wide schema.Mask
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if (all & some).Has(i) && len(a.Kinds) == 0 && (a.Type == schema.TypeBool || a.Type == schema.TypeString && a.Valid("") == nil) {
			wide = wide.With(i)
		}
	}
	return wide
}

// fitsRow reports whether a row of a CSV file can hold the object.
func (w *writer) fitsRow(k *schema.Kind, e *entry) bool {
	if len(w.omitted[e.object]) > 0 {
		return false // its block has a comment
	}
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if !e.shape.Has(i) {
			continue
		}
		switch a.Type {
		case schema.TypeBool:
			continue
		case schema.TypeString:
			if !FitsCell(a.Text(e.object.Body)) {
				return false
			}
			continue
		case schema.TypeSet:
		case schema.TypeSets:
			if a.Via == "" {
				return false
			}
		default:
			return false
		}
		fits := true
		a.Each(e.object.Body, func(s string) { fits = fits && FitsCell(s) && !strings.Contains(s, separator) })
		if !fits {
			return false
		}
	}
	return true
}

// newRoster makes a roster of the entries, which it reuses, without the attributes that are defaults in
// all rows. It returns those whose each.key another one has already.
func (w *writer) newRoster(k *schema.Kind, entries []entry) (r roster, twice []entry) {
	for _, a := range k.Keys() {
		r.keys = append(r.keys, column{a, w.labelsOf(a, entries)})
	}
	r.rows = entries[:0]
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		key := w.eachKey(r.keys, e.object)
		if seen[key] {
			twice = append(twice, e)
			continue
		}
		seen[key] = true
		r.rows = append(r.rows, e)
	}
	rows := r.rows
	r.constant = constants(k, rows)
	needed := schema.Mask(0)
	for _, e := range rows {
		needed |= Written(e.object)
	}
	r.constant &= needed
	for i := range rows {
		rows[i].shape &= needed
	}
	return r, twice
}

// FitsCell reports whether a cell keeps the text as it is, shows all of it, and is no formula for a
// spreadsheet.
func FitsCell(s string) bool {
	return strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool { return !text.Visible(r) }) && !text.Formula(s)
}

// constants returns the attributes that have one value in all rows.
func constants(k *schema.Kind, rows []entry) schema.Mask {
	var m schema.Mask
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if !rows[0].shape.Has(i) || a.Is(schema.Key) {
			continue
		}
		if !slices.ContainsFunc(rows[1:], func(e entry) bool { return !a.Equal(e.object.Body, rows[0].object.Body) }) {
			m = m.With(i)
		}
	}
	return m
}

// labelRoster names the block of a roster: by its kind, and by what its rows have in common if the
// kind has several rosters.
func (w *writer) labelRoster(k *schema.Kind, r *roster, several bool) {
	r.label = FileName(k)
	for i := range k.Attributes {
		if a := &k.Attributes[i]; several && r.constant.Has(i) && len(a.OneOf) > 0 {
			r.label = identifier(k, r.label+"_"+a.Text(r.rows[0].object.Body))
			break
		}
	}
	for n := max(1, len(k.Labels())); len(r.labels) < n-1; {
		r.labels = append(r.labels, "all")
	}
	r.labels = w.unique(k, append(r.labels, r.label)...)
	r.label = r.labels[len(r.labels)-1]
	if len(r.labels) > 1 { // expressions name one label only
		return
	}
	for _, e := range r.rows {
		w.refer(k, e.object.Addr.Key, Reference{Kind: k.Name, Label: r.label, Key: w.eachKey(r.keys, e.object)})
	}
}

// eachKey is the key of an object in the for_each of a roster.
func (w *writer) eachKey(keys []column, o *schema.Object) string {
	cells := make([]string, len(keys))
	for i, c := range keys {
		cells[i] = w.cell(c, o.Body)
	}
	return strings.Join(cells, "/")
}
