package roserocket

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A row is one field of a live permission.
type row struct {
	key, right string
	derived    bool
}

// rows lists the fields with their rights, in the document's order.
func (d *document) rows() []row {
	out := make([]row, len(*d.Data.Fields))
	for i := range *d.Data.Fields {
		f := &(*d.Data.Fields)[i]
		out[i] = row{f.Key, f.right(), f.Derived}
	}
	return out
}

// A clash is a field that two patterns give different rights.
type clash struct{ field, one, oneIn, other, otherIn string }

// A choice is what the lists of a block come to for the fields of one object.
type choice struct {
	rights  map[string]string // by field
	missing [][2]string       // list and name that no field has
	hit     map[[2]string]bool
	clashes []clash
	derived []string // named for editing, which they cannot be
	skipped []string // derived fields that a pattern for editing would have matched
}

// choose finds out which list each field is in. A name counts more than a pattern.
func choose(lists map[string][]string, rows []row) choice {
	c := choice{rights: map[string]string{}, hit: map[[2]string]bool{}}
	at := make(map[string]*row, len(rows))
	for i := range rows {
		at[rows[i].key] = &rows[i]
	}
	for _, name := range fieldLists {
		for _, m := range lists[name] {
			if isPattern(m) {
				continue
			}
			f := at[m]
			switch {
			case f == nil:
				c.missing = append(c.missing, [2]string{name, m})
			case f.derived && name == edit:
				c.derived = append(c.derived, m)
			default:
				c.rights[m] = name
			}
		}
	}
	c.match(lists, rows)
	c.skipped = slices.DeleteFunc(slices.Compact(c.skipped), func(key string) bool { return c.rights[key] != "" })
	return c
}

// match gives the fields that no list names to the patterns.
func (c *choice) match(lists map[string][]string, rows []row) {
	type pattern struct {
		text, list string
		glob       schema.Pattern
	}
	var patterns []pattern
	for _, name := range fieldLists {
		for _, m := range lists[name] {
			if glob, ok := schema.ParsePattern(m); ok && isPattern(m) {
				patterns = append(patterns, pattern{m, name, glob})
			}
		}
	}
	for i := range rows {
		f := &rows[i]
		_, named := c.rights[f.key]
		var first *pattern
		for j := range patterns {
			p := &patterns[j]
			if !p.glob.Match(f.key) {
				continue
			}
			c.hit[[2]string{p.list, p.text}] = true
			switch {
			case named:
			case f.derived && p.list == edit:
				c.skipped = append(c.skipped, f.key)
			case first == nil:
				first = p
				c.rights[f.key] = p.list
			case first.list != p.list && (len(c.clashes) == 0 || c.clashes[len(c.clashes)-1].field != f.key):
				c.clashes = append(c.clashes, clash{f.key, first.text, first.list, p.text, p.list})
			}
		}
	}
}
