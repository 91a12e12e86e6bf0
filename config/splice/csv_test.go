package splice_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/config/splice"
)

// Random changes of random tables: the cells are as wanted, and the lines of all other rows have the
// same bytes.
func TestRandomTables(t *testing.T) {
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"", "ana", "a b", " lead", "x\"y", "a,b", "a;b", "two\nlines", "ä", "=1", "日本"}),
		rapid.StringMatching(`[a-z;," ]{0,6}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		separator := rapid.SampledFrom([]rune{',', ';', '\t', '¦'}).Draw(t, "separator")
		ending := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "ending")
		columns := rapid.IntRange(1, 4).Draw(t, "columns")
		rows := [][]string{[]string{"a", "b", "c", "d"}[:columns]}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			rows = append(rows, rapid.SliceOfN(cell, columns, columns).Draw(t, "row"))
		}
		var b strings.Builder
		if rapid.Bool().Draw(t, "mark") {
			b.WriteString("\ufeff")
		}
		for i, row := range rows {
			for n, text := range row {
				if n > 0 {
					b.WriteRune(separator)
				}
				if quoted := rapid.Bool().Draw(t, "quoted") || text == "" && columns == 1; quoted || strings.ContainsAny(text, "\" \n"+string(separator)) {
					text = `"` + strings.ReplaceAll(strings.ReplaceAll(text, `"`, `""`), "\n", ending) + `"`
				}
				b.WriteString(text)
			}
			if i < len(rows)-1 || rapid.Bool().Draw(t, "final") {
				b.WriteString(ending)
				if rapid.IntRange(0, 5).Draw(t, "blank") == 0 {
					b.WriteString(ending)
				}
			}
		}
		src := []byte(b.String())
		table, err := splice.ParseCSV("x.csv", src, separator)
		if err != nil {
			t.Fatalf("%v in %q", err, src)
		}
		if !slices.EqualFunc(table.Rows, rows[1:], func(r splice.Row, want []string) bool { return slices.Equal(r.Cells, want) }) {
			t.Fatalf("got %v, want %q, in %q", table.Rows, rows[1:], src)
		}
		var edits []splice.Edit
		want := [][]string{}
		kept := []string{} // lines that stay as they are
		for i, r := range table.Rows {
			switch rapid.IntRange(0, 3).Draw(t, "change") {
			case 0:
				edits = append(edits, table.RemoveRow(i)...)
			case 1:
				n, text := rapid.IntRange(0, columns-1).Draw(t, "column"), cell.Draw(t, "text")
				edits = append(edits, table.SetCell(i, n, text)...)
				next := slices.Clone(r.Cells)
				next[n] = text
				want = append(want, next)
			default:
				want = append(want, r.Cells)
				if !slices.ContainsFunc(r.Cells, func(s string) bool { return strings.Contains(s, "\n") }) {
					kept = append(kept, strings.TrimRight(string(bytes.Split(src, []byte("\n"))[r.Line-1]), "\r"))
				}
			}
		}
		if rapid.Bool().Draw(t, "add") {
			added := rapid.SliceOfN(cell, columns, columns).Draw(t, "added")
			edits = append(edits, table.AddRow(added)...)
			want = append(want, added)
		}
		out, err := table.Apply(edits)
		if err != nil {
			t.Fatalf("%v in %q", err, src)
		}
		after, err := splice.ParseCSV("x.csv", out, separator)
		if err != nil {
			t.Fatalf("%v in %q, which was %q", err, out, src)
		}
		if !slices.EqualFunc(after.Rows, want, func(r splice.Row, want []string) bool { return slices.Equal(r.Cells, want) }) {
			t.Fatalf("got %v, want %q\nbefore %q\nafter  %q", after.Rows, want, src, out)
		}
		if len(edits) == 0 && !bytes.Equal(src, out) {
			t.Fatalf("%q became %q", src, out)
		}
		if bytes.HasPrefix(src, []byte("\ufeff")) != bytes.HasPrefix(out, []byte("\ufeff")) {
			t.Fatalf("the byte order mark: %q became %q", src, out)
		}
		if ending == "\r\n" && bytes.Count(src, []byte("\n")) > 0 && strings.Count(strings.ReplaceAll(string(out), "two\nlines", ""), "\n") != strings.Count(string(out), "\r\n") {
			t.Fatalf("line ends: %q became %q", src, out)
		}
		for _, line := range kept {
			at := bytes.Index(out, []byte(line))
			if at < 0 {
				t.Fatalf("%q is not in %q, which was %q", line, out, src)
			}
			out = out[at+len(line):]
		}
	})
}
