package schema

import (
	"maps"
	"slices"
)

// entries is what the slots of maps can do besides: only their entries can be said
// in part.
type entries interface {
	within(a, b any) bool
	lay(dst, src any)
	reached(have, want, now any) bool
}

// Satisfies reports whether have is what want declares: equal, or for a map with MergeEntries,
// with every entry of want.
func (a *Attribute) Satisfies(want, have any) bool {
	if a.Flags&MergeEntries != 0 {
		if e, ok := a.slot.(entries); ok {
			return e.within(want, have)
		}
	}
	return a.slot.equal(want, have)
}

// Applied reports whether now is what a change from have to want makes of it: as
// Satisfies, but of a ServerManaged map only with the entries that the change is about. A nil
// have is nothing.
func (a *Attribute) Applied(have, want, now any) bool {
	if a.Flags&(MergeEntries|ServerManaged) == MergeEntries|ServerManaged && have != nil {
		if e, ok := a.slot.(entries); ok {
			return e.reached(have, want, now)
		}
	}
	return a.Satisfies(want, now)
}

// Merge puts the value in src over the one in dst: instead of it, or for a Partial
// map, entry by entry. Slices are not shared.
func (a *Attribute) Merge(dst, src any) {
	if a.Flags&MergeEntries != 0 {
		if e, ok := a.slot.(entries); ok {
			e.lay(dst, src)
			return
		}
	}
	a.slot.copy(dst, src)
}

func (s mapSlot[T]) within(a, b any) bool {
	return within(*s.at(a.(*T)), *s.at(b.(*T)), func(x, y string) bool { return x == y })
}

func (s mapSlot[T]) lay(dst, src any) {
	lay(s.at(dst.(*T)), *s.at(src.(*T)), func(v string) string { return v })
}

func (s boolMapSlot[T]) within(a, b any) bool {
	return within(*s.at(a.(*T)), *s.at(b.(*T)), func(x, y bool) bool { return x == y })
}

func (s boolMapSlot[T]) lay(dst, src any) {
	lay(s.at(dst.(*T)), *s.at(src.(*T)), func(v bool) bool { return v })
}

func (s setMapSlot[T]) within(a, b any) bool {
	return within(*s.at(a.(*T)), *s.at(b.(*T)), slices.Equal[[]string])
}

func (s setMapSlot[T]) lay(dst, src any) {
	lay(s.at(dst.(*T)), *s.at(src.(*T)), slices.Clone[[]string])
}

func (s mapSlot[T]) reached(have, want, now any) bool {
	return reached(*s.at(have.(*T)), *s.at(want.(*T)), *s.at(now.(*T)), func(x, y string) bool { return x == y })
}

func (s boolMapSlot[T]) reached(have, want, now any) bool {
	return reached(*s.at(have.(*T)), *s.at(want.(*T)), *s.at(now.(*T)), func(x, y bool) bool { return x == y })
}

func (s setMapSlot[T]) reached(have, want, now any) bool {
	return reached(*s.at(have.(*T)), *s.at(want.(*T)), *s.at(now.(*T)), slices.Equal[[]string])
}

func reached[V any](have, want, now map[string]V, same func(x, y V) bool) bool {
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

func within[V any](part, whole map[string]V, same func(x, y V) bool) bool {
	for name, v := range part {
		if w, ok := whole[name]; !ok || !same(v, w) {
			return false
		}
	}
	return true
}

// lay makes a new map, so that the old one may be shared.
func lay[V any](dst *map[string]V, src map[string]V, copied func(V) V) {
	out := maps.Clone(*dst)
	if out == nil {
		out = make(map[string]V, len(src))
	}
	for name, v := range src {
		out[name] = copied(v)
	}
	*dst = out
}
