package config

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Table is a CSV file whose whole text expressions decode.
type Table struct {
	Path      string // as written there, and as Finding.Rows names it
	Separator rune
}

// RowOf returns the only row of a CSV file that a declared object comes from, with the line of the row.
// It is false if there is none, or if several may be meant.
func (c *Config) RowOf(o *schema.Object) (t Table, line int, ok bool) {
	about := []schema.Finding{{Addr: o.Addr, Pos: o.Pos}}
	c.LocateRows(about)
	if len(about[0].Rows) != 1 {
		return t, 0, false
	}
	at := about[0].Rows[0]
	for _, t := range c.tables() {
		if t.Path == at.File {
			return t, at.Line, true
		}
	}
	return t, 0, false
}

// tables lists the CSV files that are decoded as a whole, with one separator.
func (c *Config) tables() []Table {
	if c.data == nil {
		return nil
	}
	c.data.mu.Lock()
	defer c.data.mu.Unlock()
	var out []Table
	for path, file := range c.data.results {
		var found []Table
		for _, t := range c.data.data {
			if separator, n := utf8.DecodeRuneInString(t.format); n == len(t.format) && file.err == nil && file.value.AsString() == t.text {
				found = append(found, Table{path, separator})
			}
		}
		if len(found) == 1 {
			out = append(out, found[0])
		}
	}
	slices.SortFunc(out, func(a, b Table) int { return strings.Compare(a.Path, b.Path) })
	return out
}
