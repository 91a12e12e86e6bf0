package schema

import (
	"maps"
	"slices"
)

// entries has the methods of the slots of maps that work entry by entry: only maps can be
// declared in part.
type entries interface {
	satisfies(a, b any) bool
	merge(dst, src any)
	applied(have, want, now any) bool
	difference(dst, src, other any) []string
}

// Satisfies reports whether have is what want declares: equal, or for a map with MergeEntries,
// with every entry of want.
func (a *Attribute) Satisfies(want, have any) bool {
	if a.Flags&MergeEntries != 0 {
		if e, ok := a.slot.(entries); ok {
			return e.satisfies(want, have)
		}
	}
	return a.slot.equal(want, have)
}

// Applied reports whether now is what a change from have to want makes of it: as
// Satisfies, but of a ServerManaged map only with the entries that the change is about. A nil
// have means that the object did not exist.
func (a *Attribute) Applied(have, want, now any) bool {
	if a.Flags&(MergeEntries|ServerManaged) == MergeEntries|ServerManaged && have != nil {
		if e, ok := a.slot.(entries); ok {
			return e.applied(have, want, now)
		}
	}
	return a.Satisfies(want, now)
}

// Merge writes the value in src to dst. It replaces the value in dst, or for a map with
// MergeEntries each entry that src has. Slices are not shared.
func (a *Attribute) Merge(dst, src any) {
	if a.Flags&MergeEntries != 0 {
		if e, ok := a.slot.(entries); ok {
			e.merge(dst, src)
			return
		}
	}
	a.slot.copy(dst, src)
}

// Difference writes to dst the value in src, or of a map with MergeEntries only the entries that other
// lacks or has with another value. It returns the entries of such a map that only other has.
func (a *Attribute) Difference(dst, src, other any) []string {
	if a.Flags&MergeEntries != 0 {
		if e, ok := a.slot.(entries); ok {
			return e.difference(dst, src, other)
		}
	}
	a.slot.copy(dst, src)
	return nil
}

func (s mapSlot[T]) satisfies(a, b any) bool {
	return satisfies(*s.at(a.(*T)), *s.at(b.(*T)), func(x, y string) bool { return x == y })
}

func (s mapSlot[T]) merge(dst, src any) {
	merge(s.at(dst.(*T)), *s.at(src.(*T)), func(v string) string { return v })
}

func (s boolMapSlot[T]) satisfies(a, b any) bool {
	return satisfies(*s.at(a.(*T)), *s.at(b.(*T)), func(x, y bool) bool { return x == y })
}

func (s boolMapSlot[T]) merge(dst, src any) {
	merge(s.at(dst.(*T)), *s.at(src.(*T)), func(v bool) bool { return v })
}

func (s setMapSlot[T]) satisfies(a, b any) bool {
	return satisfies(*s.at(a.(*T)), *s.at(b.(*T)), slices.Equal[[]string])
}

func (s setMapSlot[T]) merge(dst, src any) {
	merge(s.at(dst.(*T)), *s.at(src.(*T)), slices.Clone[[]string])
}

func (s mapSlot[T]) applied(have, want, now any) bool {
	return applied(*s.at(have.(*T)), *s.at(want.(*T)), *s.at(now.(*T)), func(x, y string) bool { return x == y })
}

func (s boolMapSlot[T]) applied(have, want, now any) bool {
	return applied(*s.at(have.(*T)), *s.at(want.(*T)), *s.at(now.(*T)), func(x, y bool) bool { return x == y })
}

func (s setMapSlot[T]) applied(have, want, now any) bool {
	return applied(*s.at(have.(*T)), *s.at(want.(*T)), *s.at(now.(*T)), slices.Equal[[]string])
}

func (s mapSlot[T]) difference(dst, src, other any) []string {
	return difference(s.at(dst.(*T)), *s.at(src.(*T)), *s.at(other.(*T)), func(x, y string) bool { return x == y })
}

func (s boolMapSlot[T]) difference(dst, src, other any) []string {
	return difference(s.at(dst.(*T)), *s.at(src.(*T)), *s.at(other.(*T)), func(x, y bool) bool { return x == y })
}

func (s setMapSlot[T]) difference(dst, src, other any) []string {
	return difference(s.at(dst.(*T)), *s.at(src.(*T)), *s.at(other.(*T)), slices.Equal[[]string])
}

func applied[V any](have, want, now map[string]V, same func(x, y V) bool) bool {
	for name, v := range want {
		if was, ok := have[name]; ok && same(was, v) {
			continue
		}
		if is, ok := now[name]; !ok || !same(v, is) {
			return false
		}
	}
	return true
}

func satisfies[V any](part, whole map[string]V, same func(x, y V) bool) bool {
	for name, v := range part {
		if w, ok := whole[name]; !ok || !same(v, w) {
			return false
		}
	}
	return true
}

// merge makes a new map, so that the old one may be shared.
func merge[V any](dst *map[string]V, src map[string]V, copied func(V) V) {
	out := maps.Clone(*dst)
	if out == nil {
		out = make(map[string]V, len(src))
	}
	for name, v := range src {
		out[name] = copied(v)
	}
	*dst = out
}

// difference sets dst to the entries of src that other lacks or has otherwise, and returns the names
// that only other has, sorted.
func difference[V any](dst *map[string]V, src, other map[string]V, same func(x, y V) bool) (missing []string) {
	*dst = map[string]V{}
	for name, v := range src {
		if w, ok := other[name]; !ok || !same(v, w) {
			(*dst)[name] = v
		}
	}
	for name := range other {
		if _, ok := src[name]; !ok {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return missing
}
