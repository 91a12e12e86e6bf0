package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/zclconf/go-cty/cty"
)

// A tenant is one provider block while its files are being read.
type tenant struct {
	*schema.Tenant
	block  *hcl.Block
	groups map[string]*group // by the name of the kind

	removedAt []hcl.Range // headers of the blocks of Removed, in their order
	origins   []origin    // of Objects, in their order, and then of Expired; nil if no data file was decoded
}

// declareTenant reads the header of a provider block. Its contents are read
// once the variables have their values.
func (d *declarer) declareTenant(b *hcl.Block) {
	product := d.product(b.Labels[0])
	if product == nil {
		d.unknownProduct = true
		d.report(problem("config/unknown-provider", b.LabelRanges[0].Ptr(), "Unknown provider "+quoted(b.Labels[0]),
			"rolecall has no provider %q.%s", b.Labels[0], suggestion(b.Labels[0], d.productNames())))
		return
	}
	alias, ok := d.alias(b)
	if !ok {
		d.unknownProduct = true // so nothing is said about the blocks that name it
		return
	}
	name := product.Name
	if alias != "" {
		name += "." + alias
	}
	if i := slices.IndexFunc(d.tenants, func(t *tenant) bool { return t.Name == name }); i >= 0 {
		d.report(problem("config/duplicate", b.DefRange.Ptr(), "Provider "+name+" is declared twice",
			"It was already declared at %s. Keep one of the two; for a second account give it an alias: provider %q \"other\" { … }.",
			lineOf(d.tenants[i].block.DefRange), product.Name))
		return
	}
	if i := slices.IndexFunc(d.tenants, func(t *tenant) bool {
		_, other, aliased := strings.Cut(t.Name, ".")
		return alias != "" && aliased && t.Product == product && schema.EnvSuffix(other) == schema.EnvSuffix(alias)
	}); i >= 0 {
		d.unknownProduct = true // so nothing is said about the blocks that name it
		d.report(problem("config/duplicate", b.DefRange.Ptr(), "Two aliases have the same environment variable",
			"The key of %s would be in %s_%s, as that of %s at %s. Choose aliases that differ in more than upper case and hyphens.",
			name, product.KeyEnv, schema.EnvSuffix(alias), d.tenants[i].Name, lineOf(d.tenants[i].block.DefRange)))
		return
	}
	t := &tenant{
		Tenant: &schema.Tenant{Name: name, Product: product, Manage: map[string]schema.Manage{}, Limits: schema.DefaultLimits(), Pos: posOf(b.DefRange)},
		block:  b,
		groups: map[string]*group{},
	}
	for _, k := range product.Kinds {
		t.groups[k.Name] = newGroup(k)
	}
	d.tenants = append(d.tenants, t)
}

func (br *blockReader) product(name string) *schema.Product {
	i := slices.IndexFunc(br.products, func(p *schema.Product) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return br.products[i]
}

// alias returns the second label of a provider block. In JSON, where the number of
// labels is fixed, it is the attribute "alias", which native syntax takes as well.
func (d *declarer) alias(b *hcl.Block) (string, bool) {
	alias, at := "", b.DefRange
	if len(b.Labels) > 1 {
		alias, at = b.Labels[1], b.LabelRanges[1]
	}
	content, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "alias"}}})
	if a := content.Attributes["alias"]; a != nil {
		val, ok := d.literal(a, cty.String)
		if !ok {
			return "", false
		}
		alias, at = val.AsString(), a.Expr.Range()
	}
	if alias != "" && !asciiIdentifier(alias) {
		d.report(problem("config/labels", &at, "Alias is not valid",
			"%q cannot be written after a dot, as in provider = %s.name. Use the letters a to z, digits, _ and -, and begin with a letter.", alias, b.Labels[0]))
		return "", false
	}
	if suffix := "_" + schema.EnvSuffix(alias); strings.HasSuffix(suffix, "_FILE") {
		variable := b.Labels[0]
		if p := d.product(b.Labels[0]); p != nil {
			variable = p.KeyEnv
		}
		d.report(problem("config/labels", &at, "An alias cannot end in \"file\"",
			"The key of this block would be in %s%s, and a variable that ends in _FILE holds the path of a file with a key. Choose another alias.", variable, suffix))
		return "", false
	}
	return alias, true
}

// asciiIdentifier reports whether an alias can be written after a dot and in the name
// of an environment variable. Letters beyond ASCII could name the variable of another
// alias, as those that become an ASCII letter in upper case do.
func asciiIdentifier(alias string) bool {
	return hclsyntax.ValidIdentifier(alias) && !strings.ContainsFunc(alias, func(r rune) bool { return r > unicode.MaxASCII })
}

// tenantOf finds the tenant that a block belongs to, by its provider attribute or
// because there is only one. Kind is that of the block's object.
func (d *declarations) tenantOf(b *hcl.Block, kind string, a *hcl.Attribute) *tenant {
	if a == nil {
		switch {
		case d.unknownProduct || len(d.tenants) == 0:
			return nil
		case len(d.tenants) > 1:
			names := d.tenantsWith(kind)
			if len(names) == 0 {
				names = d.tenantNames() // what is wrong with the kind is reported afterwards
			}
			d.report(problem("config/which-provider", b.DefRange.Ptr(), "Block names no provider",
				"There are several provider blocks, so each block must name the one that it belongs to. Add %s.", choice("provider = ", names)))
			return nil
		}
		return d.tenants[0]
	}
	name, ok := providerName(a.Expr)
	if !ok {
		names := d.tenantNames()
		d.report(problem("config/which-provider", a.Expr.Range().Ptr(), "Not a provider",
			"Write the name of a provider block and nothing else, such as %s. In JSON that is \"provider\": %q.",
			choice("provider = ", names), append(names, "name")[0]))
		return nil
	}
	if i := slices.IndexFunc(d.tenants, func(t *tenant) bool { return t.Name == name }); i >= 0 {
		return d.tenants[i]
	}
	if !d.unknownProduct {
		d.report(problem(codeUndeclared, a.Expr.Range().Ptr(), "Provider "+quoted(name)+" is not declared",
			"No file has a block provider %s.%s", strings.ReplaceAll(fmt.Sprintf("%q", name), ".", `" "`), d.suggestion(name, len(d.tenants), d.tenantNames)))
	}
	return nil
}

// providerName reads an expression such as tines.soc.
func providerName(e hcl.Expression) (string, bool) {
	t, diags := hcl.AbsTraversalForExpr(e)
	if diags.HasErrors() || len(t) > 2 {
		return "", false
	}
	name := t.RootName()
	if len(t) == 2 {
		alias, ok := stepName(t[1])
		if !ok {
			return "", false
		}
		name += "." + alias
	}
	return name, true
}

// tenantsWith lists the tenants whose products have the kind.
func (d *declarations) tenantsWith(kind string) []string {
	var out []string
	for _, t := range d.tenants {
		if t.groups[kind] != nil {
			out = append(out, t.Name)
		}
	}
	return out
}

func (d *declarations) tenantNames() []string {
	var out []string
	for _, t := range d.tenants {
		out = append(out, t.Name)
	}
	return out
}

// choice offers names, each behind the same words: "provider = a, provider = b or
// provider = c".
func choice(before string, names []string) string {
	if len(names) == 0 {
		return before + "name"
	}
	last := len(names) - 1
	text := before + names[last]
	if last > 0 {
		text = before + strings.Join(names[:last], ", "+before) + " or " + text
	}
	return text
}
