package cmd

import (
	"strings"

	"github.com/fatih/color"
	"github.com/mitchellh/go-wordwrap"

	"github.com/rolecall-dev/rolecall/provider/schema/describe"
)

// A style colors text, or leaves it as it is if it is false.
type style bool

func (p style) with(s string, attributes ...color.Attribute) string {
	c := color.New(attributes...)
	if !p {
		c.DisableColor()
	} else {
		c.EnableColor()
	}
	return c.Sprint(s)
}

func (p style) bold(s string) string    { return p.with(s, color.Bold) }
func (p style) faint(s string) string   { return p.with(s, color.Faint) }
func (p style) bad(s string) string     { return p.with(s, color.FgRed, color.Bold) }
func (p style) added(s string) string   { return p.with(s, color.FgGreen) }
func (p style) removed(s string) string { return p.with(s, color.FgRed) }
func (p style) name(s string) string    { return p.with(s, color.FgCyan) }

// widestHelp keeps lines of help readable in a wide terminal.
const widestHelp = 100

// helpWidth is how wide texts are that people read as a page.
func (s *Streams) helpWidth() int { return min(s.Width, widestHelp) }

// describeStyle is the style of rolecall schema.
func (s *Streams) describeStyle() describe.Style {
	p := style(s.Color)
	return describe.Style{Width: s.helpWidth(), Bold: p.bold, Name: p.name, Faint: p.faint}
}

// indented wraps text to width columns and puts indent before each line.
func indented(s, indent string, width int) string {
	lines := strings.Split(wrapped(s, width-len(indent)), "\n")
	for i := range lines {
		if lines[i] != "" {
			lines[i] = indent + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

// wrapped breaks lines after at most width columns. Lines that begin with a
// space are examples and stay as they are.
func wrapped(s string, width int) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if !strings.HasPrefix(l, " ") {
			lines[i] = wordwrap.WrapString(l, uint(max(width, 20)))
		}
	}
	return strings.Join(lines, "\n")
}
