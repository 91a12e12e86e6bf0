package config

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// WriteDiagnostics prints diagnostics for people, each with the line that it is
// about, and then how many there are. The lines are read from the files again.
// Texts are wrapped to the width, 0 for not at all. Nothing is printed if there
// is nothing to say.
func (r Reader) WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, width int, color bool) error {
	if len(diags) == 0 {
		return nil
	}
	p := &printer{width: width, style: text.Style(color), files: r.reopen()}
	for _, d := range collapseRepeats(diags) {
		p.diagnostic(d)
	}
	p.b.WriteString(Count(diags) + "\n")
	_, err := w.Write(p.b.Bytes())
	return err
}

// Count says how many errors and warnings there are: "2 errors, 1 warning".
func Count(diags hcl.Diagnostics) string {
	errors, warnings := 0, 0
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			errors++
		} else {
			warnings++
		}
	}
	var out []string
	if errors > 0 || warnings == 0 {
		out = append(out, text.Count(errors, "error", "errors"))
	}
	if warnings > 0 {
		out = append(out, text.Count(warnings, "warning", "warnings"))
	}
	return strings.Join(out, ", ")
}

// A printer writes diagnostics into a buffer. It stands in for hcl's own writer, which prints
// lines of any length and with any control characters, marks a range in color only, and knows
// no codes, no objects and no rows of data files.
type printer struct {
	b     bytes.Buffer
	width int
	style text.Style
	files reopened
}

func (p *printer) diagnostic(d *hcl.Diagnostic) {
	word := p.style.Error("Error:")
	if d.Severity == hcl.DiagWarning {
		word = p.style.Warning("Warning:")
	}
	fmt.Fprintf(&p.b, "%s %s\n", word, p.style.Bold(text.Clean(d.Summary)))
	e, _ := d.Extra.(extra)
	switch {
	case d.Subject != nil:
		p.snippet(d.Subject, e)
	case e.address != "":
		fmt.Fprintf(&p.b, "\n  on %s\n", text.Clean(e.address))
	}
	if d.Detail != "" {
		fmt.Fprintf(&p.b, "\n%s\n", text.Wrap(text.CleanLines(d.Detail), p.width))
	}
	fmt.Fprintf(&p.b, "%s\n\n", p.style.Faint("["+text.Clean(Code(d))+"]"))
}

// snippet prints where a diagnostic is: file, line, block or object, and the line
// itself with the range marked.
func (p *printer) snippet(r *hcl.Range, e extra) {
	f := p.files.open(r.Filename)
	where := ""
	if name := f.blockAt(r); e.address != "" {
		where = ", " + e.address
	} else if name != "" {
		where = ", in " + name
	}
	fmt.Fprintf(&p.b, "\n  on %s line %d%s\n", text.Clean(r.Filename), r.Start.Line, text.Clean(where))
	if e.secret || r.Start.Line < 1 || r.Start.Line > len(f.lines) {
		return
	}
	line := strings.TrimRight(string(f.lines[r.Start.Line-1]), "\r")
	if strings.TrimSpace(line) == "" {
		return
	}
	to := len(line)
	if r.End.Line == r.Start.Line {
		to = r.End.Column - 1
	}
	before, marked, after := excerpt(line, r.Start.Column-1, to)
	head := fmt.Sprintf("  %3d: ", r.Start.Line)
	fmt.Fprintf(&p.b, "%s%s%s%s\n", p.style.Faint(head), before, p.style.Bold(marked), after)
	marks := strings.Repeat("^", max(1, text.Width(strings.ReplaceAll(marked, "\t", " "))))
	fmt.Fprintf(&p.b, "%s%s%s\n", strings.Repeat(" ", len(head)), blank(before), p.style.Error(marks))
}
