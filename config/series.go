package config

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// A rowBuilder makes the objects of some members of for_each, one after the other. It
// runs beside others of the same block, so it writes to nothing but itself and the
// instances of its members.
//
// Thousands of people share a few roles. So a series keeps what came of an
// expression that looks at nothing but columns, and takes it again where the
// columns say the same.
type rowBuilder struct {
	*builder
	members *members
	told    []attributeError
	seen    []map[string]any // per field: a body that has what came of it, by the columns
}

// mostSeen is how many outcomes of one field are kept: columns that are different
// for everybody are not worth the memory.
const mostSeen = 4096

// instance makes the object of one member from the prototype.
func (s *rowBuilder) instance(i int) {
	in := &s.r.instances[i]
	in.resource, in.key = s.r, s.members.keys[i]
	nulls := s.nulls
	f := s.newObjectBuilder(in, &nulls, &s.told)
	if s.members.rows != nil {
		f.row = s.members.rows[i]
	} else {
		f.value = s.members.values[i]
	}
	proto, kind := &s.proto, s.r.kind
	in.object.Set, in.bad, in.broken = proto.object.Set, proto.bad, proto.broken
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
			made.Variables = map[string]cty.Value{"each": s.members.each(i)}
		}
		return made
	}
	for n := range s.r.fields {
		if fd := &s.r.fields[n]; fd.uses.each && !fd.uses.failed {
			s.field(f, n, i, ctx)
		}
	}
	s.complete(f, ctx)
}

// field fills one attribute of a member's object.
func (s *rowBuilder) field(f *objectBuilder, n, i int, ctx func() *hcl.EvalContext) {
	fd := &s.r.fields[n]
	if fd.column != "" {
		if val, ok := s.members.cell(i, fd.column); ok {
			f.put(fd.index, val, fd.uses.secret, fd.expr, fd.expr.Range())
			return
		}
	}
	columns, plain := s.columns(fd, i)
	if body, ok := s.seen[n][columns]; ok && plain {
		f.object.Kind.Attributes[fd.index].Copy(f.object.Body, body)
		f.object.Set = f.object.Set.With(fd.index)
		return
	}
	before := len(s.told)
	f.set(fd.index, fd.expr, ctx(), fd.uses.secret)
	if plain && len(s.told) == before && f.object.Set.Has(fd.index) && len(s.seen[n]) < mostSeen {
		if s.seen[n] == nil {
			s.seen[n] = map[string]any{}
		}
		s.seen[n][columns] = f.object.Body
	}
}

// columns joins what the field's columns say of a member. It is false where the
// outcome depends on more than that.
func (s *rowBuilder) columns(fd *field, i int) (string, bool) {
	switch len(fd.columns) {
	case 0:
		return "", false
	case 1:
		return s.members.text(i, fd.columns[0])
	}
	var b strings.Builder
	for _, name := range fd.columns {
		text, ok := s.members.text(i, name)
		if !ok {
			return "", false
		}
		b.WriteString(strconv.Itoa(len(text)))
		b.WriteByte(':')
		b.WriteString(text)
	}
	return b.String(), true
}
