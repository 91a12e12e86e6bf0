package splice

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Table is a CSV file with a header line. Offsets of edits are those of the file.
type Table struct {
	Path   string
	Header []string
	Rows   []Row

	src       []byte
	separator rune
}

// A Row is one row of a table.
type Row struct {
	Line  int // on which it begins
	Cells []string

	at         [][2]int // where each cell is, with its quotes
	start, end int      // with the end of its line
}

// ParseCSV parses a CSV file. All rows have a cell for each column.
func ParseCSV(path string, src []byte, separator rune) (*Table, error) {
	t := &Table{Path: path, src: src, separator: separator}
	mark := 0
	if bytes.HasPrefix(src, byteOrderMark) {
		mark = len(byteOrderMark)
	}
	lines := []int{0, mark} // where each line begins, by its number
	for i, b := range src {
		if b == '\n' {
			lines = append(lines, i+1)
		}
	}
	r := csv.NewReader(bytes.NewReader(src[mark:]))
	r.Comma = separator
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s has errors: %w", path, err)
		}
		row := Row{Cells: cells, end: mark + int(r.InputOffset())}
		row.Line, _ = r.FieldPos(0)
		row.start = lines[row.Line]
		last := len(bytes.TrimRight(src[:row.end], "\r\n"))
		for i := range cells {
			line, column := r.FieldPos(i)
			at := lines[line] + column - 1
			if i > 0 {
				row.at[i-1][1] = at - utf8.RuneLen(separator)
			}
			row.at = append(row.at, [2]int{at, last})
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return nil, fmt.Errorf("%s has no header line", path)
	}
	t.Header, t.Rows = t.Rows[0].Cells, t.Rows[1:]
	return t, nil
}

// RowAt returns the number of the row that begins on a line, or -1.
func (t *Table) RowAt(line int) int {
	return slices.IndexFunc(t.Rows, func(r Row) bool { return r.Line == line })
}

// Column returns the number of a column, or -1.
func (t *Table) Column(name string) int { return slices.Index(t.Header, name) }

// SetCell gives a cell another text. It stays in quotes if it has them.
func (t *Table) SetCell(row, column int, text string) []Edit {
	at := t.Rows[row].at[column]
	if t.Rows[row].Cells[column] == text {
		return nil
	}
	return []Edit{{at[0], at[1], t.cell(text, t.quoted(row, column), len(t.Header) == 1)}}
}

func (t *Table) quoted(row, column int) bool {
	at := t.Rows[row].at[column]
	return at[0] < at[1] && t.src[at[0]] == '"'
}

// RemoveRow deletes a row with its line.
func (t *Table) RemoveRow(row int) []Edit {
	r := t.Rows[row]
	start := r.start
	if r.end == len(t.src) && !bytes.HasSuffix(t.src, []byte("\n")) { // the line before becomes the last one
		start = len(bytes.TrimRight(t.src[:start], "\r\n"))
	}
	return []Edit{{Start: start, End: r.end}}
}

// AddRow adds a row behind the last one, with the cells in quotes that have them there.
func (t *Table) AddRow(cells []string) []Edit {
	end := len(t.src)
	if n := len(t.Rows); n > 0 {
		end = t.Rows[n-1].end
	}
	out := make([]string, len(cells))
	for i, text := range cells {
		out[i] = t.cell(text, len(t.Rows) > 0 && t.quoted(len(t.Rows)-1, i), len(cells) == 1)
	}
	line, ending := strings.Join(out, string(t.separator)), t.lineEnd()
	if end > 0 && t.src[end-1] != '\n' {
		return []Edit{{end, end, ending + line}}
	}
	return []Edit{{end, end, line + ending}}
}

// lineEnd returns the end of the first line.
func (t *Table) lineEnd() string {
	if at := bytes.IndexByte(t.src, '\n'); at > 0 && t.src[at-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// cell writes a cell. A reader takes an empty line for none, so the only cell of a row is in quotes then.
func (t *Table) cell(text string, quoted, only bool) string {
	first, _ := utf8.DecodeRuneInString(text)
	if !quoted && !(only && text == "") && !strings.ContainsAny(text, "\"\r\n") && !strings.ContainsRune(text, t.separator) && !unicode.IsSpace(first) {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// Apply returns the file with the edits.
func (t *Table) Apply(edits []Edit) ([]byte, error) {
	all, err := merge(t.Path, edits)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(t.src)
	for _, e := range slices.Backward(all) {
		out = slices.Replace(out, e.Start, e.End, []byte(e.Text)...)
	}
	return out, nil
}
