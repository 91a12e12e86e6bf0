package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Members of sets and entries of maps that refer to objects have two forms: a reference, as in
// [access.europe], and an object, as in [{ access = access.europe, expires = "2026-12-31" }].

// A memberTerm is the term of one member of a value.
type memberTerm struct {
	at   int    // position in a list
	name string // in a map
	schema.Term
}

// plainMembers replaces members in the form of an object by their references, and returns the terms
// that they have. A value without such members comes back as it is.
func (f *objectBuilder) plainMembers(row *schema.Attribute, val cty.Value) (cty.Value, []memberTerm, *mistake) {
	if len(row.Kinds) == 0 || !row.Type.Many() || !mayHaveTerms(val.Type()) {
		return val, nil, nil
	}
	var terms []memberTerm
	var members []cty.Value
	named := map[string]cty.Value{}
	for it := val.ElementIterator(); it.Next(); {
		k, v := it.Element()
		m := memberTerm{at: len(members), name: textIn(k)}
		if isEntry(v) {
			var wrong *mistake
			if v, wrong = f.entry(row, v, &m.Term); wrong != nil {
				if wrong.entry = m.name; m.name == "" && !val.Type().IsSetType() {
					wrong.member = m.at
				}
				return val, nil, wrong
			}
			if m.Expires != "" || m.Reason != "" {
				terms = append(terms, m)
			}
		}
		members = append(members, v)
		if m.name != "" {
			named[m.name] = v
		}
	}
	if typ := val.Type(); typ.IsObjectType() || typ.IsMapType() {
		return cty.ObjectVal(named), terms, nil
	}
	return cty.TupleVal(members), terms, nil
}

// mayHaveTerms reports whether a member of a value of the type can be an object that is no declared one.
func mayHaveTerms(typ cty.Type) bool {
	switch {
	case typ.IsTupleType():
		return slices.ContainsFunc(typ.TupleElementTypes(), isEntryType)
	case typ.IsObjectType() && !isResource(typ):
		for _, t := range typ.AttributeTypes() {
			if isEntryType(t) {
				return true
			}
		}
	case typ.IsListType(), typ.IsSetType(), typ.IsMapType():
		return isEntryType(typ.ElementType())
	}
	return false
}

// isEntryType reports whether values of the type are objects that no block declares.
func isEntryType(typ cty.Type) bool { return typ.IsObjectType() && !isResource(typ) }

func isEntry(v cty.Value) bool { return !v.IsNull() && isEntryType(v.Type()) }

// entry takes the reference and the term out of a member in the form of an object.
func (f *objectBuilder) entry(row *schema.Attribute, v cty.Value, term *schema.Term) (ref cty.Value, wrong *mistake) {
	kinds := row.EntryKinds()
	for it := v.ElementIterator(); it.Next(); {
		k, value := it.Element()
		switch name := k.AsString(); {
		case slices.Contains(kinds, name) && ref != cty.NilVal:
			return ref, wrongType("has an entry with two references", "This is %s. Write one entry for each.", describe(v))
		case slices.Contains(kinds, name):
			ref = value
		case name != metaExpires && name != metaReason:
			known := append(slices.Clone(kinds), metaExpires, metaReason)
			return ref, wrongType("has an entry with an unknown attribute", "An entry has no attribute %q.%s", name, suggestion(name, known))
		case value.IsNull():
		default:
			text, m := f.termText(name, value)
			if m != nil {
				m.summary = "has an entry whose " + name + " " + m.summary
				return ref, m
			}
			if name == metaReason {
				term.Reason = text
			} else {
				term.Expires = text
			}
		}
	}
	if ref == cty.NilVal {
		return ref, wrongType("has an entry without "+an(kinds[0]), "This is %s. Write it like { %s = %[2]s.name, expires = \"2026-12-31\" }.", describe(v), kinds[0])
	}
	if term.Expires != "" && f.object.Kind.Virtual { // of groups that a store has to be in, fewer let more stores in
		return ref, wrongType("has an entry that expires", "Without it, the %s may stand for more than before. Let the blocks or entries expire that refer to this block.",
			f.object.Kind.Name)
	}
	if term.Expires != "" {
		var err error
		if term.Days, err = f.tenant.daysTo(term.Expires); err != nil {
			m := notADay(term.Expires, err)
			m.summary = "has an entry whose expires " + m.summary
			return ref, m
		}
	}
	return ref, nil
}

// endMembers notes the terms of members with the object, and takes those that have expired out of the
// decoded value. Members that only declare other objects stay, because these objects expire.
func (f *objectBuilder) endMembers(row *schema.Attribute, v any, terms []memberTerm) (any, *mistake) {
	if len(terms) == 0 {
		return v, nil
	}
	names := memberNames(row, v)
	term := f.ownTerm()
	gone := map[int]bool{}
	ends := 0
	for _, m := range terms {
		if m.name == "" {
			m.name = names[m.at]
		}
		if m.Expires != "" {
			if ends++; len(names) > 0 && slices.Index(names, m.name) != lastIndex(names, m.name) {
				return nil, wrongType("names "+quoted(m.name)+" twice", "One of the two expires. Keep the one that is meant.")
			}
		}
		gone[m.at] = m.Expired()
		term.Entries = append(term.Entries, schema.Entry{Attribute: row.Name, Name: m.name, Term: m.Term})
	}
	if ends == len(names) && row.Flags&(schema.EmptyMayMeanAll|schema.Required) != 0 {
		return nil, wrongType("would become empty", "All of its entries expire, and an empty %s is not what you mean: %s could treat it as everything. "+
			"Let the block expire, or keep an entry that is standing.", row.Name, f.tenant.Product.Title)
	}
	switch list := v.(type) {
	case []string:
		return withoutAt(list, gone), nil
	case [][]string:
		return withoutAt(list, gone), nil
	case map[string]string:
		maps.DeleteFunc(list, func(name, _ string) bool {
			return !row.Is(schema.ConfigOnly) && slices.ContainsFunc(terms, func(m memberTerm) bool { return m.name == name && m.Expired() })
		})
	}
	return v, nil
}

// ownTerm returns the term of the object, which may have none so far.
func (f *objectBuilder) ownTerm() *schema.Term {
	if f.object.Term == nil {
		f.object.Term = &schema.Term{}
	}
	return f.object.Term
}

// memberNames lists what Entry.Name calls the members of a list; nil for a map.
func memberNames(row *schema.Attribute, v any) []string {
	var names []string
	switch list := v.(type) {
	case []string:
		for _, key := range list {
			names = append(names, row.Form(key))
		}
	case [][]string:
		for _, keys := range list {
			names = append(names, setName(keys))
		}
	}
	return names
}

// setName is what Entry.Name calls a set in a set of sets.
func setName(keys []string) string {
	return "[" + strings.Join(schema.Canonical(slices.Clone(keys)), ", ") + "]"
}

func lastIndex(list []string, s string) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == s {
			return i
		}
	}
	return -1
}

// withoutAt returns the members of a list whose positions are not gone.
func withoutAt[T any](list []T, gone map[int]bool) []T {
	out := make([]T, 0, len(list))
	for i, m := range list {
		if !gone[i] {
			out = append(out, m)
		}
	}
	return out
}
