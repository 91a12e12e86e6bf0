package writer

import (
	"bufio"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An argument is one line of a block, or several if its value is a long list.
type argument struct {
	name  string
	value expression
}

// A blockWriter writes the blocks of one file, with an empty line between them.
type blockWriter struct {
	*bufio.Writer
	begun bool
}

func (b *blockWriter) next() {
	if b.begun {
		b.WriteByte('\n')
	}
	b.begun = true
}

// writeBlock writes one object.
func (w *writer) writeBlock(out *blockWriter, k *schema.Kind, e *entry) {
	o := e.object
	out.next()
	writeFrozen(out, o)
	for _, why := range w.omitted[o] {
		out.WriteString("# " + oneLine(why) + "\n")
	}
	if o.Respelled != 0 {
		out.WriteString("# " + w.respelled(k, o.Respelled) + "\n")
	}
	labels := k.Labels()
	var arguments []argument
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if !e.shape.Has(i) || isLabel(labels, e.labels, a, o) {
			continue
		}
		arguments = append(arguments, argument{a.Name, w.expression(a, o.Body)})
	}
	w.writeArguments(out, k, e.labels, arguments)
}

// frozen returns why nothing of a live object can be changed, or "".
func frozen(o *schema.Object) string {
	if o.Frozen == schema.Everything {
		return o.FrozenBy
	}
	return ""
}

// writeFrozen says why a block is only compared.
func writeFrozen(out *blockWriter, o *schema.Object) {
	if why := frozen(o); why != "" {
		out.WriteString("# Only compared, because " + oneLine(why) + ".\n")
	}
}

// respelled explains why files and product do not have the same characters.
func (w *writer) respelled(k *schema.Kind, m schema.Mask) string {
	return fmt.Sprintf("%s spells %s in another Unicode form, such as accents as separate characters. To rolecall, both spellings are the same.", w.product.Title, text.And(k.AttributeNames(m)))
}

// isLabel reports whether a label of the block already says the value of the attribute.
func isLabel(rows []*schema.Attribute, labels []string, a *schema.Attribute, o *schema.Object) bool {
	for i, row := range rows {
		if row == a {
			return labels[i] == a.Text(o.Body)
		}
	}
	return false
}

// writeArguments writes a block, aligned as rolecall fmt does.
func (w *writer) writeArguments(out *blockWriter, k *schema.Kind, labels []string, arguments []argument) {
	if w.Several {
		arguments = append([]argument{{"provider", expression{text: ProviderName(w.Tenant.Name)}}}, arguments...)
	}
	out.WriteString(k.Name)
	for _, label := range labels {
		out.WriteString(" " + quote(label))
	}
	if len(arguments) == 0 {
		out.WriteString(" {}\n")
		return
	}
	if a := arguments[0]; len(arguments) == 1 && !a.value.long() && len(a.name)+len(a.value.inline()) < widest/2 {
		out.WriteString(" { " + a.name + " = " + a.value.inline() + " }\n")
		return
	}
	out.WriteString(" {\n")
	writeAligned(out.Writer, "  ", arguments)
	out.WriteString("}\n")
}

// writeAligned writes arguments with their equals signs below each other. An argument
// of several lines is not aligned with others.
func writeAligned(out *bufio.Writer, indent string, arguments []argument) {
	for len(arguments) > 0 {
		n, longest := 1, utf8.RuneCountInString(arguments[0].name)
		for !arguments[0].value.long() && n < len(arguments) && !arguments[n].value.long() {
			longest = max(longest, utf8.RuneCountInString(arguments[n].name))
			n++
		}
		for _, a := range arguments[:n] {
			out.WriteString(indent + a.name + strings.Repeat(" ", longest-utf8.RuneCountInString(a.name)) + " = ")
			writeExpression(out, indent, a.value)
		}
		arguments = arguments[n:]
	}
}

// long reports whether the expression has several lines.
func (e expression) long() bool {
	return e.tall && len(e.entries) > 1 || (len(e.members) > 1 || len(e.entries) > 0) && len(e.inline()) > widest
}

func writeExpression(out *bufio.Writer, indent string, e expression) {
	switch {
	case !e.long():
		out.WriteString(e.inline() + "\n")
	case e.list:
		out.WriteString("[\n")
		for _, m := range e.members {
			out.WriteString(indent + "  " + m + ",\n")
		}
		out.WriteString(indent + "]\n")
	default:
		out.WriteString("{\n")
		writeAligned(out, indent+"  ", e.entries)
		out.WriteString(indent + "}\n")
	}
}

// ProviderName writes the name of a provider block as an expression.
func ProviderName(name string) string {
	product, alias, ok := strings.Cut(name, ".")
	if !ok || hclsyntax.ValidIdentifier(alias) {
		return name
	}
	return product + "[" + quote(alias) + "]"
}
