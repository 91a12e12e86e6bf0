package apply

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/fatih/color"
	"github.com/mitchellh/go-wordwrap"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// manyNames is how many names a line lists before it counts the rest.
const manyNames = 8

// A text is a page in the making.
type text struct {
	b       strings.Builder
	width   int
	colored bool
	labels  map[string]string // readable words for opaque values
	names   map[string]string // member of a set of sets -> name of the virtual object
}

func (t *text) section(r *Report, s Status, title string, tell func(*Result)) {
	first := true
	for i := range r.Results {
		if r.Results[i].Status != s {
			continue
		}
		if first {
			t.title(title)
			first = false
		}
		tell(&r.Results[i])
	}
}

func (t *text) title(s string) {
	t.gap()
	t.line(0, t.paint(color.Bold, s))
}

func (t *text) gap() { t.b.WriteByte('\n') }

// line writes the paragraphs of s, indented and wrapped.
func (t *text) line(indent int, s string) {
	if t.width > indent+20 {
		s = wordwrap.WrapString(s, uint(t.width-indent))
	}
	for l := range strings.Lines(s) {
		t.b.WriteString(strings.Repeat(" ", indent) + strings.TrimRight(l, " \n") + "\n")
	}
}

func (t *text) paint(a color.Attribute, s string) string {
	if !t.colored {
		return s
	}
	c := color.New(a)
	c.EnableColor()
	return c.Sprint(s)
}

func (t *text) headline(r *Result) string {
	return fmt.Sprintf("%s (%s)", r.Change.Addr, r.Change.Action)
}

// differences tells how found differs from o, an attribute a line.
func (t *text) differences(o, found *schema.Object, m schema.Mask, instead string) {
	for i := range o.Kind.Attributes {
		if m.Has(i) {
			a := &o.Kind.Attributes[i]
			t.line(4, a.Name+" "+t.difference(a, o.Body, found.Body, instead))
		}
	}
}

func (t *text) difference(a *schema.Attribute, expected, found any, instead string) string {
	if a.Type.Many() {
		lacks, more := without(a.Members(expected), a.Members(found)), without(a.Members(found), a.Members(expected))
		var parts []string
		if len(lacks) > 0 {
			parts = append(parts, "lacks "+t.members(lacks))
		}
		if len(more) > 0 {
			parts = append(parts, "has also "+t.members(more))
		}
		return strings.Join(parts, ", and ")
	}
	return fmt.Sprintf("is %s %s %s", t.value(a, found), instead, t.value(a, expected))
}

func (t *text) value(a *schema.Attribute, body any) string {
	if s, ok := a.Any(body).(string); ok {
		return fmt.Sprintf("%q", shorten(t.label(s)))
	}
	return fmt.Sprint(a.Any(body))
}

func (t *text) members(all []string) string {
	var out []string
	for _, m := range all[:min(len(all), manyNames)] {
		out = append(out, shorten(t.label(m)))
	}
	return strings.Join(out, ", ") + more(len(all))
}

func (t *text) label(s string) string {
	if l := t.labels[s]; l != "" {
		return l
	}
	if n := t.names[s]; n != "" {
		return n
	}
	return s
}

// without returns the members of a that are not in b.
func without(a, b []string) []string {
	in := make(map[string]bool, len(b))
	for _, m := range b {
		in[m] = true
	}
	var out []string
	for _, m := range a {
		if !in[m] {
			out = append(out, m)
		}
	}
	return out
}

func names(results []*Result) string {
	var out []string
	for _, r := range results[:min(len(results), manyNames)] {
		out = append(out, r.Change.Addr.String())
	}
	return strings.Join(out, ", ") + more(len(results))
}

func more(n int) string {
	if n > manyNames {
		return " and " + number(n-manyNames) + " more"
	}
	return ""
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// number groups the digits of a count by thousands: 1,003.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
