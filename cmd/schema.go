package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/describe"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type schemaOptions struct {
	json, jsonSchema bool
}

func newSchemaCommand(s *Streams, products Products) *cobra.Command {
	var o schemaOptions
	c := &cobra.Command{
		Use:   "schema [PRODUCT[.KIND]]",
		Short: "Show what a configuration can declare",
		Long: "Without an argument, lists the products and their kinds. With PRODUCT, shows its provider block. " +
			"With PRODUCT.KIND, shows every attribute of the kind and an example. schema needs no network access.",
		Example: "  rolecall schema\n  rolecall schema partoo.user\n  rolecall schema partoo --json\n" +
			"  rolecall schema --json-schema > rolecall.schema.json    # for editors of .hcl.json files",
		GroupID:           groupProducts,
		Args:              between(0, 1, "at most one PRODUCT or PRODUCT.KIND"),
		ValidArgsFunction: products.completeKind,
		RunE:              func(_ *cobra.Command, args []string) error { return runSchema(s, products, args, &o) },
	}
	jsonFlag(c, &o.json)
	c.Flags().BoolVar(&o.jsonSchema, "json-schema", false, "print a JSON Schema for .hcl.json files")
	c.MarkFlagsMutuallyExclusive("json", "json-schema")
	return c
}

func runSchema(s *Streams, all Products, args []string, o *schemaOptions) error {
	products := all.schemas()
	var kind *schema.Kind
	if len(args) == 1 {
		p, k, err := all.findKind(args[0])
		if err != nil {
			return err
		}
		products, kind = []*schema.Product{p}, k
	}
	style := describe.Style{Width: s.helpWidth(), Style: text.Style(s.Color)}
	switch {
	case o.json:
		return s.printJSON(describe.JSON(products, kind))
	case o.jsonSchema:
		return s.printJSON(describe.JSONSchema(products))
	case kind != nil:
		return describe.Kind(s.Out, products[0], kind, style)
	case len(args) == 1:
		if err := describe.Product(s.Out, products[0], style); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.Out, "\nMore about a kind: rolecall schema %s.%s\n", products[0].Name, lastKind(products[0]))
		return err
	}
	if err := describe.Products(s.Out, products, style); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.Out, "\nMore: rolecall schema %s, rolecall schema %s.%s\n", products[0].Name, products[0].Name, lastKind(products[0]))
	return err
}

func lastKind(p *schema.Product) string { return p.Kinds[len(p.Kinds)-1].Name }

// findKind finds PRODUCT or PRODUCT.KIND; the kind is nil for a product alone.
func (all Products) findKind(name string) (*schema.Product, *schema.Kind, error) {
	productName, kind, both := strings.Cut(name, ".")
	p, err := all.find(productName)
	if err != nil {
		if full := all.kindsNamed(name); len(full) > 0 {
			err = advise("Did you mean "+text.Or(full)+"?", "unknown product %q", name)
		}
		return nil, nil, err
	}
	product := &p.Provider.Product
	if !both {
		return product, nil, nil
	}
	if k := product.Kind(kind); k != nil {
		return product, k, nil
	}
	var kinds []string
	for _, k := range product.Kinds {
		kinds = append(kinds, k.Name)
	}
	if n := schema.Nearest(kind, kinds); n != "" {
		return nil, nil, advise(fmt.Sprintf("Did you mean %q?", product.Name+"."+n), "%s has no kind %q", product.Title, kind)
	}
	return nil, nil, advise("Kinds: "+strings.Join(kinds, ", ")+".", "%s has no kind %q", product.Title, kind)
}

// kindsNamed lists the kinds with a name as PRODUCT.KIND, for a hint if the product is missing.
func (all Products) kindsNamed(name string) []string {
	var out []string
	for _, p := range all.schemas() {
		if p.Kind(name) != nil {
			out = append(out, fmt.Sprintf("%q", p.Name+"."+name))
		}
	}
	return out
}
