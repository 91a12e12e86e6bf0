package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// People keep rosters in CSV, YAML and JSON files, and a mistake in one of them should be
// reported with its line there. Values do not carry where they come from, because nearly all
// of them are right. So the texts that were decoded are kept, and a message about an object
// looks for the rows that have its key, its values and the value that is meant. Only objects
// of blocks that decode a text, or refer to a value that does, are looked for (uses.data).

// A rowQuery describes the rows of data files that a message is about. Upper and lower case
// do not matter.
type rowQuery struct {
	keys    []string // names of the object, the best one first: its rows have the first of them that is found
	element []string // all texts of the element of for_each: if no key is found, its rows have all of them
	texts   []string // other texts of the object: rows with most texts are preferred
	value   string   // that is meant: rows that have it too are preferred
}

const (
	maxRows  = 5    // rows that one message names
	maxFound = 20   // rows that may be meant: more of them are of no help
	maxTried = 1000 // rows with one text that are looked at; of more, only those that begin with it
)

// An origin is what is kept of how an object came about.
type origin struct {
	key      string // each.key of its block; empty without for_each
	computed bool   // it is declared in short form, by an entry that an expression gives
	data     bool   // values of its block may come from data files
}

// query describes the rows of an object. Those of one that is written out have no keys.
func (from origin) query(o *schema.Object) rowQuery {
	var q rowQuery
	var names []string // the parts of the key, the last first
	for i := range o.Kind.Attributes {
		if row := &o.Kind.Attributes[i]; o.Set.Has(i) {
			texts := row.Texts(o.Body)
			if q.texts = append(q.texts, texts...); row.Is(schema.Key) {
				names = append(names, texts...)
			}
		}
	}
	slices.Reverse(names)
	switch {
	case from.computed:
		q.keys = append(names, from.key)
	case from.key != "":
		q.keys = append([]string{from.key}, names...)
	}
	return q
}

// findRows returns the rows of each query. The data files are read once for all.
func (r *expressionFiles) findRows(queries []rowQuery) [][]schema.Pos {
	s := rowSearch{}
	for i := range queries {
		q := &queries[i]
		for _, t := range slices.Concat(q.keys, q.element, []string{q.value, lastPart(q.value)}) {
			s[strings.ToLower(t)] = nil
		}
	}
	delete(s, "")
	for _, t := range r.data {
		path, above := r.fileOf(t.text)
		if path == "" {
			continue
		}
		rows := t.rows()
		for i := range rows {
			row := &rows[i]
			row.at.File, row.at.Line = path, row.at.Line+above
			for _, cell := range row.cells {
				cell = strings.ToLower(cell)
				if found, wanted := s[cell]; wanted && (len(found) == 0 || found[len(found)-1] != row) {
					s[cell] = append(found, row)
				}
			}
		}
	}
	for t, found := range s {
		if len(found) > maxTried {
			s[t] = slices.DeleteFunc(found, func(row *dataRow) bool { return row.column(t) > 0 })
		}
		if len(s[t]) > maxTried {
			delete(s, t)
		}
	}
	out := make([][]schema.Pos, len(queries))
	for i := range queries {
		for _, row := range s.find(&queries[i]) {
			out[i] = append(out[i], row.at)
		}
		if out[i] = sortedPlaces(out[i]); len(out[i]) > maxFound {
			out[i] = nil
		}
	}
	return out
}

// sortedPlaces sorts places, each of them once.
func sortedPlaces(places []schema.Pos) []schema.Pos {
	slices.SortFunc(places, comparePos)
	return slices.Compact(places)
}

// A rowSearch has the rows with each text of its queries, by the text in lower case.
type rowSearch map[string][]*dataRow

// with returns the rows with a text.
func (s rowSearch) with(text string) []*dataRow { return s[strings.ToLower(text)] }

// find returns the rows that a query means.
func (s rowSearch) find(q *rowQuery) []*dataRow {
	var rows []*dataRow
	key := ""
	for _, key = range q.keys {
		if rows = s.with(key); len(rows) > 0 {
			break
		}
	}
	if len(rows) == 0 {
		rows = s.withAll(q.element)
	}
	value := q.value
	if value != "" && len(s.with(value)) == 0 {
		value = lastPart(value)
	}
	having := withText(rows, value)
	if len(having) > 0 {
		rows = having
	}
	rows = mostSimilar(rows, key, slices.Concat(q.element, q.texts))
	if value == "" || len(having) > 0 {
		return rows
	}
	// The value is in other files only, as in a list of stores that the row refers to.
	elsewhere := slices.DeleteFunc(slices.Clone(s.with(value)), func(other *dataRow) bool {
		return slices.ContainsFunc(rows, func(row *dataRow) bool { return row.at.File == other.at.File })
	})
	switch {
	case len(rows) == 0:
		return mostSimilar(elsewhere, "", q.texts)
	case len(elsewhere) > maxRows:
		return rows
	}
	return slices.Concat(rows, elsewhere)
}

// withAll returns the rows that have all of the texts.
func (s rowSearch) withAll(texts []string) []*dataRow {
	if len(texts) == 0 {
		return nil
	}
	rows := s.with(slices.MinFunc(texts, func(a, b string) int { return len(s.with(a)) - len(s.with(b)) }))
	for _, t := range texts {
		rows = withText(rows, t)
	}
	return rows
}

func withText(rows []*dataRow, text string) []*dataRow {
	return slices.DeleteFunc(slices.Clone(rows), func(row *dataRow) bool { return row.column(text) < 0 })
}

// mostSimilar returns the rows that have most of the texts, and of these the ones with the
// key furthest to the left: the row of a user begins with the address that the rows of
// others name further on.
func mostSimilar(rows []*dataRow, key string, texts []string) []*dataRow {
	if len(rows) < 2 {
		return rows
	}
	var out []*dataRow
	var most, first int
	for _, row := range rows {
		n, column := 0, row.column(key)
		for _, t := range texts {
			if row.column(t) >= 0 {
				n++
			}
		}
		if out == nil || n > most || n == most && column < first {
			out, most, first = nil, n, column
		}
		if n == most && column == first {
			out = append(out, row)
		}
	}
	return out
}

// column returns which cell of the row has a text that is not empty, or -1.
func (r *dataRow) column(text string) int {
	if text == "" {
		return -1
	}
	return slices.IndexFunc(r.cells, func(cell string) bool { return strings.EqualFold(cell, text) })
}

// lastPart returns the last part of a key of several, as one cell has it.
func lastPart(key string) string {
	parts, _ := schema.SplitKey(key, strings.Count(key, "/")+1)
	if len(parts) == 0 {
		return key
	}
	return parts[len(parts)-1]
}

// seeRows is the sentence that points at rows: "See staff.csv line 17." It is empty if
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
