package describe

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Style says how text for a terminal looks. The zero value is plain text.
type Style struct {
	text.Style
	Width int // columns; 0 means 80
}

func (s Style) settled() Style {
	s.Width = cmp.Or(s.Width, 80)
	return s
}

// wrap breaks a text into lines with the indent before each.
func (s Style) wrap(t, indent string) string { return text.Indent(t, indent, s.Width) + "\n" }

// faintly is wrap with every line made faint for itself.
func (s Style) faintly(t, indent string) string {
	var b strings.Builder
	for line := range strings.Lines(text.Wrap(t, s.Width-len(indent)) + "\n") {
		b.WriteString(indent + s.Faint(strings.TrimSuffix(line, "\n")) + "\n")
	}
	return b.String()
}

// Products writes a list of products with their kinds.
func Products(w io.Writer, products []*schema.Product, s Style) error {
	s = s.settled()
	var b strings.Builder
	for i, p := range products {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s  %s\n", s.Bold(p.Name), p.Title)
		s.kinds(&b, p)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Style) kinds(b *strings.Builder, p *schema.Product) {
	width := 0
	for _, k := range p.Kinds {
		width = max(width, len(k.Name))
	}
	for _, k := range p.Kinds {
		line := headline(k.Doc)
		if room := s.Width - width - 4; len(line) > room {
			line = strings.SplitN(text.Wrap(line, room-2), "\n", 2)[0] + " …"
		}
		fmt.Fprintf(b, "  %s%s  %s\n", s.Cyan(k.Name), strings.Repeat(" ", width-len(k.Name)), line)
	}
}

// destinations says which servers the credential of a product is sent to. Names are
// in the given quotes.
func destinations(p *schema.Product, quote string) string {
	name := func(s string) string { return quote + s + quote }
	to := make([]string, len(p.Hosts), len(p.Hosts)+2)
	for i, h := range p.Hosts {
		to[i] = name(h)
	}
	if p.HostEnv != "" {
		to = append(to, "the host in the environment variable "+name(p.HostEnv))
	}
	to = append(to, "servers on this machine")
	list := strings.Join(to[:len(to)-1], ", ")
	if list != "" {
		list += " and "
	}
	return "It is sent to " + list + to[len(to)-1] + " only; another host needs " + name("--allow-host") + " or the environment variable " + name("ROLECALL_ALLOW_HOSTS") + "."
}

// Product writes what a product is, its provider block and its kinds.
func Product(w io.Writer, p *schema.Product, s Style) error {
	s = s.settled()
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", s.Bold(p.Title))
	b.WriteString(s.wrap(p.Doc, ""))
	fmt.Fprintf(&b, "\n%s\n", s.Bold("Key"))
	b.WriteString(s.wrap("The credential comes from the environment variable "+p.KeyEnv+", never from a file. "+destinations(p, ""), "  "))
	fmt.Fprintf(&b, "\n%s\n", s.Bold(fmt.Sprintf("provider %q", p.Name)))
	s.attributes(&b, p.Settings)
	for _, row := range providerRows(p) {
		fmt.Fprintf(&b, "  %s  %s\n", s.Cyan(row.name), s.Faint(row.typ))
		b.WriteString(s.wrap(row.doc, "      "))
	}
	for _, t := range providerBlocks(p) {
		fmt.Fprintf(&b, "\n%s\n", s.Bold(t.title+", inside provider"))
		b.WriteString(s.wrap(t.doc, "  "))
		for _, row := range t.rows {
			fmt.Fprintf(&b, "  %s  %s\n", s.Cyan(row.name), s.Faint(row.typ))
			b.WriteString(s.wrap(row.doc, "      "))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", s.Bold("Kinds"))
	s.kinds(&b, p)
	_, err := io.WriteString(w, b.String())
	return err
}

// Kind writes what a block of the kind may hold, with an example.
func Kind(w io.Writer, p *schema.Product, k *schema.Kind, s Style) error {
	s = s.settled()
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n\n", s.Bold(k.Name), p.Title)
	b.WriteString(s.wrap(k.Doc, ""))
	for _, t := range traits(p, k) {
		b.WriteString(s.wrap(t, ""))
	}
	fmt.Fprintf(&b, "\n%s\n", s.Bold("Attributes"))
	s.attributes(&b, k)
	fmt.Fprintf(&b, "\n%s", s.wrap(also(k), "  "))
	if e := Example(k); e != "" {
		fmt.Fprintf(&b, "\n%s\n  %s\n", s.Bold("Example"), strings.ReplaceAll(strings.TrimSpace(e), "\n", "\n  "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Style) attributes(b *strings.Builder, k *schema.Kind) {
	for i := range k.Attributes {
		a := &k.Attributes[i]
		facts := strings.Join(append([]string{typeWords(a)}, rules(k, a)...), "; ")
		if len(a.Name)+len(facts)+4 <= s.Width {
			fmt.Fprintf(b, "  %s  %s\n", s.Cyan(a.Name), s.Faint(facts))
		} else {
			fmt.Fprintf(b, "  %s\n%s", s.Cyan(a.Name), s.faintly(facts, "      "))
		}
		b.WriteString(s.wrap(a.Doc, "      "))
		if len(a.OneOf) > 0 {
			b.WriteString(s.wrap("Values: "+strings.Join(a.OneOf, ", ")+".", "      "))
		}
		if len(a.Names) > 0 {
			b.WriteString(s.wrap("Entries: "+strings.Join(a.Names, ", ")+".", "      "))
		}
	}
}
