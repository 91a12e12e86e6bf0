package splice

import (
	"bytes"
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A Language says what the expressions of an attribute mean.
type Language struct {
	// Text returns the text that an expression stands for: a literal, or the key of what a
	// reference names. It is false for everything that is computed.
	Text func(e hclsyntax.Expression) (string, bool)
	// Set returns the set that an expression stands for that is no list, such as a reference to a
	// virtual object.
	Set func(e hclsyntax.Expression) ([]string, bool)
	// Kinds are the names under which a member that is an object has its reference, as EntryValue takes them.
	Kinds []string
	// Write writes a text as an expression, and WriteSet a set.
	Write    func(text string) string
	WriteSet func(set []string) string
}

// EntryValue returns the reference of an entry: the expression itself, or if it is an object such as
// { role = role.analyst, expires = "2026-12-31" }, its value under one of the names.
func EntryValue(e hclsyntax.Expression, names []string) hclsyntax.Expression {
	object, ok := e.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return e
	}
	for _, item := range object.Items {
		if name, ok := Literal(item.KeyExpr); ok && slices.Contains(names, name) {
			return item.ValueExpr
		}
	}
	return e
}

// Literal returns the text of a quoted template without expressions.
func Literal(e hclsyntax.Expression) (string, bool) {
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return Literal(e.Expression)
	case *hclsyntax.ObjectConsKeyExpr:
		if e.ForceNonLiteral {
			return Literal(e.Wrapped)
		}
	case *hclsyntax.TemplateExpr:
		for _, part := range e.Parts {
			if _, is := part.(*hclsyntax.LiteralValueExpr); !is {
				return "", false
			}
		}
	case *hclsyntax.LiteralValueExpr:
	default:
		return "", false
	}
	val, diags := e.Value(nil)
	if diags.HasErrors() || val.IsNull() || val.Type() != cty.String {
		return "", false
	}
	return val.AsString(), true
}

const computed = "is computed by an expression"

// Value returns the edits that give an expression another value, in the form of
// schema.Attribute.Any. Only what differs is changed.
func (f *File) Value(e hclsyntax.Expression, want any, l Language) ([]Edit, error) {
	if p, is := e.(*hclsyntax.ParenthesesExpr); is {
		return f.Value(p.Expression, want, l)
	}
	switch want := want.(type) {
	case string:
		return f.text(e, want, l)
	case bool:
		return f.literal(e, strconv.FormatBool(want))
	case int64:
		return f.literal(e, strconv.FormatInt(want, 10))
	case []string:
		return f.set(e, want, l)
	case [][]string:
		return f.sets(e, want, l)
	case map[string]string:
		return entries(f, e, want, l, l.Write)
	case map[string]bool:
		return entries(f, e, want, l, strconv.FormatBool)
	case map[string][]string:
		return entries(f, e, want, l, l.WriteSet)
	}
	return nil, refuse(e.Range(), "cannot be changed")
}

func (f *File) text(e hclsyntax.Expression, want string, l Language) ([]Edit, error) {
	now, ok := l.Text(e)
	if !ok {
		return nil, refuse(e.Range(), computed)
	}
	if now == want {
		return nil, nil
	}
	return f.replace(e, l.Write(want))
}

// replace replaces an expression. The range of a heredoc includes the line after it begins, so
// these are changed by hand.
func (f *File) replace(e hclsyntax.Expression, text string) ([]Edit, error) {
	r := e.Range()
	if bytes.HasPrefix(f.src[r.Start.Byte:], []byte("<<")) {
		return nil, refuse(r, "is a heredoc")
	}
	return []Edit{{r.Start.Byte, r.End.Byte, text}}, nil
}

func (f *File) literal(e hclsyntax.Expression, text string) ([]Edit, error) {
	inner := e
	if u, is := e.(*hclsyntax.UnaryOpExpr); is {
		inner = u.Val
	}
	if _, is := inner.(*hclsyntax.LiteralValueExpr); !is {
		if _, is := Literal(inner); !is {
			return nil, refuse(e.Range(), computed)
		}
	}
	return f.replace(e, text)
}

