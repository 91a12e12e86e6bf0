package config

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// evaluate gives everything its value. Whatever fails reports it and leaves its
// value out, so that the rest can be looked at too.
func (e *evaluator) evaluate() {
	e.validateVariables()
	for _, t := range e.tenants {
		(&providerReader{e, t}).evaluate()
	}
	for _, name := range slices.Sorted(maps.Keys(e.locals)) {
		switch lc := e.locals[name]; {
		case !e.refersToResources(lc):
			e.localIn(nil, name, lc.attr.NameRange)
		case len(e.tenants) == 1:
			e.localIn(e.tenants[0], name, lc.attr.NameRange)
		}
	}
	e.evaluateResources()
	for _, b := range e.removed {
		e.evaluateRemoved(b)
	}
	for _, b := range e.accepted {
		e.evaluateAccept(b)
	}
	for _, b := range e.checks {
		e.evaluateCheck(b)
	}
}

// evaluateResources evaluates all blocks and makes their objects, some at a time: while
// objects are not made, their blocks need memory.
func (e *evaluator) evaluateResources() {
	chunks := slices.Collect(slices.Chunk(e.resources, evaluatedTogether))
	parsed := e.parseAhead(chunks)
	for i, chunk := range chunks {
		parsed()
		parsed = e.parseAhead(chunks[i+1:])
		for _, r := range chunk {
			e.evaluateResource(r, r.block.DefRange)
		}
		e.finishAll(chunk)
	}
	parsed()
}

// finishAll makes the objects of blocks that were not needed yet, side by side.
func (e *evaluator) finishAll(resources []*resource) {
	e.report(parallelChunks(len(resources), someBlocks, func(from, to int) []*hcl.Diagnostic {
		var out hcl.Diagnostics
		for _, r := range resources[from:to] {
			out = append(out, r.finish()...)
		}
		return out
	})...)
}

// evaluateResource evaluates whatever a block mentions, once. With for_each it also
// makes the objects. Without, that can wait for finish, since whether it is possible
// at all is known before.
func (e *evaluator) evaluateResource(r *resource, from hcl.Range) {
	if !e.parsed(r) {
		r.failed = true
		return
	}
	e.evaluateOnce(&r.node, from, func() {
		if r.failed {
			return
		}
		n := e.namesIn(r.tenant, article(r.kind.Name))
		n.of = r.group
		var each uses
		if r.forEach != nil {
			each = n.add(r.forEach.Expr)
			n.each = true
		}
		r.secret, r.data = each.secret, each.data
		for i := range r.fields {
			u := n.add(r.fields[i].expr)
			r.fields[i].uses = u
			r.secret, r.data = r.secret || u.secret, r.data || u.data
		}
		var before, allow uses
		if r.previously != nil {
			before = n.add(r.previously.Expr)
		}
		expires, reason := n.metaText(r, metaExpires), n.metaText(r, metaReason)
		if r.allow != nil {
			allow = n.add(r.allow.Expr)
		}
		if r.failed {
			return // in a circle
		}
		if each.failed {
			r.failed = true
			return
		}
		r.builder = &builder{evaluator: e, r: r, ctx: n.context(), each: each, before: before, allow: allow, expires: expires, reason: reason}
		if r.forEach != nil {
			e.report(r.finish()...)
		}
	})
}

// finish makes the objects of an evaluated block if that was not done yet, and
// returns what is wrong with them. Without for_each it writes to nothing but the
// resource.
func (r *resource) finish() hcl.Diagnostics {
	b := r.builder
	if b == nil {
		return nil
	}
	done := b.watch.during(r.block.DefRange)
	b.build()
	b.expand()
	done()
	r.builder, r.attrs, r.fields, r.previously, r.allow = nil, nil, nil, nil, nil // expressions are most of the memory
	return summarizeRepeats(b.found)
}

// A builder makes the objects of one block.
type builder struct {
	*evaluator
	r       *resource
	ctx     *hcl.EvalContext
	each    uses // of for_each
	before  uses // of previously
	allow   uses // of allow
	expires metaText
	reason  metaText
	proto   instance
	nulls   schema.Mask
	found   []attributeError // mistakes, in the order of the objects
}

func (b *builder) build() {
	r := b.r
	if r.forEach == nil {
		r.instances = []instance{{resource: r}}
		in := &r.instances[0]
		f := b.newObjectBuilder(in, &b.nulls, &b.found)
		b.constants(f, r.block.Labels)
		b.complete(f, func() *hcl.EvalContext { return b.ctx })
		f.term(b.expires, b.reason, func(e hcl.Expression) (cty.Value, hcl.Diagnostics) { return evaluateExpr(e, b.ctx) })
		return
	}
	elements := b.elements()
	if elements == nil {
		r.failed = true
		return
	}
	b.proto.resource = r
	b.constants(b.newObjectBuilder(&b.proto, &b.nulls, &b.found), r.block.Labels[:len(r.block.Labels)-1])
	b.buildEach(elements)
}

// constants decodes what is the same for every instance: the labels that are
// given and the attributes that do not mention each.
func (b *builder) constants(f *objectBuilder, labels []string) {
	in := f.in
	in.bad, in.broken = b.r.misnamed, b.r.misnamed != 0
	for i, row := range b.r.kind.Labels() {
		if i < len(labels) {
			f.label(b.r.kind.Index(row.Name), labels[i], b.r.block.LabelRanges[i])
		}
	}
	for _, fd := range b.r.fields {
		switch {
		case fd.uses.failed:
			in.bad, in.broken = in.bad.With(fd.index), true
		case !fd.uses.each:
			f.evaluate(fd.index, fd.expr, b.ctx, fd.uses.secret)
		}
	}
}

// newObjectBuilder begins an object.
func (b *builder) newObjectBuilder(in *instance, nulls *schema.Mask, found *[]attributeError) *objectBuilder {
	r := b.r
	in.object = schema.Object{
		Kind: r.kind, Addr: schema.Address{Provider: r.tenant.Name, Kind: r.kind.Name},
		Body: r.kind.New(), Pos: posOf(r.block.DefRange),
	}
	return &objectBuilder{reporter: b.reporter, tenant: r.tenant, block: r.block, attrs: r.attrs, object: &in.object, in: in, nulls: nulls, found: found}
}

// complete gives an object its key and checks it against the rules of its kind.
func (b *builder) complete(f *objectBuilder, ctx func() *hcl.EvalContext) {
	in := f.in
	if in.bad&b.r.kind.Having(schema.Key) == 0 {
		in.object.Rekey()
	}
	f.checkRequired()
	if b.r.previously != nil && !b.before.failed {
		f.previously(b.r.previously, ctx(), b.before.secret)
	}
	if b.r.allow != nil && !b.allow.failed {
		f.allow(b.r.allow, ctx(), b.allow.secret)
	}
	if !in.broken {
		f.validate()
	}
}
