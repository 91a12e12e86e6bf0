package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A loader holds one directory while it is being read. Everything in it, the
// syntax trees above all, is dropped when Load returns.
type loader struct {
	dir   string
	opts  Options
	diags hcl.Diagnostics

	files   []string  // read so far
	auto    []string  // *.auto.vars.hcl
	sources []*source // configuration files in the order of their names

	tree      *tree // what may be read; nil where the directory cannot be opened
	noTree    error // why
	watch     *watch
	guesses   int     // comparisons left for naming what may be meant
	reaching  int     // calls of reaches that have not returned
	reader    *reader // of files for expressions
	functions map[string]function.Function
	variables map[string]*variable
	values    cty.Value // the object behind "var"
	locals    map[string]*local
	tenants   []*tenant
	removed   []*hcl.Block
	strays    map[string]bool          // blocks of which nobody knows whose they are, by how they are referred to
	resources []*resource              // in file order
	path      []*node                  // being visited, outermost first
	headers   map[schema.Pos]hcl.Range // of blocks, by place; made when first asked for

	deferring bool    // blocks of large directories are parsed when they are evaluated
	restart   bool    // that failed: everything is to be read again
	declared  *loader // as it is when all blocks are declared, while blocks are parsed meanwhile

	unreadValues bool // a file of values could not be read
	unknown      bool // a provider block names no known product, so its kinds are not known either
}

func newLoader(dir string, o Options, w *watch) *loader {
	files, err := openTree(dir, o.Root, o.Environ)
	read := newReader(files)
	return &loader{
		dir: dir, opts: o, watch: w, guesses: 4_000_000,
		tree: files, noTree: err, reader: read, functions: read.functions(),
		variables: map[string]*variable{},
		locals:    map[string]*local{},
		strays:    map[string]bool{},
	}
}

func (l *loader) report(diags ...*hcl.Diagnostic) { l.diags = append(l.diags, diags...) }

// The block types that are the same for every product.
var fixedBlocks = []string{"rolecall", "provider", "variable", "locals", "removed"}

// declare sorts the blocks of all files by what they declare. Provider blocks come
// first, because they say what other blocks there may be.
func (l *loader) declare() {
	for _, b := range l.take("rolecall", 0, 0) {
		l.checkVersion(b)
	}
	for _, b := range l.take("variable", 1, 1) {
		l.declareVariable(b)
	}
	for _, b := range l.take("locals", 0, 0) {
		l.declareLocals(b)
	}
	for _, b := range l.take("provider", 1, 2) {
		l.declareTenant(b)
	}
	l.removed = l.take("removed", 2, 2)
	var blocks []*hcl.Block
	for _, k := range l.kinds() {
		n := max(1, len(k.Labels()))
		blocks = append(blocks, l.take(k.Name, n, n)...)
	}
	l.declareRest()
	for _, b := range blocks {
		if r := l.resourceOf(b); r != nil {
			l.resources = append(l.resources, r)
		} else {
			l.strays[reference(b.Type, b.Labels)] = true
		}
	}
	l.resources = append(l.resources, l.deferredResources()...)
	slices.SortStableFunc(l.resources, func(a, b *resource) int { return comparePlaces(a.block.DefRange, b.block.DefRange) })
	l.resources = slices.DeleteFunc(l.resources, func(r *resource) bool { return !l.register(r) })
	l.takeAllApart()
	if len(l.tenants) == 0 && !l.unknown {
		l.report(problem(codeMissingProvider, nil, "No provider block",
			"No file in %s says which product it is about. Add a block provider %q { … } with the product's settings. Products: %s.",
			l.here(), l.exampleProduct(), some(l.productNames())))
	}
}

