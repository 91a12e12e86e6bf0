package describe

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Markdown returns the reference page of a product.
func Markdown(p *schema.Product) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", p.Title, p.Doc)
	fmt.Fprintf(&b, "The credential comes from the environment variable `%s`, never from a file of the configuration. %s\n\n", p.KeyEnv, destinations(p, "`"))
	b.WriteString("| kind | meaning |\n| --- | --- |\n")
	for _, k := range p.Kinds {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", k.Name, k.Name, cell(headline(k.Doc)))
	}
	fmt.Fprintf(&b, "\n## provider %q\n\n", p.Name)
	attributeTable(&b, p.Settings)
	for _, r := range providerRows(p) {
		fmt.Fprintf(&b, "| `%s` | %s | | %s |\n", r.name, cell(r.typ), cell(r.doc))
	}
	for _, t := range providerBlocks(p) {
		fmt.Fprintf(&b, "\n### %s\n\nA block inside `provider`. %s\n\n| attribute | type | meaning |\n| --- | --- | --- |\n", t.title, t.doc)
		for _, r := range t.rows {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.name, cell(r.typ), cell(r.doc))
		}
	}
	for _, k := range p.Kinds {
		kindPage(&b, p, k)
	}
	return []byte(b.String())
}

func kindPage(b *strings.Builder, p *schema.Product, k *schema.Kind) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n%s\n\n", k.Name, k.Doc, strings.Join(traits(p, k), " "))
	attributeTable(b, k)
	fmt.Fprintf(b, "\n%s\n", also(k))
	if e := Example(k); e != "" {
		fmt.Fprintf(b, "\n```hcl\n%s```\n", e)
	}
}

func attributeTable(b *strings.Builder, k *schema.Kind) {
	b.WriteString("| attribute | type | rules | meaning |\n| --- | --- | --- | --- |\n")
	for i := range k.Attributes {
		a := &k.Attributes[i]
		doc := cell(a.Doc)
		if len(a.OneOf) > 0 {
			doc += " Values: `" + strings.Join(a.OneOf, "`, `") + "`."
		}
		if len(a.Names) > 0 {
			doc += " Entries: `" + strings.Join(a.Names, "`, `") + "`."
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", a.Name, linked(a), strings.Join(rules(k, a), "; "), doc)
	}
}

// linked returns the type, with a link to each kind that it refers to.
func linked(a *schema.Attribute) string {
	text := typeWords(a)
	for _, k := range append([]string{a.Via}, a.Kinds...) {
		if k != "" {
			text = strings.Replace(text, k, fmt.Sprintf("[%s](#%s)", k, k), 1)
		}
	}
	return text
}

// cell makes a text fit into a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`).Replace(s)
}
