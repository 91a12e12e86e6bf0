package render

import (
	"bufio"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A style is the meaning of a text; looks returns its appearance. Red marks privileged rights that
// are gained and changes that are refused or forbidden, yellow marks losses. Words and symbols say
// the same without color.
type style uint8

const (
	plain       style = iota
	strong            // headings and addresses
	dim               // less important: positions, reasons, counts
	added             // a new object, value or right
	removed           // a removed value
	altered           // a changed object
	addedWord         // new words of a text
	removedWord       // removed words of a text
	warning           // a removed object, a lost right
	failed            // a refused or forbidden change
	danger            // a privileged right that is gained
	styles
)

func looks() [styles][]color.Attribute {
	return [styles][]color.Attribute{
		strong:      {color.Bold},
		dim:         {color.Faint},
		added:       {color.FgGreen},
		removed:     {},
		altered:     {color.FgCyan},
		addedWord:   {color.FgGreen, color.Bold, color.Underline},
		removedWord: {color.Bold, color.Underline},
		warning:     {color.FgYellow},
		failed:      {color.FgRed},
		danger:      {color.FgRed, color.Bold},
	}
}

// nbsp is a space at which a line is not broken. text.Clean escapes it, so text of a product has
// none.
const nbsp = "\u00a0"

// A span is a text in one style. It has no line breaks.
type span struct {
	text  string
	style style
}

// clean returns the text with ordinary spaces, safe to print.
func (s span) clean() string { return text.Clean(strings.ReplaceAll(s.text, nbsp, " ")) }

func say(text string) span               { return span{text, plain} }
func as(s style, text string) span       { return span{text, s} }
func width(spans []span) int             { return text.Width(join(spans)) }
func pad(s string, to int) string        { return s + spaces(to-text.Width(s)) }
func spaces(n int) string                { return strings.Repeat(" ", max(0, n)) }
func row(indent int, spans ...span) line { return line{indent: indent, hang: indent, spans: spans} }

func join(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text)
	}
	return b.String()
}

// A line is one line of output before it is wrapped. If it is too long, the following lines are
// indented by hang columns.
type line struct {
	indent, hang int
	spans        []span
}

// hanging returns the line with another hang.
func (l line) hanging(hang int) line { l.hang = hang; return l }

// A page writes wrapped lines in styles. It keeps the first error; see flush.
type page struct {
	width int
	out   *bufio.Writer
	paint [styles]*color.Color
	diff  bool // lines are those of a diff; see diffMark
	begun bool // a line was written
	space bool // a blank line comes before the next line
	err   error
}

func newPage(w io.Writer, o Options) *page {
	if o.Width <= 0 {
		o.Width = 80
	}
	p := &page{width: max(o.Width, 40), out: bufio.NewWriterSize(w, 32<<10)}
	for i, look := range looks() {
		p.paint[i] = color.New(look...)
		if o.Color && len(look) > 0 {
			p.paint[i].EnableColor()
		} else {
			p.paint[i].DisableColor()
		}
	}
	return p
}

// gap writes a blank line before the next line.
func (p *page) gap() { p.space = p.begun }

func (p *page) lines(lines []line) {
	for _, l := range lines {
		p.line(l)
	}
}

func (p *page) line(l line) {
	if p.space {
		p.raw("\n")
		p.space = false
	}
	p.begun = true
	prefix := ""
	if p.diff {
		prefix, l = diffMark(l)
	}
	p.wrap(prefix, l)
	p.raw("\n")
}

// wrap breaks at spaces only, so that an address or a URL can be copied, even if it is wider than
// the page. Every line of output begins with the prefix.
func (p *page) wrap(prefix string, l line) {
	run := styleWriter{page: p}
	at, fresh := len(prefix)+l.indent, true
	words := split(l.spans)
	if len(words) > 0 {
		run.put(plain, prefix+spaces(l.indent))
	}
	for i := 0; i < len(words); {
		n, end := words[i].width(), i+1
		for end < len(words) && words[end].before == 0 {
			n += words[end].width()
			end++
		}
		gap := words[i].before
		if !fresh && at+gap+n > p.width {
			run.flush()
			p.raw("\n")
			run.put(plain, prefix+spaces(l.hang))
			at, gap = len(prefix)+l.hang, 0
		}
		if gap > 0 {
			run.put(between(run.style, words[i].style), spaces(gap))
		}
		for ; i < end; i++ {
			run.put(words[i].style, words[i].text)
		}
		at, fresh = at+gap+n, false
	}
	run.flush()
}

// between is the style of the space between two words: it is underlined only within one text.
func between(a, b style) style {
	if a == b {
		return a
	}
	return plain
}

// A word is a part of a span without spaces, and the number of spaces before it.
type word struct {
	span
	before int
}

func (w word) width() int { return text.Width(w.text) }

func split(spans []span) []word {
	var words []word
	before := 0
	for _, s := range spans {
		for rest := s.text; rest != ""; {
			if t := strings.TrimLeft(rest, " "); len(t) < len(rest) {
				before += len(rest) - len(t)
				rest = t
				continue
			}
			end := strings.IndexByte(rest, ' ')
			if end < 0 {
				end = len(rest)
			}
			words = append(words, word{span{rest[:end], s.style}, before})
			before, rest = 0, rest[end:]
		}
	}
	return words
}

// A styleWriter collects text of one style and paints it once.
type styleWriter struct {
	page  *page
	style style
	run   strings.Builder
}

func (n *styleWriter) put(s style, text string) {
	if s != n.style {
		n.flush()
		n.style = s
	}
	n.run.WriteString(text)
}

func (n *styleWriter) flush() {
	if n.run.Len() > 0 {
		n.page.raw(n.page.paint[n.style].Sprint(span{text: n.run.String()}.clean()))
		n.run.Reset()
	}
}

func (p *page) raw(s string) {
	if p.err == nil {
		_, p.err = p.out.WriteString(s)
	}
}

func (p *page) flush() error {
	if p.err != nil {
		return p.err
	}
	return p.out.Flush()
}
