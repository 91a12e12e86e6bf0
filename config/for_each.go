package config

import (
	"github.com/zclconf/go-cty/cty"
)

// The elements of for_each, in the order of their keys. There are two kinds of them: the
// elements of a value, and the rows of a CSV text (for_each_csv.go), which need no values.
type forEachElements interface {
	len() int
	key(i int) string                            // each.key
	column(i int, name string) (cty.Value, bool) // each.value.name; false if the expression has to say what is wrong
	text(i int, name string) (string, bool)      // the same, if it is a text
	each(i int) cty.Value                        // the object behind "each"
	texts(i int) []string                        // all texts of each.value, for finding its row
}

// elements evaluates for_each. It returns nil if that fails, and reports why.
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
