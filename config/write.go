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
func WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, width int, color bool) error {
	if len(diags) == 0 {
		return nil
	}
	p := &printer{width: width, color: color, files: reopened{}}
	for _, d := range diags {
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

func (p *printer) paint(style, text string) string {
	if !p.color || text == "" {
		return text
	}
	return style + text + "\x1b[0m"
}

func (p *printer) diagnostic(d *hcl.Diagnostic) {
	word, style := "Error", red
	if d.Severity == hcl.DiagWarning {
		word, style = "Warning", yellow
	}
	fmt.Fprintf(&p.b, "%s %s\n", p.paint(style, word+":"), p.paint(bold, d.Summary))
	e, _ := d.Extra.(extra)
	switch {
	case d.Subject != nil:
		p.snippet(d.Subject, e.address)
	case e.address != "":
		fmt.Fprintf(&p.b, "\n  on %s\n", e.address)
	}
	if d.Detail != "" {
		fmt.Fprintf(&p.b, "\n%s\n", p.wrap(d.Detail))
	}
	fmt.Fprintf(&p.b, "%s\n\n", p.paint(faint, "["+Code(d)+"]"))
}

func (p *printer) wrap(text string) string {
	if p.width <= 0 {
		return text
	}
	return wordwrap.WrapString(text, uint(max(p.width, 20)))
}

// snippet prints where a diagnostic is: file, line, block or object, and the line
// itself with the range marked.
func (p *printer) snippet(r *hcl.Range, address string) {
	f := p.files.open(r.Filename)
	where := ""
	if name := f.around(r); address != "" {
		where = ", " + address
	} else if name != "" {
		where = ", in " + name
	}
	fmt.Fprintf(&p.b, "\n  on %s line %d%s\n", r.Filename, r.Start.Line, where)
	if r.Start.Line < 1 || r.Start.Line > len(f.lines) {
		return
	}
	line := strings.ToValidUTF8(strings.TrimRight(string(f.lines[r.Start.Line-1]), "\r"), "\uFFFD")
	if strings.TrimSpace(line) == "" {
		return
	}
	text := []rune(line)
	from := min(max(r.Start.Column-1, 0), len(text))
	to := len(text)
	if r.End.Line == r.Start.Line {
		to = min(max(r.End.Column-1, from), len(text))
	}
	text, from, to = window(text, from, to)
	head := fmt.Sprintf("  %3d: ", r.Start.Line)
	fmt.Fprintf(&p.b, "%s%s%s%s\n", p.paint(faint, head), string(text[:from]), p.paint(bold, string(text[from:to])), string(text[to:]))
	fmt.Fprintf(&p.b, "%s%s%s\n", strings.Repeat(" ", len(head)), blank(text[:from]), p.paint(red, strings.Repeat("^", max(1, to-from))))
}

// window cuts a line that is too long to print down to what surrounds the range.
func window(text []rune, from, to int) ([]rune, int, int) {
	const most, before = 160, 40
	if len(text) <= most {
		return text, from, to
	}
	start := max(0, from-before)
	end := min(len(text), start+most)
	cut := append([]rune{}, text[start:end]...)
	if start > 0 {
		cut[0] = '…'
	}
	if end < len(text) {
		cut[len(cut)-1] = '…'
	}
	return cut, from - start, min(to, end) - start
}

// blank replaces text by spaces of the same width, keeping tabs.
func blank(text []rune) string {
	out := make([]rune, len(text))
	for i, r := range text {
		if out[i] = ' '; r == '\t' {
			out[i] = '\t'
		}
	}
	return string(out)
}