func (f *File) set(e hclsyntax.Expression, want []string, l Language) ([]Edit, error) {
	list, ok := e.(*hclsyntax.TupleConsExpr)
	if !ok {
		if _, one := l.Text(e); one { // of a map of sets
			return f.replace(e, l.WriteSet(want))
		}
		return nil, refuse(e.Range(), computed)
	}
	c := items{file: f, open: list.OpenRange.End.Byte, whole: list.SrcRange}
	missing := map[string]bool{}
	for _, s := range want {
		missing[s] = true
	}
	for _, m := range list.Exprs {
		s, known := l.Text(EntryValue(m, l.Kinds))
		keep := !known || slices.Contains(want, s)
		c.list = append(c.list, item{m.Range().Start.Byte, m.Range().End.Byte, keep})
		delete(missing, s)
		if !known {
			c.computed = m.Range().Ptr()
		}
	}
	for _, s := range want {
		if missing[s] {
			c.add = append(c.add, l.Write(s))
		}
	}
	return c.edits()
}

// sets changes a list of lists. If one inner list takes the place of another, its members are changed.
func (f *File) sets(e hclsyntax.Expression, want [][]string, l Language) ([]Edit, error) {
	list, ok := e.(*hclsyntax.TupleConsExpr)
	if !ok {
		return nil, refuse(e.Range(), computed)
	}
	c := items{file: f, open: list.OpenRange.End.Byte, whole: list.SrcRange}
	missing := slices.Clone(want)
	var gone []hclsyntax.Expression
	for _, m := range list.Exprs {
		set, known := f.setOf(EntryValue(m, l.Kinds), l)
		at := slices.IndexFunc(want, func(w []string) bool { return slices.Equal(w, set) })
		c.list = append(c.list, item{m.Range().Start.Byte, m.Range().End.Byte, !known || at >= 0})
		switch {
		case !known:
			c.computed = m.Range().Ptr()
		case at < 0:
			gone = append(gone, m)
		}
		missing = slices.DeleteFunc(missing, func(w []string) bool { return known && slices.Equal(w, set) })
	}
	if len(gone) == 1 && len(missing) == 1 {
		if _, written := gone[0].(*hclsyntax.TupleConsExpr); written {
			return f.set(gone[0], missing[0], l)
		}
	}
	for _, set := range missing {
		c.add = append(c.add, l.WriteSet(set))
	}
	return c.edits()
}

// setOf returns the set that an expression stands for, sorted.
func (f *File) setOf(e hclsyntax.Expression, l Language) ([]string, bool) {
	list, ok := e.(*hclsyntax.TupleConsExpr)
	if !ok {
		return l.Set(e)
	}
	var out []string
	for _, m := range list.Exprs {
		s, known := l.Text(m)
		if !known {
			return nil, false
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

// entries changes a map.
func entries[V any](f *File, e hclsyntax.Expression, want map[string]V, l Language, write func(V) string) ([]Edit, error) {
	object, ok := e.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil, refuse(e.Range(), computed)
	}
	c := items{file: f, open: object.OpenRange.End.Byte, whole: object.SrcRange, entries: true}
	missing := maps.Clone(want)
	var edits []Edit
	for _, x := range object.Items {
		name, known := Literal(x.KeyExpr)
		if !known {
			name, known = l.Text(x.KeyExpr)
		}
		value, keep := want[name]
		c.list = append(c.list, item{x.KeyExpr.Range().Start.Byte, x.ValueExpr.Range().End.Byte, !known || keep})
		delete(missing, name)
		if !known {
			c.computed = x.KeyExpr.Range().Ptr()
			continue
		}
		if keep {
			more, err := f.Value(EntryValue(x.ValueExpr, l.Kinds), value, l)
			if err != nil {
				return nil, err
			}
			edits = append(edits, more...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		c.add = append(c.add, c.entry(object, name, write(missing[name])))
	}
	more, err := c.edits()
	return append(edits, more...), err
}
