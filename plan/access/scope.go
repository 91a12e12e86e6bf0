package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Scope is where a right is asked for: a place, the places of an object such as a group, or a scope
// as grants write it.
type Scope struct {
	Text   string // as people read it
	Places int    // how many places it has; 0 if it has no places

	set    int             // of its places; 0 if it has none
	names  map[string]bool // of grants on exactly this
	open   bool            // it has places, and which is not known
	object schema.Address  // what holders refer to, such as a team
}

// An Extent says how much of a scope a right covers.
type Extent int

// The extents, from the least to the most.
const (
	None    Extent = iota
	Unknown        // the places of the right are not known
	Part
	All
)

// FindScope returns the scopes that a text may mean: a place by its id, store code or name, an address
// or a key of an object that has places or within which rights are given, or a scope as grants write
// it. If there is none, near are similar ones.
func (s *State) FindScope(asked string) (found []*Scope, near []string) {
	want := schema.FoldName(asked)
	if found = s.findPlaces(want); len(found) > 0 {
		return found, nil
	}
	if found = s.scopeObjects(asked, want); len(found) > 0 {
		return found, nil
	}
	for _, scope := range slices.Sorted(maps.Keys(s.granted().scopes)) {
		if schema.FoldName(scope) != want {
			continue
		}
		if s.granted().scopes[scope] {
			found = append(found, &Scope{Text: s.Label(scope), names: map[string]bool{scope: true}, open: true})
		} else {
			found = append(found, s.place(scope))
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	if n := schema.Nearest(asked, s.scopeNames()); n != "" {
		near = append(near, n)
	}
	return nil, near
}

// place is the scope of one place, or of a scope that has no places.
func (s *State) place(name string) *Scope {
	return &Scope{Text: s.Label(name), Places: 1, set: s.places.Set([]string{name}), names: map[string]bool{name: true}}
}

// findPlaces finds places by what they are called. The id and the code come before a name.
func (s *State) findPlaces(want string) []*Scope {
	if s.placesBy == nil {
		s.placesBy = s.indexPlaces()
	}
	for _, by := range s.placesBy {
		if ids := by[want]; len(ids) > 0 {
			out := make([]*Scope, len(ids))
			for i, id := range ids {
				out[i] = s.place(id)
			}
			return out
		}
	}
	return nil
}

// indexPlaces returns the ids of places by what they are called: by id, by code, by code and name, and by name.
func (s *State) indexPlaces() []map[string][]string {
	out := []map[string][]string{{}, {}, {}, {}}
	for _, id := range s.knownPlaces() {
		label := s.Labels[id]
		code, name, _ := strings.Cut(label, " ")
		for i, text := range []string{id, code, label, name} {
			if by, folded := out[i], schema.FoldName(text); folded != "" {
				by[folded] = append(by[folded], id)
			}
		}
	}
	return out
}

// knownPlaces lists the places of objects, and those whose names the product told.
func (s *State) knownPlaces() []string {
	all := map[string]bool{}
	for id := range s.Labels {
		if s.isPlace(id) {
			all[id] = true
		}
	}
	for _, k := range s.Tenant.Product.Kinds {
		if k.Places == "" {
			continue
		}
		for _, o := range s.objects[k.Name] {
			names, _ := o.Any(k.Places).([]string)
			for _, id := range names {
				all[id] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// isPlace reports whether a label is not that of an object, such as an account or a user.
func (s *State) isPlace(id string) bool {
	for kind := range s.objects {
		if s.find(kind, id) != nil {
			return false
		}
	}
	return true
}

// scopeObjects finds objects that have places, or to which holders of rights refer.
func (s *State) scopeObjects(asked, want string) []*Scope {
	for _, match := range []func(*schema.Object) bool{
		func(o *schema.Object) bool { return o.Addr.Match(asked) },
		func(o *schema.Object) bool { return o.Addr.Key == asked },
		func(o *schema.Object) bool {
			return schema.FoldName(o.Addr.Key) == want || schema.FoldName(o.Addr.String()) == want || schema.FoldName(s.Label(o.Addr.Key)) == want
		},
		func(o *schema.Object) bool {
			parts, ok := schema.SplitKey(o.Addr.Key, len(o.Kind.Keys()))
			return ok && schema.FoldName(parts[len(parts)-1]) == want
		},
	} {
		var out []*Scope
		for _, k := range s.Tenant.Product.Kinds {
			if !s.scopes(k) {
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(s.objects[k.Name])) {
				if o := s.objects[k.Name][key]; match(o) {
					out = append(out, s.objectScope(o))
				}
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// scopes reports whether objects of a kind are scopes: they have places, are a set of objects that do, or
// objects that hold rights are in them.
func (s *State) scopes(k *schema.Kind) bool {
	if k.Places != "" || s.named[k.Name] != nil {
		return true
	}
	return slices.ContainsFunc(s.Tenant.Product.Kinds, func(x *schema.Kind) bool {
		return x.Grants != nil && slices.ContainsFunc(x.Keys(), func(a *schema.Attribute) bool {
			return slices.Contains(a.Kinds, k.Name) && a.Name != x.Grantee
		})
	})
}

// objectScope is the scope of an object.
func (s *State) objectScope(o *schema.Object) *Scope {
	sc := &Scope{Text: o.Addr.String(), object: o.Addr, names: map[string]bool{o.Addr.Key: true, o.Kind.Name + " " + o.Addr.Key: true, text.Words(o.Kind.Name) + " " + o.Addr.Key: true}}
	if label := s.Labels[o.Addr.Key]; label != "" {
		sc.Text += " (" + label + ")"
	}
	if names, ok := s.placesIn(o); ok {
		sc.set, sc.Places = s.places.Set(names), len(names)
	}
	return sc
}

// placesIn lists the places of an object, if they are known.
func (s *State) placesIn(o *schema.Object) ([]string, bool) {
	if o.Kind.Places != "" {
		names, ok := o.Any(o.Kind.Places).([]string)
		return names, ok
	}
	if s.named[o.Kind.Name] == nil {
		return nil, false
	}
	keys, _ := firstSet(o)
	for _, k := range s.Tenant.Product.Kinds {
		for i := range k.Attributes {
			if k.Attributes[i].Via == o.Kind.Name && k.Area != nil {
				return k.Area(strings.Join(keys, "\x00"), s.snapshot.Lookup)
			}
		}
	}
	return nil, false
}

// scopeNames lists what a scope can be called, for suggestions.
func (s *State) scopeNames() []string {
	out := append(slices.Collect(maps.Keys(s.granted().scopes)), s.knownPlaces()...)
	for id, label := range s.Labels {
		code, name, _ := strings.Cut(label, " ")
		out = append(out, id, label, code, name)
	}
	for _, k := range s.Tenant.Product.Kinds {
		if s.scopes(k) {
			for key := range s.objects[k.Name] {
				out = append(out, key)
			}
		}
	}
	slices.Sort(out)
	return out
}

// covers says how much of a scope a grant covers, and how many of its places. A nil scope is covered by
// any grant.
func (s *State) covers(g *schema.Grant, holder *schema.Object, sc *Scope) (Extent, int) {
	switch {
	case sc == nil:
		return All, 0
	case g.Places == schema.Everywhere, sc.names[g.Scope], sc.object.Key != "" && s.within(holder, sc.object):
		return All, sc.Places
	case sc.open:
		return Unknown, 0
	case sc.set == 0:
		return None, 0
	case g.Area != "" && g.Set == 0:
		return Unknown, 0
	case g.Set != 0:
		return extent(s.places.Common(sc.set, g.Set), sc.Places)
	case s.places.Contains(sc.set, g.Scope):
		return extent(1, sc.Places)
	}
	return None, 0
}

func extent(n, of int) (Extent, int) {
	switch {
	case n == 0:
		return None, 0
	case n < of:
		return Part, n
	}
	return All, n
}

// within reports whether the key of an object that holds rights names the object, as that of a
// membership names its team.
func (s *State) within(holder *schema.Object, a schema.Address) bool {
	found := false
	for _, row := range holder.Kind.Keys() {
		if slices.Contains(row.Kinds, a.Kind) && row.Name != holder.Kind.Grantee {
			row.Each(holder.Body, func(key string) { found = found || key == a.Key })
		}
	}
	return found || holder.Addr == a
}
