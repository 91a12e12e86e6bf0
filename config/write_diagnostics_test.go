package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// The marks stand under what is meant, whatever it and what stands before it take in
// a terminal.
func TestMarksStandUnderTheRange(t *testing.T) {
	long := strings.Repeat("x", 100)
	wide := strings.Repeat("李", 100)
	for name, c := range map[string]struct{ line, marked, shown string }{
		"plain":               {`role "a" { bad }`, `bad`, `bad`},
		"wide letters before": {`role "李雷" { bad }`, `bad`, `bad`},
		"wide letters":        {`role "李雷" {}`, `"李雷"`, `"李雷"`},
		"combining marks":     {"role \"Zoe\u0308e\u0308\" { bad }", `bad`, `bad`},
		"an emoji":            {`role "🐘" { bad }`, `bad`, `bad`},
		"escapes before":      {"role \"a\u200b\x1b\" { bad }", `bad`, `bad`},
		"escapes":             {"role \"a\u202eb\" {}", "\"a\u202eb\"", `"a\u202eb"`},
		"joined emoji":        {"role \"👩\u200d🌾\" { bad }", `bad`, `bad`},
		"tabs":                {"\trole\t\"李\" { bad }", `bad`, `bad`},
		"whole line":          {"bad\x1b", "bad\x1b", `bad\x1b`},
		"cut":                 {long + " bad " + long, `bad`, `bad`},
		"cut, wide":           {wide + " bad " + wide, `bad`, `bad`},
		"cut at the end":      {"bad " + long + wide, `bad`, `bad`},
		"cut, range too long": {"a " + long + wide + wide, long + wide + wide, "xxx"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a.hcl")
			if err := os.WriteFile(file, []byte("\n"+c.line+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			before, _, _ := strings.Cut(c.line, c.marked)
			at := hcl.Range{Filename: file, Start: hcl.Pos{Line: 2, Column: 1 + characters(before)}, End: hcl.Pos{Line: 2, Column: 1 + characters(before+c.marked)}}
			var b bytes.Buffer
			if err := (Reader{}).WriteDiagnostics(&b, hcl.Diagnostics{problem("config/test", &at, "Wrong", "")}, 0, false); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(b.String(), "\n")
			line, marks := expanded(lines[3]), expanded(lines[4])
			from := strings.Index(marks, "^")
			if rest := fromColumn(line, from); !strings.HasPrefix(rest, c.shown) {
				t.Errorf("the marks stand under %q, want %q:\n%s\n%s", rest, c.shown, line, marks)
			}
			if n := strings.Count(marks, "^"); !strings.HasSuffix(name, "too long") && n != text.Width(c.shown) {
				t.Errorf("%d marks for %q", n, c.shown)
			}
			if text.Width(marks) > text.Width(line) {
				t.Errorf("the marks reach beyond the line:\n%s\n%s", line, marks)
			}
		})
	}
}

// characters counts as hcl does.
func characters(s string) int {
	n := 0
	for ; s != ""; n++ {
		s = s[skip(s, 1):]
	}
	return n
}

// expanded shows tabs as a terminal does, near enough: as one column here and there.
func expanded(s string) string { return strings.ReplaceAll(s, "\t", " ") }

// fromColumn returns what stands at and after a column.
func fromColumn(s string, column int) string {
	for i := range s {
		if text.Width(s[:i]) == column {
			return s[i:]
		}
	}
	return ""
}

// Every text of a diagnostic is cleaned, and a name cannot add a line of its own.
func TestDiagnosticsAreCleaned(t *testing.T) {
	const evil = "x\x1b[31m\u202e\nError: forged"
	file := filepath.Join(t.TempDir(), "a.hcl")
	if err := os.WriteFile(file, []byte(strings.Repeat("\x1b[31m", 40)+" bad "+strings.Repeat("\u202e", 200)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := &hcl.Range{Filename: file, Start: hcl.Pos{Line: 1, Column: 210}, End: hcl.Pos{Line: 1, Column: 215}}
	gone := &hcl.Range{Filename: evil, Start: hcl.InitialPos, End: hcl.InitialPos}
	var b bytes.Buffer
	err := Reader{}.WriteDiagnostics(&b, append(Reader{}.Diagnostics([]schema.Finding{{Code: evil, Summary: evil, Detail: evil, Addr: schema.Address{Kind: "k", Key: evil}}}),
		about(problem(evil, at, evil, "%s in %s", evil, lineOf(*gone)), evil),
		about(problem("c", gone, "s", ""), evil)), 0, false)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "Error: forged") {
			t.Errorf("a name adds a line:\n%s", b.String())
		}
		for _, r := range strings.TrimSuffix(line, "\n") {
			if !text.Visible(r) {
				t.Fatalf("%U is printed: %q", r, line)
			}
		}
	}
}
