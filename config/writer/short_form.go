package writer

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// useShortForm lets the blocks of a kind declare the objects in them, such as the members of a team, up
// to the number above which these are a roster. The attribute of the short form is a map whose entries
// are what else than the parent the objects say; Kind.Expand shows whether they mean the same objects.
func (w *writer) useShortForm(parents, children *kindFile) {
	at := slices.IndexFunc(parents.kind.Attributes, func(a schema.Attribute) bool { return a.Type == schema.TypeMap && a.Is(schema.ConfigOnly) })
	parent, keys := children.kind.Parent(), children.kind.Keys()
	if at < 0 || parents.kind.Expand == nil || parent == nil || len(keys) != 2 || !slices.Contains(parent.Kinds, parents.kind.Name) {
		return
	}
	short := &parents.kind.Attributes[at]
	value := slices.IndexFunc(children.kind.Attributes, func(a schema.Attribute) bool {
		return a.Type == schema.TypeString && !a.Is(schema.Key) && slices.Equal(a.Kinds, short.Kinds)
	})
	if value < 0 {
		return
	}
	in := map[string][]entry{} // by the key of the parent
	for _, e := range children.entries {
		in[parent.Text(e.object.Body)] = append(in[parent.Text(e.object.Body)], e)
	}
	inside := map[*schema.Object]bool{}
	for i := range parents.entries {
		p := &parents.entries[i]
		members := in[p.object.Addr.Key]
		if len(members) == 0 || len(members) > w.RosterAbove {
			continue
		}
		with := p.object.Clone()
		entries := make(map[string]string, len(members))
		for _, e := range members {
			entries[keys[1].Text(e.object.Body)] = children.kind.Attributes[value].Text(e.object.Body)
		}
		short.SetAny(with.Body, entries)
		if !w.declares(&with, members) {
			continue
		}
		w.omitted[&with] = w.omitted[p.object]
		p.object, p.shape = &with, p.shape.With(at)
		for _, e := range members {
			inside[e.object] = true
		}
	}
	children.entries = slices.DeleteFunc(children.entries, func(e entry) bool { return inside[e.object] })
}

// declares reports whether an object in short form declares exactly the objects, which are sorted by
// key.
func (w *writer) declares(o *schema.Object, objects []entry) bool {
	made := o.Kind.Expand(o)
	for i := range made {
		made[i].Kind.Normalise(made[i].Body)
		made[i].Rekey()
	}
	slices.SortFunc(made, func(a, b schema.Object) int { return strings.Compare(a.Addr.Key, b.Addr.Key) })
	return slices.EqualFunc(made, objects, func(m schema.Object, e entry) bool {
		if m.Kind != e.object.Kind || m.Addr.Key != e.object.Addr.Key || m.Set != e.shape || len(w.omitted[e.object]) > 0 || e.object.Frozen == schema.Everything {
			return false
		}
		for i := range m.Kind.Attributes {
			if a := &m.Kind.Attributes[i]; e.shape.Has(i) && !a.Equal(m.Body, e.object.Body) {
				return false
			}
		}
		return true
	})
}
