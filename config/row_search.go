package config

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// What a search looks at, so that a thousand findings stay cheap.
const (
	maxFound = 20   // rows that may be meant: more of them are of no help
	maxTried = 1000 // cells with one text that are looked at for one query
)

// A rowSearch finds the rows of many queries. The data files are read once for all.
type rowSearch struct {
	files []searchedFile
	hits  map[string][]cellRef // by text in lower case, for the texts that were indexed
	keys  map[schema.Pos][]string
	best  map[schema.Pos]map[column]int // how many keys of a block's objects a column has
	known map[blockKey][]cellRef        // what keyed returned
}

type searchedFile struct {
	path  string // as written
	above int    // lines before the text
	rows  []dataRow
}

type blockKey struct {
	block schema.Pos
	key   string
}

// A cellRef is one cell.
type cellRef struct{ file, row, cell int }

// A column is one column of one file.
type column struct {
	file int
	name string
}

// rowSearch reads the data files. The keys are those of all objects of a block, where
// they are known.
func (r *expressionFiles) rowSearch(keys map[schema.Pos][]string) *rowSearch {
	s := &rowSearch{hits: map[string][]cellRef{}, keys: keys, best: map[schema.Pos]map[column]int{}, known: map[blockKey][]cellRef{}}
	for _, o := range r.data {
		if path, above := r.fileOf(o.text); path != "" {
			s.files = append(s.files, searchedFile{path, above, o.format.scan(o.text)})
		}
	}
	return s
}

// find returns the rows of each query, as places without a column.
func (s *rowSearch) find(queries []rowQuery) [][]schema.Pos {
	var names, texts []string
	for i := range queries {
		names = append(append(names, queries[i].value, lastPart(queries[i].value)), queries[i].keys...)
	}
	for _, keys := range s.keys {
		names = append(names, keys...)
	}
	s.index(names)
	for i := range queries {
		if !slices.ContainsFunc(queries[i].keys, func(k string) bool { return len(s.cells(k)) > 0 }) {
			texts = append(texts, queries[i].texts...)
		}
	}
	s.index(texts)
	out := make([][]schema.Pos, len(queries))
	for i := range queries {
		out[i] = s.places(s.rowsOf(&queries[i]))
	}
	return out
}

// index finds the cells with the texts.
func (s *rowSearch) index(texts []string) {
	wanted := map[string]bool{}
	for _, t := range texts {
		if t != "" && s.cells(t) == nil {
			wanted[strings.ToLower(t)] = true
		}
	}
	if len(wanted) == 0 {
		return
	}
	for f := range s.files {
		for i := range s.files[f].rows {
			for n, cell := range s.files[f].rows[i].cells {
				if cell = strings.ToLower(cell); wanted[cell] {
					s.hits[cell] = append(s.hits[cell], cellRef{f, i, n})
				}
			}
		}
	}
}

// cells returns the cells with a text that was indexed.
func (s *rowSearch) cells(text string) []cellRef { return s.hits[strings.ToLower(text)] }

func (s *rowSearch) row(h cellRef) *dataRow { return &s.files[h.file].rows[h.row] }

func (s *rowSearch) columnOf(h cellRef) column {
	if names := s.row(h).columns; names != nil {
		return column{h.file, names[h.cell]}
	}
	return column{h.file, ""}
}

// rowsOf returns a cell of each row that the query means.
func (s *rowSearch) rowsOf(q *rowQuery) []cellRef {
	var rows []cellRef
	for _, k := range q.keys {
		if rows = s.withKey(q.block, k); len(rows) > 0 {
			break
		}
	}
	if len(rows) == 0 {
		rows = s.withAll(q.texts)
	}
	if q.value != "" {
		rows = s.withValue(rows, q.value)
	}
	return s.mostSimilar(rows, slices.Concat(q.texts, q.hints))
}

// mostSimilar returns the rows that have most of the texts.
func (s *rowSearch) mostSimilar(rows []cellRef, texts []string) []cellRef {
	if len(rows) < 2 {
		return rows
	}
	var out []cellRef
	most := 0
	for _, h := range rows {
		score := 0
		for _, t := range texts {
			if t != "" && s.row(h).has(t) {
				score++
			}
		}
		if score > most {
			most, out = score, nil
		}
		if score == most {
			out = append(out, h)
		}
	}
	return out
}

// withKey returns the cells with a key, in the columns that have most keys of the block's
// objects: a person's own row has the address as its key, and those of others name it
// elsewhere.
func (s *rowSearch) withKey(block schema.Pos, key string) []cellRef {
	all := s.cells(key)
	if len(all) < 2 {
		return all
	}
	this := blockKey{block, key}
	out, known := s.known[this]
	if known {
		return out
	}
	counts := s.best[block]
	if counts == nil {
		counts = map[column]int{}
		for _, k := range s.keys[block] {
			for _, h := range s.cells(k) {
				counts[s.columnOf(h)]++
			}
		}
		s.best[block] = counts
	}
	most := 0
	for _, h := range all {
		most = max(most, counts[s.columnOf(h)])
	}
	for _, h := range all {
		if counts[s.columnOf(h)] == most {
			out = append(out, h)
		}
	}
	if len(out) > maxTried {
		out = nil
	}
	s.known[this] = out
	return out
}

// withValue prefers the rows that have a value. Where it is in other files only, as
// in a list of stores that the row refers to, its rows there are added.
func (s *rowSearch) withValue(rows []cellRef, value string) []cellRef {
	if len(s.cells(value)) == 0 {
		value = lastPart(value)
	}
	if with := slices.DeleteFunc(slices.Clone(rows), func(h cellRef) bool { return !s.row(h).has(value) }); len(with) > 0 {
		return with
	}
	files := map[int]bool{}
	for _, h := range rows {
		files[h.file] = true
	}
	var elsewhere []cellRef
	all := s.cells(value)
	for _, h := range all[:min(maxTried, len(all))] {
		if !files[h.file] {
			elsewhere = append(elsewhere, h)
		}
	}
	if len(rows) > 0 && len(elsewhere) > maxRows {
		return rows
	}
	return slices.Concat(rows, elsewhere)
}

// lastPart returns the last part of a key of several, as one cell has it.
func lastPart(key string) string {
	parts, _ := schema.SplitKey(key, strings.Count(key, "/")+1)
	if len(parts) == 0 {
		return key
	}
	return parts[len(parts)-1]
}

// withAll returns a cell of each row that has all of the texts.
func (s *rowSearch) withAll(texts []string) []cellRef {
	var rarest []cellRef
	for i, t := range texts {
		if all := s.cells(t); i == 0 || len(all) < len(rarest) {
			rarest = all
		}
	}
	if len(rarest) > maxTried {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(rarest), func(h cellRef) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return !s.row(h).has(t) })
	})
}

// places names the rows of cells. There is none where so many may be meant that they are
// of no help.
func (s *rowSearch) places(hits []cellRef) []schema.Pos {
	var out []schema.Pos
	for _, h := range hits {
		f := &s.files[h.file]
		out = append(out, schema.Pos{File: f.path, Line: f.above + f.rows[h.row].line})
	}
	slices.SortFunc(out, comparePos)
	if out = slices.Compact(out); len(out) > maxFound {
		return nil
	}
	return out
}
