package text

import (
	"strings"

	"github.com/fatih/color"
	"github.com/mitchellh/go-wordwrap"
)

// A Style colors text for a terminal. If it is false, text is not changed.
type Style bool

// Paint applies attributes to a text.
func (s Style) Paint(text string, attributes ...color.Attribute) string {
	if !s || text == "" {
		return text
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(text)
}

func (s Style) Bold(text string) string  { return s.Paint(text, color.Bold) }
func (s Style) Faint(text string) string { return s.Paint(text, color.Faint) }
func (s Style) Green(text string) string { return s.Paint(text, color.FgGreen) }
func (s Style) Red(text string) string   { return s.Paint(text, color.FgRed) }
func (s Style) Cyan(text string) string  { return s.Paint(text, color.FgCyan) }

// Error and Warning color the beginnings of messages.
func (s Style) Error(text string) string   { return s.Paint(text, color.FgRed, color.Bold) }
func (s Style) Warning(text string) string { return s.Paint(text, color.FgYellow, color.Bold) }

// narrowest is the smallest width to which texts are wrapped.
const narrowest = 20

// Wrap breaks lines at spaces so that they have at most width columns; 0 leaves them as
// they are. Lines that begin with a space are examples and stay as they are.
func Wrap(s string, width int) string { return Indent(s, "", width) }

// Indent wraps a text to width columns and puts indent before each line that is not empty.
func Indent(s, indent string, width int) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if width > 0 && !strings.HasPrefix(line, " ") {
			line = wordwrap.WrapString(line, uint(max(width-len(indent), narrowest)))
		}
		for l := range strings.SplitSeq(line, "\n") {
			if l != "" {
				l = indent + l
			}
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}
