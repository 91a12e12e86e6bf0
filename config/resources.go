package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A group is all blocks of one kind in one tenant.
type group struct {
	kind      *schema.Kind
	labels    int      // of a block
	typ       cty.Type // of one resource in expressions
	body      *hcl.BodySchema
	resources []*resource // in file order
	expanded  []*resource // what blocks of other kinds declare in short form
	byLabel   map[string]*resource
	allValue  cty.Value // the object of all of them, once it was needed
	evaluated bool      // all of them are, and uses says what came out
	uses      uses
}

// A resource is one block of a kind, with one instance or, under for_each, any
// number of them.
type resource struct {
	node
	tenant     *tenant
	group      *group
	kind       *schema.Kind
	block      *hcl.Block
	attrs      hcl.Attributes
	fields     []field // attributes of the kind that the block sets
	forEach    *hcl.Attribute
	previously *hcl.Attribute
	allow      *hcl.Attribute
	named      bool           // an expression names the block
	part       bool           // a local value or a block of the same kind does
	misnamed   schema.Mask    // attributes that it sets under a wrong name, which has been reported
	deferred   *deferredPiece // that has the block, which is not parsed yet; else nil
	instances  []instance
	parent     *resource   // that declares these objects in short form; nil for blocks
	expanded   []*resource // what it declares in short form
	builder    *builder    // that makes the instances, while they are not made
	value      cty.Value   // in expressions, once it was needed
	soleValue  cty.Value   // the object of its kind with nothing else in it, likewise
}

// A field is one attribute of a block.
type field struct {
	index int // in Kind.Attributes
	expr  hcl.Expression
	uses  uses
}

// An instance is one object that a block declares.
type instance struct {
	resource *resource
	key      string // each.key; empty without for_each
	object   schema.Object
	bad      schema.Mask // attributes with a mistake, which has been reported
	broken   bool        // the object has a mistake, which has been reported
	taken    uint32      // 1 if its set was taken for an attribute of others; atomic
}

// The attributes that any kind's blocks may have.
const (
	metaForEach    = "for_each"
	metaProvider   = "provider"
	metaPreviously = "previously"
	metaExpires    = "expires"
	metaReason     = "reason"
	metaAllow      = "allow"
)

func newGroup(k *schema.Kind) *group {
	g := &group{kind: k, labels: max(1, len(k.Labels())), typ: resourceType(k), byLabel: map[string]*resource{}}
	g.body = bodyOf(k, metaForEach, metaProvider, metaPreviously, metaExpires, metaReason, metaAllow)
	return g
}

// bodyOf lists what a block may have that is described by a kind.
func bodyOf(k *schema.Kind, more ...string) *hcl.BodySchema {
	s := &hcl.BodySchema{}
	for i := range k.Attributes {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: k.Attributes[i].Name})
	}
	for _, name := range more {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	return s
}

func (g *group) lastLabels() []string {
	var out []string
	for _, r := range g.resources {
		out = append(out, r.block.Labels[len(r.block.Labels)-1])
	}
	return out
}

var providerOnly = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: metaProvider}}}

// labelsID is what a group knows a block by.
func labelsID(labels []string) string { return strings.Join(labels, "\x00") }

// resourceOf finds out where a block belongs.
func (d *declarations) resourceOf(b *hcl.Block) *resource {
	meta, _ := contentIn(b.Body, providerOnly)
	t := d.tenantOf(b, b.Type, meta.Attributes[metaProvider])
	if t == nil {
		return nil
	}
	g := t.groups[b.Type]
	if g == nil {
		d.noKind(t, b.Type, b.TypeRange)
		return nil
	}
	return &resource{tenant: t, group: g, kind: g.kind, block: b}
}

// noKind reports a kind that the tenant's product does not have. Where another
// provider block has it, that is what is missing.
func (d *declarations) noKind(t *tenant, kind string, at hcl.Range) {
	hint := suggestion(kind, kindNames(t.Product))
	if others := d.tenantsWith(kind); len(others) > 0 {
		hint = " Is it meant for another provider? Then write " + choice("provider = ", others) + "."
	}
	d.report(problem("config/unknown-kind", &at, "Unknown kind "+quoted(kind), "%s has no kind %q.%s", t.Product.Title, kind, hint))
}

