package config

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A table is what a CSV text says. Every row has a cell for each column.
type table struct {
	header []string
	rows   [][]string
	lines  []int // on which each row begins
}

// A lineError is what is wrong with one line of a text that is decoded.
type lineError struct {
	line int
	what string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.what) }

func wrongLine(line int, what string, args ...any) error {
	return &lineError{line, fmt.Sprintf(what, args...)}
}

// parseCSV reads a CSV text with one character between cells and a header line. The
// errors say what a spreadsheet did and what to do about it: a row that is lost or
// read wrong would remove a user.
func parseCSV(s string, separator rune) (*table, error) {
	s = strings.ReplaceAll(strings.TrimPrefix(s, "\ufeff"), "\r\n", "\n")
	if err := plainLines(s); err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(s))
	r.Comma, r.FieldsPerRecord = separator, -1
	if err := checkSeparator(s, separator); err != nil {
		return nil, err
	}
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the text is empty; its first line must name the columns")
	}
	if err != nil {
		return nil, misquoted(err)
	}
	first, _ := r.FieldPos(0)
	if err := checkHeader(header, first); err != nil {
		return nil, err
	}
	guess := strings.Count(s, "\n")
	t := &table{header: header, rows: make([][]string, 0, guess), lines: make([]int, 0, guess)}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, misquoted(err)
		}
		line, _ := r.FieldPos(0)
		if err := checkRow(row, line, header, first); err != nil {
			return nil, err
		}
		for i := range row {
			row[i] = cty.NormalizeString(row[i])
		}
		t.rows, t.lines = append(t.rows, row), append(t.lines, line)
	}
}

// plainLines reports bytes that are no part of a line of text.
func plainLines(s string) error {
	if i := strings.IndexByte(s, '\r'); i >= 0 {
		return wrongLine(1+strings.Count(s[:i], "\n"), "a line ends in CR alone; save the file with LF or CRLF at the end of each line")
	}
	if i := strings.IndexByte(s, 0); i >= 0 {
		return wrongLine(1+strings.Count(s[:i], "\n"), "there is a NUL byte, so this is not CSV; save the file as \"CSV UTF-8\"")
	}
	return nil
}

// separators are what spreadsheets write between cells, with how that is called and
// how the call is written that reads it.
var separators = []struct {
	char       rune
	name, call string
}{
	{',', "commas", `csvdecode(text)`},
	{';', "semicolons", `csvdecode(text, ";")`},
	{'\t', "tabs", `csvdecode(text, "\t")`},
	{'|', "vertical bars", `csvdecode(text, "|")`},
}

// checkSeparator reports a first line that is plainly separated by something else.
func checkSeparator(s string, separator rune) error {
	header, _, _ := strings.Cut(strings.TrimLeft(s, "\n"), "\n")
	line := 1 + len(s) - len(strings.TrimLeft(s, "\n"))
	if rest, hint := strings.CutPrefix(strings.ToLower(strings.Trim(header, `"`)), "sep="); hint && utf8.RuneCountInString(strings.Trim(rest, `"`)) <= 1 {
		return wrongLine(line, "%q is a hint for Excel and not the header line; delete this line, and name a separator other than the comma as in csvdecode(text, \";\")", header)
	}
	for _, other := range separators {
		if other.char != separator && outsideQuotes(header, other.char) > outsideQuotes(header, separator) {
			return wrongLine(line, "the columns of %q are separated by %s; write %s, or save the file with another separator", shorten(header), other.name, other.call)
		}
	}
	return nil
}

// outsideQuotes counts a character where it separates cells.
func outsideQuotes(line string, char rune) int {
	n, quoted := 0, false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == char && !quoted:
			n++
		}
	}
	return n
}

func checkHeader(header []string, line int) error {
	seen, folded := make(map[string]bool, len(header)), make(map[string]string, len(header))
	for i, name := range header {
		plain := cty.NormalizeString(name)
		switch {
		case strings.TrimSpace(name) == "":
			return wrongLine(line, "column %d has no name; the first line must name every column. Delete a title above it, and empty columns", i+1)
		case strings.TrimSpace(name) != name:
			return wrongLine(line, "the header line has a column %q; delete the space around the name", name)
		case text.Clean(name) != name:
			return wrongLine(line, "the name of column %d has an invisible character; write %q again", i+1, text.Clean(name))
		case seen[plain]:
			return wrongLine(line, "two columns are named %q; rename one, or delete it", plain)
		case folded[strings.ToLower(plain)] != "":
			return wrongLine(line, "the columns %q and %q differ in upper and lower case only; rename one, or delete it", folded[strings.ToLower(plain)], plain)
		}
		seen[plain], folded[strings.ToLower(plain)], header[i] = true, plain, plain
	}
	return nil
}

func checkRow(row []string, line int, header []string, first int) error {
	empty := true
	for _, cell := range row {
		empty = empty && strings.TrimSpace(cell) == ""
	}
	switch {
	case empty:
		return wrongLine(line, "every cell is empty; delete this line")
	case len(row) != len(header) && len(header) == 1:
		return wrongLine(line, "this row has %d cells, and line %d names one column; if line %d is a title, delete it", len(row), first, first)
	case len(row) != len(header):
		return wrongLine(line, "this row has %s, and the header line %d names %d columns; every line needs as many cells as there are columns",
			text.Count(len(row), "cell", "cells"), first, len(header))
	}
	return nil
}

// misquoted says what is wrong with a quote.
func misquoted(err error) error {
	wrong, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case !ok:
		return err
	case errors.Is(wrong.Err, csv.ErrBareQuote):
		return wrongLine(wrong.Line, "a quote is in the middle of a cell; put the whole cell in quotes and write each quote in it twice")
	case errors.Is(wrong.Err, csv.ErrQuote) && wrong.Line != wrong.StartLine:
		return wrongLine(wrong.StartLine, "a quote that is opened in this row is not closed, or the text goes on after it on line %d; a quote inside a cell is written twice", wrong.Line)
	case errors.Is(wrong.Err, csv.ErrQuote):
		return wrongLine(wrong.Line, "a quote is not closed, or the cell goes on after it; a quote inside a cell is written twice")
	}
	return wrongLine(wrong.Line, "%s", wrong.Err)
}

// separatorOf reads the second argument of csvdecode.
func separatorOf(s string) (rune, error) {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || n != len(s) || r == utf8.RuneError || strings.ContainsRune("\"\r\n", r) {
		return 0, errors.New("the separator must be one character, such as \";\" or \"\\t\"")
	}
	return r, nil
}

// decodeCSV makes a list of objects of a CSV text.
func decodeCSV(s string, separator rune) (cty.Value, error) {
	t, err := parseCSV(s, separator)
	if err != nil {
		return cty.NilVal, err
	}
	types := make(map[string]cty.Type, len(t.header))
	for _, name := range t.header {
		types[name] = cty.String
	}
	if len(t.rows) == 0 {
		return cty.ListValEmpty(cty.Object(types)), nil
	}
	rows := make([]cty.Value, len(t.rows))
	for i, row := range t.rows {
		cells := make(map[string]cty.Value, len(row))
		for n, cell := range row {
			cells[t.header[n]] = cty.StringVal(cell)
		}
		rows[i] = cty.ObjectVal(cells)
	}
	return cty.ListVal(rows), nil
}
