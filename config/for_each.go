package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The elements of for_each, in the order of their keys. There are two kinds of them: the
// elements of a value, and the rows of a CSV text (for_each_csv.go), which need no values.
type forEachElements interface {
	len() int
	key(i int) string                            // each.key
	column(i int, name string) (cty.Value, bool) // each.value.name; false where the expression has to say what is wrong
	text(i int, name string) (string, bool)      // the same, where it is a text
	each(i int) cty.Value                        // the object behind "each"
	texts(i int) []string                        // all texts of each.value, for finding its row
}

// elements evaluates for_each. It returns nil where that fails, and reports why.
func (b *builder) elements() forEachElements {
	e := b.r.forEach.Expr
	if rows := b.csvRows(e); rows != nil {
		return rows
	}
	val, diags := evaluateExpr(e, b.ctx)
	b.report(explain(diags, b.each.secret)...)
	if diags.HasErrors() || !b.iterable(val) {
		return nil
	}
	if n := val.LengthInt(); n > maxElements {
		b.report(problem("config/for-each", e.Range().Ptr(), "for_each has too many members",
			"It has %d members; the most is %d.", n, maxElements))
		return nil
	}
	return elementsOf(val)
}

// iterable reports what for_each cannot go over.
func (b *builder) iterable(val cty.Value) bool {
	fail := func(summary, detail string) bool {
		b.report(problem("config/for-each", b.r.forEach.Expr.Range().Ptr(), summary, "%s", detail))
		return false
	}
	typ := val.Type()
	switch {
	case val.IsNull():
		return fail("for_each is null", "It needs a map, an object or a set of texts. Use {} for none.")
	case typ.IsMapType(), typ.IsObjectType():
		return true
	case typ.IsSetType() && (typ.ElementType() == cty.String || val.LengthInt() == 0):
		for it := val.ElementIterator(); it.Next(); {
			if _, v := it.Element(); v.IsNull() {
				return fail("for_each contains null", "Each member becomes each.key, so it must be a text.")
			}
		}
		return true
	case typ.IsSetType():
		return fail("for_each needs a set of texts", "The members become each.key, so they must be texts. Write { for x in … : x.name => x } to say what the key is.")
	case typ.IsListType(), typ.IsTupleType():
		return fail("for_each cannot use a list", "A list has no keys to tell its members apart. Write toset(…) around a list of texts, "+
			"or { for row in … : row.email => row } to say what the key is.")
	}
	return fail("for_each cannot use a "+typ.FriendlyName(), "It needs a map, an object or a set of texts.")
}

// valueElements are the elements of a map, an object or a set of texts.
type valueElements struct {
	keys   []string
	values []cty.Value
}

func elementsOf(val cty.Value) *valueElements {
	n := val.LengthInt()
	e := &valueElements{keys: make([]string, 0, n), values: make([]cty.Value, 0, n)}
	for it := val.ElementIterator(); it.Next(); {
		k, v := it.Element()
		if val.Type().IsSetType() {
			k = v
		}
		e.keys, e.values = append(e.keys, k.AsString()), append(e.values, v)
	}
	return e
}

func (e *valueElements) len() int         { return len(e.keys) }
func (e *valueElements) key(i int) string { return e.keys[i] }

func (e *valueElements) column(i int, name string) (cty.Value, bool) {
	row := e.values[i]
	if typ := row.Type(); !typ.IsObjectType() || !typ.HasAttribute(name) || row.IsNull() || !row.IsKnown() {
		return cty.NilVal, false
	}
	return row.GetAttr(name), true
}

func (e *valueElements) text(i int, name string) (string, bool) {
	val, ok := e.column(i, name)
	if !ok || val.IsMarked() || !val.IsKnown() || val.IsNull() || val.Type() != cty.String {
		return "", false
	}
	return val.AsString(), true
}

func (e *valueElements) each(i int) cty.Value { return eachObject(e.keys[i], e.values[i]) }
func (e *valueElements) texts(i int) []string { return textsOf(e.values[i]) }

func eachObject(key string, value cty.Value) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(key), "value": value})
}

// buildEach makes the objects of all elements, side by side where there are many.
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

// An eachField is what the expression of a field takes from each.
type eachField struct {
	*field
	column  string   // where the expression is each.value.column and nothing else
	columns []string // of each.value, sorted, where the expression looks at nothing else of each
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
// columns gave, and takes it again where the columns have the same texts.
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

// instance makes the object of one element from the prototype.
func (s *rowBuilder) instance(i int) {
	in := &s.r.instances[i]
	in.resource, in.key = s.r, s.elements.key(i)
	nulls := s.nulls
	f := s.newObjectBuilder(in, &nulls, &s.found)
	f.elements, f.element = s.elements, i
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
	if plain && len(s.found) == before && f.object.Set.Has(fd.index) && len(s.seen[n]) < maxSeen {
		if s.seen[n] == nil {
			s.seen[n] = map[string]any{}
		}
		s.seen[n][columns] = f.object.Body
	}
}

// columns joins the texts that the field's columns have for an element. It is false where
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