// register declares a resource under its labels, which no other one may have.
func (d *declarations) register(r *resource) bool {
	b, g, id := r.block, r.group, labelsID(r.block.Labels)
	if other := g.byLabel[id]; other != nil {
		d.report(problem("config/duplicate", b.DefRange.Ptr(), capitalize(b.Type)+" "+quoted(b.Labels[len(b.Labels)-1])+" is declared twice",
			"It was already declared at %s. Keep one of the two, or give one another label.", lineOf(other.block.DefRange)))
		return false
	}
	g.byLabel[id] = r
	g.resources = append(g.resources, r)
	return true
}

// registerAll declares all blocks of kinds in file order, and reads the attributes of
// those that are parsed, side by side.
func (d *declarer) registerAll() {
	slices.SortStableFunc(d.resources, func(a, b *resource) int { return comparePlaces(a.block.DefRange, b.block.DefRange) })
	d.resources = slices.DeleteFunc(d.resources, func(r *resource) bool { return !d.register(r) })
	d.report(parallelChunks(len(d.resources), someBlocks, func(from, to int) []*hcl.Diagnostic {
		here := d.fork()
		for _, r := range d.resources[from:to] {
			if r.deferred == nil {
				here.decodeBody(r)
			}
		}
		return here.diags
	})...)
}

func (br *blockReader) decodeBody(r *resource) {
	b := r.block
	r.name = reference(b.Type, b.Labels)
	before := len(br.diags)
	r.attrs = br.content(b, r.group.body).Attributes
	if len(br.diags) > before {
		for _, name := range misnamed(b.Body, r.group.body) {
			if i := r.kind.Index(name); i >= 0 {
				r.misnamed = r.misnamed.With(i)
			}
			r.failed = r.failed || name == metaForEach
		}
	}
	r.forEach, r.previously, r.allow = r.attrs[metaForEach], r.attrs[metaPreviously], r.attrs[metaAllow]
	if a := r.attrs[metaExpires]; a != nil {
		if d := cannotExpire(r.tenant, r.kind, a.NameRange); d != nil {
			br.report(d)
			delete(r.attrs, metaExpires)
		}
	}
	r.fields = br.fields(r.kind, r.attrs)
	b.Body = nil // its attributes are all that is needed
}

// fields lists the attributes of the kind that are set, in the order of its table.
func (br *blockReader) fields(k *schema.Kind, attrs hcl.Attributes) []field {
	out := make([]field, 0, len(attrs))
	for i := range k.Attributes {
		row := &k.Attributes[i]
		a := attrs[row.Name]
		if a == nil {
			continue
		}
		if d := unsettable(row, a.NameRange); d != nil {
			br.report(d)
			continue
		}
		out = append(out, field{index: i, expr: a.Expr})
	}
	return out
}

// unsettable says why a file cannot set an attribute, or nil if it can.
func unsettable(row *schema.Attribute, at hcl.Range) *hcl.Diagnostic {
	switch {
	case row.Is(schema.ReadOnly):
		return problem("config/read-only", &at, quoted(row.Name)+" cannot be set",
			"The product sets %s itself. Delete this line.", row.Name)
	case row.Is(schema.Computed):
		return problem("config/read-only", &at, quoted(row.Name)+" cannot be set",
			"rolecall computes %s itself. Delete this line. Its meaning: %s", row.Name, row.Doc)
	}
	return nil
}

// reference gives the expression that refers to a block.
func reference(kind string, labels []string) string {
	var b strings.Builder
	b.WriteString(kind)
	for _, s := range labels {
		if !strings.ContainsAny(s, "@. /") && hclsyntax.ValidIdentifier(s) { // asking costs more than looking
			b.WriteString("." + s)
		} else {
			fmt.Fprintf(&b, "[%q]", s)
		}
	}
	return b.String()
}

func capitalize(kind string) string {
	return strings.ToUpper(kind[:1]) + text.Words(kind[1:])
}