// take returns the blocks of one type from all files, in file order. In JSON a
// block has exactly least labels.
func (l *loader) take(typ string, least, most int) []*hcl.Block {
	var out []*hcl.Block
	for _, s := range l.sources {
		for _, body := range s.native {
			for _, b := range body.Blocks {
				if b.Type == typ {
					out = l.labelled(out, b.AsHCLBlock(), least, most)
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
		l.report(diags...)
		for _, b := range content.Blocks {
			out = l.labelled(out, b, least, most)
		}
	}
	return out
}

// labelled appends the block where it has as many labels as it should.
func (l *loader) labelled(out []*hcl.Block, b *hcl.Block, least, most int) []*hcl.Block {
	if n := len(b.Labels); n < least || n > most {
		closing := "" // of a block that has nothing in it
		if b.Type == "removed" {
			closing = "}"
		}
		l.report(problem("config/labels", b.DefRange.Ptr(), "Wrong number of labels",
			"%s has %s, and this one has %d. Write:\n  %s {%s", article(b.Type), labelCount(least, most), n, l.wholeHeader(b, least), closing))
		return out
	}
	normalLabels(b)
	for i, label := range b.Labels {
		if label == "" {
			l.report(problem("config/labels", b.LabelRanges[i].Ptr(), "Empty label", "A label names the block or the object, so it cannot be empty."))
			return out
		}
	}
	return append(out, b)
}

// normalLabels gives the labels the spelling that names have in expressions.
func normalLabels(b *hcl.Block) {
	for i, label := range b.Labels {
		if form := schema.NFC(label); form != label {
			b.Labels = slices.Clone(b.Labels)
			b.Labels[i] = form
		}
	}
}

func labelCount(least, most int) string {
	switch {
	case most == 0:
		return "no label"
	case least == 1 && most == 1:
		return "one label"
	case least == 1 && most == 2:
		return "one or two labels"
	case least == 2:
		return "two labels"
	}
	return "more labels"
}

// wholeHeader shows how the header of a block is written. Where a removed block names
// an object in a wrong form, it is the one that was meant.
func (l *loader) wholeHeader(b *hcl.Block, labels int) string {
	if b.Type != "removed" {
		return b.Type + strings.Repeat(` "…"`, labels)
	}
	parts := b.Labels
	if len(parts) == 0 {
		parts = fromOf(b)
	}
	if len(parts) == 1 {
		parts = strings.SplitN(parts[0], ".", 2)
	}
	kind, key := "kind", "key"
	for _, k := range l.kinds() {
		if len(parts) > 0 && parts[0] == k.Name {
			kind = k.Name
			switch names := parts[1:]; {
			case len(names) == len(k.Keys()) && len(names) > 1:
				key = schema.JoinKey(names...)
			case len(names) > 0:
				key = names[0]
			default:
				key = strings.Trim(keyForm(k), `"`)
			}
		}
	}
	return fmt.Sprintf("removed %q %q", kind, key)
}

// fromOf returns the kind and the name in from = kind.name, as Terraform's removed
// blocks have it.
func fromOf(b *hcl.Block) []string {
	attrs, _ := b.Body.JustAttributes()
	if attrs["from"] == nil {
		return nil
	}
	t, diags := hcl.AbsTraversalForExpr(attrs["from"].Expr)
	if diags.HasErrors() {
		return nil
	}
	out := []string{t.RootName()}
	for _, step := range t[1:] {
		if name, ok := stepName(step); ok {
			out = append(out, name)
		}
	}
	return out
}

// article begins a sentence with the name of a block.
func article(name string) string { return "A" + an(name)[1:] + " block" }

// kinds lists the kinds of the declared products, each name once.
func (l *loader) kinds() []*schema.Kind {
	var out []*schema.Kind
	seen := map[string]bool{}
	for _, t := range l.tenants {
		for _, k := range t.Product.Kinds {
			if !seen[k.Name] {
				seen[k.Name] = true
				out = append(out, k)
			}
		}
	}
	return out
}

// declareRest reports what is left at the top of the files: blocks of no known
// type, and attributes. The files are not needed after it.
func (l *loader) declareRest() {
	for _, s := range l.sources {
		for _, body := range s.native {
			for _, b := range body.Blocks {
				if !slices.Contains(fixedBlocks, b.Type) && !l.isKind(b.Type) {
					l.unknownBlock(b.Type, b.TypeRange)
				}
			}
			for _, a := range body.Attributes {
				d := problem("config/outside-block", a.NameRange.Ptr(), "Attribute outside a block",
					"%q is outside of every block. Attributes belong in a block; named values belong in locals { }.", a.Name)
				d.Extra = extra{code: Code(d), secret: looksLikeKey(a.Name)}
				l.report(d)
			}
		}
		if s.rest != nil {
			left, diags := s.rest.JustAttributes()
			l.report(diags...)
			for _, a := range left {
				l.unknownBlock(a.Name, a.NameRange)
			}
		}
		s.native, s.rest = nil, nil
	}
}

func (l *loader) isKind(name string) bool {
	return slices.ContainsFunc(l.tenants, func(t *tenant) bool { return t.groups[name] != nil })
}

// here names the directory in a sentence.
func (l *loader) here() string {
	if l.dir == "." {
		return "the current directory"
	}
	return l.dir
}

func (l *loader) unknownBlock(name string, at hcl.Range) {
	if l.unknown {
		return
	}
	for _, p := range l.opts.Products {
		if p.Kind(name) != nil {
			if len(l.tenants) == 0 {
				return // there is no provider block at all, and that is told
			}
			l.report(problem(codeUnknownBlock, &at, "No provider block for "+quoted(name),
				"%s belongs to %s, and no file says which %s account is meant. Add a provider %q block.", article(name), p.Title, p.Title, p.Name))
			return
		}
	}
	known := slices.Clone(fixedBlocks)
	for _, k := range l.kinds() {
		known = append(known, k.Name)
	}
	l.report(problem(codeUnknownBlock, &at, "Unknown block type "+quoted(name), "There is no block type %q.%s", name, instead(blockAdvice(name), name, known)))
}

func (l *loader) productNames() []string {
	var out []string
	for _, p := range l.opts.Products {
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return out
}

func (l *loader) exampleProduct() string {
	if names := l.productNames(); len(names) == 1 {
		return names[0]
	}
	return "…"
}
