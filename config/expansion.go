package config

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A block may declare objects of other kinds besides its own, in short form: a team's
// members are memberships. They are checked against the rules of their kind as if each
// had a block. Their place is that of their entry if it is written out, or else the block's.

// expand makes the objects that the block's objects declare besides themselves. It
// writes to nothing but the resource, and returns what is wrong with them.
func (b *builder) expand() {
	if b.r.kind.Expand == nil {
		return
	}
	places := entryPlaces{r: b.r}
	made := map[*schema.Kind]*resource{}
	for i := range b.r.instances {
		in := &b.r.instances[i]
		if in.broken || in.object.Addr.Key == "" {
			continue
		}
		objects := b.r.kind.Expand(&in.object)
		normalise(objects)
		for i := range objects {
			o := &objects[i]
			short := made[o.Kind]
			if short == nil {
				short = b.expansion(o.Kind)
				made[o.Kind] = short
				b.r.expanded = append(b.r.expanded, short)
				short.instances = make([]instance, 0, len(objects))
			}
			b.addExpanded(short, in, o, places.of(o))
		}
	}
}

// normalise brings objects into their normal form, and into the order of their keys:
// they may come from a map.
func normalise(objects []schema.Object) {
	for i := range objects {
		o := &objects[i]
		for n := range o.Kind.Attributes {
			if o.Set.Has(n) {
				o.Kind.Attributes[n].Normalise(o.Body)
			}
		}
		o.Rekey()
	}
	slices.SortStableFunc(objects, func(x, y schema.Object) int {
		return cmp.Or(cmp.Compare(x.Kind.Name, y.Kind.Name), cmp.Compare(x.Addr.Key, y.Addr.Key))
	})
}

// expansion begins the objects of one kind that a block declares in short form.
func (b *builder) expansion(k *schema.Kind) *resource {
	g := b.r.tenant.groups[k.Name]
	if g == nil {
		panic("config: kind " + b.r.kind.Name + " declares objects of " + k.Name + ", which is no kind of the product")
	}
	return &resource{node: b.r.node, tenant: b.r.tenant, group: g, kind: k, block: b.r.block, parent: b.r}
}

// addExpanded adds an object and checks it against the rules of its kind.
func (b *builder) addExpanded(short *resource, parent *instance, o *schema.Object, at hcl.Range) {
	short.instances = append(short.instances, instance{resource: short, key: parent.key, object: *o})
	in := &short.instances[len(short.instances)-1]
	in.object.Addr.Provider, in.object.Addr.Kind, in.object.Pos = short.tenant.Name, o.Kind.Name, posOf(at)
	in.object.Term = entryTerm(parent, o)
	f := &objectBuilder{
		reporter: b.reporter, tenant: short.tenant, block: &hcl.Block{Type: o.Kind.Name, DefRange: at},
		object: &in.object, in: in, found: &b.found,
	}
	before := len(b.found)
	for i := range o.Kind.Attributes {
		if o.Set.Has(i) {
			f.checkRules(i, b.r.secret, nil, at)
		}
	}
	f.checkRequired()
	if in.bad&o.Kind.Having(schema.Key) != 0 {
		in.object.Addr.Key = ""
	}
	if !in.broken {
		f.validate()
	}
	if in.isComputed() && in.object.Addr.Key != "" {
		for _, t := range b.found[before:] {
			about(t.d, in.object.Addr.String())
		}
	}
}

// entryPlaces finds the entry of a block that an object in short form comes from.
type entryPlaces struct {
	r     *resource
	pairs []hcl.KeyValuePair
	read  bool
	names map[*schema.Attribute]map[string]hcl.Range // by the key attribute that an entry may be named after
}

// of returns the place of the first entry of a map whose name is one of the parts of
// the object's key.
func (p *entryPlaces) of(o *schema.Object) hcl.Range {
	p.collect()
	if len(p.pairs) == 0 {
		return p.r.block.DefRange
	}
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		text, plain := a.Any(o.Body).(string)
		if !a.Is(schema.Key) || !plain {
			continue
		}
		if at, ok := p.named(o.Kind, a)[text]; ok {
			return at
		}
	}
	return p.r.block.DefRange
}

// collect lists the entries of the maps that the block writes out and that are read
// from files only.
func (p *entryPlaces) collect() {
	if p.read {
		return
	}
	p.read = true
	for _, fd := range p.r.fields {
		if row := &p.r.kind.Attributes[fd.index]; row.Is(schema.ConfigOnly) && row.Type.Many() {
			if pairs, diags := hcl.ExprMap(fd.expr); !diags.HasErrors() {
				p.pairs = append(p.pairs, pairs...)
			}
		}
	}
}

// named lists the entries by their names in the normal form of the attribute.
func (p *entryPlaces) named(k *schema.Kind, a *schema.Attribute) map[string]hcl.Range {
	if at, ok := p.names[a]; ok {
		return at
	}
	at, body := make(map[string]hcl.Range, len(p.pairs)), k.New()
	for _, pair := range p.pairs {
		if name := keyText(pair); name != "" {
			a.SetAny(body, name)
			name, _ = a.Any(body).(string)
			if _, twice := at[name]; !twice {
				at[name] = pair.Key.Range()
			}
		}
	}
	if p.names == nil {
		p.names = map[*schema.Attribute]map[string]hcl.Range{}
	}
	p.names[a] = at
	return at
}

// collectExpanded hands what blocks declare in short form to the groups of its kinds.
func (t *tenant) collectExpanded() {
	for _, k := range t.Product.Kinds {
		for _, r := range t.groups[k.Name].resources {
			for _, short := range r.expanded {
				short.group.expanded = append(short.group.expanded, short)
			}
		}
	}
}

// at is the place that mistakes about the object point at.
func (in *instance) at() *hcl.Range {
	if in.resource.parent == nil {
		return in.resource.block.DefRange.Ptr()
	}
	if p := in.object.Pos; p != posOf(in.resource.block.DefRange) {
		return pointRange(p)
	}
	return in.resource.block.DefRange.Ptr()
}

// origin returns how the object came about.
func (in *instance) origin() origin { return origin{in.key, in.isComputed(), in.resource.data} }

// isComputed reports whether the object is declared in short form, by an entry that an
// expression gives.
func (in *instance) isComputed() bool {
	return in.resource.parent != nil && in.object.Pos == posOf(in.resource.block.DefRange)
}

// howDeclared names how the object is declared, in a sentence: "in a block of its own".
func (in *instance) howDeclared() string {
	if in.resource.parent == nil {
		return "in a block of its own"
	}
	return "in short form by " + in.resource.parent.name
}
