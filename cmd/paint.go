package cmd

import (
	"strings"

	"github.com/fatih/color"
	"github.com/mitchellh/go-wordwrap"
)

// paint colours text, or leaves it as it is where it is false.
type paint bool

func (p paint) with(s string, attributes ...color.Attribute) string {
	c := color.New(attributes...)
	if !p {
		c.DisableColor()
	} else {
		c.EnableColor()
	}
	return c.Sprint(s)
}

func (p paint) bold(s string) string  { return p.with(s, color.Bold) }
func (p paint) faint(s string) string { return p.with(s, color.Faint) }
func (p paint) bad(s string) string   { return p.with(s, color.FgRed, color.Bold) }
func (p paint) good(s string) string  { return p.with(s, color.FgGreen) }
func (p paint) gone(s string) string  { return p.with(s, color.FgRed) }
func (p paint) name(s string) string  { return p.with(s, color.FgCyan) }

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
