package config

import (
	"slices"

	goversion "github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/zclconf/go-cty/cty"
)

// A declarer sorts the blocks of the files by what they declare.
type declarer struct {
	*reporter
	*declarations
	attributeReader
	directory *directory
	version   string // of rolecall
}

// The block types that are the same for every product.
var fixedBlocks = []string{"rolecall", "provider", "variable", "locals", "removed", "accept", "check"}

// declare sorts the blocks of all files by what they declare. Provider blocks come
// first, because they say what other blocks there may be.
func (d *declarer) declare() {
	for _, b := range d.take("rolecall", 0, 0) {
		d.checkVersion(b)
	}
	for _, b := range d.take("variable", 1, 1) {
		d.declareVariable(b)
	}
	for _, b := range d.take("locals", 0, 0) {
		d.declareLocals(b)
	}
	for _, b := range d.take("provider", 1, 2) {
		d.declareTenant(b)
	}
	d.removed = d.take("removed", 2, 2)
	d.accepted = d.take("accept", 2, 2)
	d.checks = d.take("check", 1, 1)
	var blocks []*hcl.Block
	for _, k := range d.kinds() {
		n := max(1, len(k.Labels()))
		blocks = append(blocks, d.take(k.Name, n, n)...)
	}
	d.declareRest()
	for _, b := range blocks {
		if r := d.resourceOf(b); r != nil {
			d.resources = append(d.resources, r)
		} else {
			d.unresolvedBlocks[reference(b.Type, b.Labels)] = true
		}
	}
	if len(d.tenants) == 0 && !d.unknownProduct {
		d.report(problem(codeMissingProvider, nil, "No provider block",
			"No file in %s says which product it is about. Add a block provider %q { … } with the product's settings. Products: %s.",
			d.directory.displayName(), d.exampleProduct(), listSome(d.productNames())))
	}
}

// take returns the blocks of one type from all files, in file order. In JSON a
// block has exactly least labels.
func (d *declarer) take(typ string, least, most int) []*hcl.Block {
	var out []*hcl.Block
	for _, s := range d.directory.sources {
		for _, body := range s.native {
			for _, b := range body.Blocks {
				if b.Type == typ {
					out = d.labelled(out, b.AsHCLBlock(), least, most)
				}
			}
		}
		if s.rest == nil {
			continue
		}
		content, rest, diags := s.rest.PartialContent(&hcl.BodySchema{
			Blocks: []hcl.BlockHeaderSchema{{Type: typ, LabelNames: slices.Repeat([]string{"name"}, least)}},
		})
		s.rest = rest
		d.report(diags...)
		for _, b := range content.Blocks {
			out = d.labelled(out, b, least, most)
		}
	}
	return out
}

// article begins a sentence with the name of a block.
func article(name string) string { return "A" + an(name)[1:] + " block" }

// kinds lists the kinds of the declared products, each name once.
func (d *declarations) kinds() []*schema.Kind {
	var out []*schema.Kind
	seen := map[string]bool{}
	for _, t := range d.tenants {
		for _, k := range t.Product.Kinds {
			if !seen[k.Name] {
				seen[k.Name] = true
				out = append(out, k)
			}
		}
	}
	return out
}

func (d *declarations) kindNames() []string {
	var out []string
	for _, k := range d.kinds() {
		out = append(out, k.Name)
	}
	return out
}

// declareRest reports what is left at the top of the files: blocks of no known
// type, and attributes. The files are not needed after it.
func (d *declarer) declareRest() {
	for _, s := range d.directory.sources {
		for _, body := range s.native {
			for _, b := range body.Blocks {
				if !slices.Contains(fixedBlocks, b.Type) && !d.isKind(b.Type) {
					d.unknownBlock(b.Type, b.TypeRange)
				}
			}
			for _, a := range body.Attributes {
				outside := problem("config/outside-block", a.NameRange.Ptr(), "Attribute outside a block",
					"%q is outside of every block. Attributes belong in a block; named values belong in locals { }.", a.Name)
				outside.Extra = extra{code: Code(outside), secret: looksLikeKey(a.Name)}
				d.report(outside)
			}
		}
		if s.rest != nil {
			left, diags := s.rest.JustAttributes()
			d.report(diags...)
			for _, a := range left {
				d.unknownBlock(a.Name, a.NameRange)
			}
		}
		s.native, s.rest = nil, nil
	}
}

func (d *declarations) isKind(name string) bool {
	return slices.ContainsFunc(d.tenants, func(t *tenant) bool { return t.groups[name] != nil })
}

// displayName names the directory in a sentence.
func (d *directory) displayName() string {
	if d.dir == "." {
		return "the current directory"
	}
	return d.dir
}

func (d *declarer) unknownBlock(name string, at hcl.Range) {
	if d.unknownProduct {
		return
	}
	for _, p := range d.products {
		if p.Kind(name) != nil {
			if len(d.tenants) == 0 {
				return // there is no provider block at all, which is reported
			}
			d.report(problem(codeUnknownBlock, &at, "No provider block for "+quoted(name),
				"%s belongs to %s, and no file has a provider %q block. Add one, or use a block that your providers have: %s.", article(name), p.Title, p.Name, listSome(d.kindNames())))
			return
		}
	}
	known := append(slices.Clone(fixedBlocks), d.kindNames()...)
	d.report(problem(codeUnknownBlock, &at, "Unknown block type "+quoted(name), "There is no block type %q.%s", name, adviceOr(blockAdvice(name), name, known)))
}

func (br *blockReader) productNames() []string {
	var out []string
	for _, p := range br.products {
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return out
}

func (d *declarer) exampleProduct() string {
	if names := d.productNames(); len(names) == 1 {
		return names[0]
	}
	return "…"
}

// checkVersion checks the running version against a rolecall block.
func (d *declarer) checkVersion(b *hcl.Block) {
	content := d.content(b, &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "required_version"}}})
	a := content.Attributes["required_version"]
	if a == nil {
		return
	}
	val, ok := d.literal(a, cty.String)
	if !ok {
		return
	}
	wanted, err := goversion.NewConstraint(val.AsString())
	if err != nil {
		d.report(problem("config/required-version", a.Expr.Range().Ptr(), "Not a version constraint",
			"%q is not a version constraint. Write one such as \">= 0.1.0\" or \"~> 1.2\".", val.AsString()))
		return
	}
	have, err := goversion.NewVersion(d.version)
	if err != nil {
		return // built from source, without a version
	}
	if !wanted.Check(have.Core()) {
		d.report(problem("config/required-version", a.Expr.Range().Ptr(), "These files need another version of rolecall",
			"They need %s, and this is rolecall %s. Use a version that fits, or change required_version.", wanted, have))
	}
}
