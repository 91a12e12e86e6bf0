package config

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
	wordwrap "github.com/mitchellh/go-wordwrap"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// WriteDiagnostics prints diagnostics for people, each with the line that it is
// about, and then how many there are. The lines are read from the files again.
// Texts are wrapped to the width, 0 for not at all. Nothing is printed where there
// is nothing to say.
func (r Reader) WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, width int, color bool) error {
	if len(diags) == 0 {
		return nil
	}
	p := &printer{width: width, color: color, files: r.reopen()}
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

// A printer writes diagnostics into a buffer.
type printer struct {
	b     bytes.Buffer
	width int
	color bool
	files reopened
}

// The colours of a terminal.
const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
)

func (p *printer) paint(style, s string) string {
	if !p.color || s == "" {
		return s
	}
	return style + s + "\x1b[0m"
}

func (p *printer) diagnostic(d *hcl.Diagnostic) {
	word, style := "Error", red
	if d.Severity == hcl.DiagWarning {
		word, style = "Warning", yellow
	}
	fmt.Fprintf(&p.b, "%s %s\n", p.paint(style, word+":"), p.paint(bold, text.Clean(d.Summary)))
	e, _ := d.Extra.(extra)
	switch {
	case d.Subject != nil:
		p.snippet(d.Subject, e)
	case e.address != "":
		fmt.Fprintf(&p.b, "\n  on %s\n", text.Clean(e.address))
	}
	if d.Detail != "" {
		fmt.Fprintf(&p.b, "\n%s\n", p.wrap(text.CleanLines(d.Detail)))
	}
	fmt.Fprintf(&p.b, "%s\n\n", p.paint(faint, "["+text.Clean(Code(d))+"]"))
}

func (p *printer) wrap(s string) string {
	if p.width <= 0 {
		return s
	}
	return wordwrap.WrapString(s, uint(max(p.width, 20)))
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
	fmt.Fprintf(&p.b, "%s%s%s%s\n", p.paint(faint, head), before, p.paint(bold, marked), after)
	marks := strings.Repeat("^", max(1, text.Width(strings.ReplaceAll(marked, "\t", " "))))
	fmt.Fprintf(&p.b, "%s%s%s\n", strings.Repeat(" ", len(head)), blank(before), p.paint(red, marks))
}
