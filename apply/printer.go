package apply

import (
	"fmt"
	"strings"

	"github.com/fatih/color"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// manyNames is the number of names that a line lists; it counts the others.
const manyNames = 8

// A printer writes wrapped lines.
type printer struct {
	b      strings.Builder
	width  int
	style  text.Style
	labels map[string]string // display names of opaque values
	names  map[string]string // member of a set of sets -> name of the virtual object
}

func (t *printer) title(s string) {
	t.gap()
	t.styled(color.Bold, s)
}

func (t *printer) gap() { t.b.WriteByte('\n') }

// line writes one line of text, cleaned, indented and wrapped.
func (t *printer) line(indent int, s string) { t.write(indent, text.Clean(s)) }

// error writes the message of an error.
func (t *printer) error(indent int, err error) { t.write(indent, text.Error(err)) }

// styled writes one line of text in a style.
func (t *printer) styled(a color.Attribute, s string) { t.write(0, t.style.Paint(text.Clean(s), a)) }

func (t *printer) write(indent int, s string) {
	for l := range strings.Lines(text.Indent(s, strings.Repeat(" ", indent), t.width)) {
		t.b.WriteString(strings.TrimRight(l, " \n") + "\n")
	}
}

// differences prints how found differs from o, one attribute per line.
func (t *printer) differences(o, found *schema.Object, m schema.Mask, instead string) {
	for i := range o.Kind.Attributes {
		if m.Has(i) {
			a := &o.Kind.Attributes[i]
			t.line(4, a.Name+" "+t.difference(a, o.Body, found.Body, instead))
		}
	}
}

func (t *printer) difference(a *schema.Attribute, expected, found any, instead string) string {
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

func (t *printer) value(a *schema.Attribute, body any) string {
	if s, ok := a.Any(body).(string); ok {
		return text.Quote(text.Shorten(t.label(s), longestValue))
	}
	return fmt.Sprint(a.Any(body))
}

func (t *printer) members(all []string) string {
	var out []string
	for _, m := range all[:min(len(all), manyNames)] {
		out = append(out, text.Shorten(t.label(m), longestValue))
	}
	return enumerated(out, len(all))
}

func (t *printer) label(s string) string {
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
	return enumerated(out, len(results))
}

// longestValue is the number of characters of a value in a line.
const longestValue = 80

// enumerated lists the first names and counts the others: "a, b and 3 more".
func enumerated(first []string, all int) string {
	if all > len(first) {
		return text.AndMore(first, all-len(first))
	}
	return strings.Join(first, ", ")
}
