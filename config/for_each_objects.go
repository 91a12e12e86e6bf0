package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An eachField is what the expression of a field takes from each.
type eachField struct {
	*field
	column  string   // if the expression is each.value.column and nothing else
	columns []string // of each.value, sorted, if the expression looks at nothing else of each
}

func eachFieldOf(f *field) eachField {
	out := eachField{field: f}
	if t, ok := f.expr.(*hclsyntax.ScopeTraversalExpr); ok {
		out.column = columnIn(t.Traversal)
	}
	for _, t := range mentionedIn(f.expr) {
		if t.RootName() != "each" {
			continue
		}
		name := columnIn(t)
		if name == "" {
			out.columns = nil
			return out
		}
		out.columns = append(out.columns, name)
	}
	slices.Sort(out.columns)
	out.columns = slices.Compact(out.columns)
	return out
}

// columnIn returns the column that a reference such as each.value.email takes, or "".
func columnIn(t hcl.Traversal) string {
	if len(t) != 3 || t.RootName() != "each" {
		return ""
	}
	value, _ := t[1].(hcl.TraverseAttr)
	column, _ := t[2].(hcl.TraverseAttr)
	if value.Name != "value" {
		return ""
	}
	return column.Name
}

// A rowBuilder makes the objects of some elements of for_each, one after the other. It
// runs beside others of the same block, so it writes to nothing but itself and the
// instances of its elements.
//
// Thousands of users share a few roles. So it keeps what an expression that looks only at
// columns gave, and takes it again if the columns have the same texts.
type rowBuilder struct {
	*builder
	elements forEachElements
	fields   []eachField
	found    []attributeError
	seen     []map[string]any // for each field: a body with the result, by the texts of its columns
}

// maxSeen is how many results of one field are kept: columns that differ for every user
// are not worth the memory.
const maxSeen = 4096

// buildEach makes the objects of all elements, side by side if there are many.
func (b *builder) buildEach(elements forEachElements) {
	fields := make([]eachField, len(b.r.fields))
	for i := range fields {
		fields[i] = eachFieldOf(&b.r.fields[i])
	}
	b.r.instances = make([]instance, elements.len())
	b.found = append(b.found, parallelChunks(elements.len(), someBlocks, func(from, to int) []attributeError {
		s := &rowBuilder{builder: b, elements: elements, fields: fields, seen: make([]map[string]any, len(fields))}
		for i := from; i < to; i++ {
			s.instance(i)
		}
		return s.found
	})...)
}

// instance makes the object of one element from the prototype.
func (s *rowBuilder) instance(i int) {
	in := &s.r.instances[i]
	in.resource, in.key = s.r, s.elements.key(i)
	nulls := s.nulls
	f := s.newObjectBuilder(in, &nulls, &s.found)
	f.elements, f.element = s.elements, i
	proto, kind := &s.proto, s.r.kind
	in.object.Set, in.bad, in.broken = proto.object.Set, proto.bad, proto.broken
	if t := proto.object.Term; t != nil {
		in.object.Term = &schema.Term{Entries: slices.Clone(t.Entries)}
	}
	for i := range kind.Attributes {
		if proto.object.Set.Has(i) {
			kind.Attributes[i].Copy(in.object.Body, proto.object.Body)
		}
	}
	if labels := kind.Labels(); len(labels) > 0 {
		f.label(kind.Index(labels[len(labels)-1].Name), in.key, s.r.forEach.Expr.Range())
	}
	var made *hcl.EvalContext
	ctx := func() *hcl.EvalContext {
		if made == nil {
			made = s.ctx.NewChild()
			made.Variables = map[string]cty.Value{"each": s.elements.each(i)}
		}
		return made
	}
	for n := range s.fields {
		if fd := &s.fields[n]; fd.uses.each && !fd.uses.failed {
			s.field(f, n, i, ctx)
		}
	}
	s.complete(f, ctx)
	f.term(s.expires, s.reason, func(e hcl.Expression) (cty.Value, hcl.Diagnostics) {
		if t, ok := e.(*hclsyntax.ScopeTraversalExpr); ok {
			if val, found := s.elements.column(i, columnIn(t.Traversal)); found {
				return val, nil
			}
		}
		return evaluateExpr(e, ctx())
	})
}

// field fills one attribute of an element's object.
func (s *rowBuilder) field(f *objectBuilder, n, i int, ctx func() *hcl.EvalContext) {
	fd := &s.fields[n]
	if fd.column != "" {
		if val, ok := s.elements.column(i, fd.column); ok {
			f.assign(fd.index, val, fd.uses.secret, fd.expr, fd.expr.Range())
			return
		}
	}
	columns, plain := s.columns(fd, i)
	if body, ok := s.seen[n][columns]; ok && plain {
		f.object.Kind.Attributes[fd.index].Copy(f.object.Body, body)
		f.object.Set = f.object.Set.With(fd.index)
		return
	}
	before := len(s.found)
	f.evaluate(fd.index, fd.expr, ctx(), fd.uses.secret)
	if plain && len(s.found) == before && f.object.Term == nil && f.object.Set.Has(fd.index) && len(s.seen[n]) < maxSeen {
		if s.seen[n] == nil {
			s.seen[n] = map[string]any{}
		}
		s.seen[n][columns] = f.object.Body
	}
}

// columns joins the texts that the field's columns have for an element. It is false if
// the result depends on more than that.
func (s *rowBuilder) columns(fd *eachField, i int) (string, bool) {
	switch len(fd.columns) {
	case 0:
		return "", false
	case 1:
		return s.elements.text(i, fd.columns[0])
	}
	var b strings.Builder
	for _, name := range fd.columns {
		text, ok := s.elements.text(i, name)
		if !ok {
			return "", false
		}
		b.WriteString(strconv.Itoa(len(text)))
		b.WriteByte(':')
		b.WriteString(text)
	}
	return b.String(), true
}
