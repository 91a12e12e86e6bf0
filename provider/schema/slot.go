package schema

import (
	"maps"
	"slices"
)

// A slot is typed access to one field of a body, so that no row needs reflection
// and comparing two bodies does not allocate.
type slot interface {
	new() any
	equal(a, b any) bool
	copy(dst, src any)
	get(body any) any
	set(body, value any)
	texts(body any, f former)
	each(body any, f func(string))
}

// A former gives a text its form. An Attribute is one, so that giving a value its form
// does not allocate.
type former interface{ Form(string) string }

// A formerFunc is a function that gives a text its form.
type formerFunc func(string) string

// Form calls the function.
func (f formerFunc) Form(s string) string { return f(s) }

type stringSlot[T any] struct{ at func(*T) *string }

func (s stringSlot[T]) new() any             { return new(T) }
func (s stringSlot[T]) equal(a, b any) bool  { return *s.at(a.(*T)) == *s.at(b.(*T)) }
func (s stringSlot[T]) copy(dst, src any)    { *s.at(dst.(*T)) = *s.at(src.(*T)) }
func (s stringSlot[T]) get(body any) any     { return *s.at(body.(*T)) }
func (s stringSlot[T]) text(body any) string { return *s.at(body.(*T)) }
func (s stringSlot[T]) set(body, value any)  { *s.at(body.(*T)) = value.(string) }
func (s stringSlot[T]) texts(b any, f former) {
	p := s.at(b.(*T))
	*p = f.Form(*p)
}
func (s stringSlot[T]) each(b any, f func(string)) {
	if v := *s.at(b.(*T)); v != "" {
		f(v)
	}
}

type boolSlot[T any] struct{ at func(*T) *bool }

func (s boolSlot[T]) new() any               { return new(T) }
func (s boolSlot[T]) equal(a, b any) bool    { return *s.at(a.(*T)) == *s.at(b.(*T)) }
func (s boolSlot[T]) copy(dst, src any)      { *s.at(dst.(*T)) = *s.at(src.(*T)) }
func (s boolSlot[T]) get(body any) any       { return *s.at(body.(*T)) }
func (s boolSlot[T]) set(body, value any)    { *s.at(body.(*T)) = value.(bool) }
func (s boolSlot[T]) texts(any, former)      {}
func (s boolSlot[T]) each(any, func(string)) {}

type intSlot[T any] struct{ at func(*T) *int64 }

func (s intSlot[T]) new() any               { return new(T) }
func (s intSlot[T]) equal(a, b any) bool    { return *s.at(a.(*T)) == *s.at(b.(*T)) }
func (s intSlot[T]) copy(dst, src any)      { *s.at(dst.(*T)) = *s.at(src.(*T)) }
func (s intSlot[T]) get(body any) any       { return *s.at(body.(*T)) }
func (s intSlot[T]) set(body, value any)    { *s.at(body.(*T)) = value.(int64) }
func (s intSlot[T]) texts(any, former)      {}
func (s intSlot[T]) each(any, func(string)) {}

type setSlot[T any] struct{ at func(*T) *[]string }

func (s setSlot[T]) new() any            { return new(T) }
func (s setSlot[T]) equal(a, b any) bool { return slices.Equal(*s.at(a.(*T)), *s.at(b.(*T))) }
func (s setSlot[T]) copy(dst, src any)   { *s.at(dst.(*T)) = slices.Clone(*s.at(src.(*T))) }
func (s setSlot[T]) get(body any) any    { return *s.at(body.(*T)) }
func (s setSlot[T]) set(body, value any) { *s.at(body.(*T)) = Canonical(value.([]string)) }
func (s setSlot[T]) texts(b any, f former) {
	p := s.at(b.(*T))
	for i, v := range *p {
		(*p)[i] = f.Form(v)
	}
	*p = Canonical(*p)
}
func (s setSlot[T]) each(b any, f func(string)) {
	for _, v := range *s.at(b.(*T)) {
		f(v)
	}
}

type setsSlot[T any] struct{ at func(*T) *[][]string }

func (s setsSlot[T]) new() any { return new(T) }
func (s setsSlot[T]) equal(a, b any) bool {
	return slices.EqualFunc(*s.at(a.(*T)), *s.at(b.(*T)), slices.Equal)
}
func (s setsSlot[T]) copy(dst, src any) {
	out := slices.Clone(*s.at(src.(*T)))
	for i := range out {
		out[i] = slices.Clone(out[i])
	}
	*s.at(dst.(*T)) = out
}
func (s setsSlot[T]) get(body any) any    { return *s.at(body.(*T)) }
func (s setsSlot[T]) set(body, value any) { *s.at(body.(*T)) = CanonicalSets(value.([][]string)) }
func (s setsSlot[T]) texts(b any, f former) {
	p := s.at(b.(*T))
	for _, inner := range *p {
		for i, v := range inner {
			inner[i] = f.Form(v)
		}
	}
	*p = CanonicalSets(*p)
}
func (s setsSlot[T]) each(b any, f func(string)) {
	for _, inner := range *s.at(b.(*T)) {
		for _, v := range inner {
			f(v)
		}
	}
}

type mapSlot[T any] struct {
	at func(*T) *map[string]string
}

func (s mapSlot[T]) new() any            { return new(T) }
func (s mapSlot[T]) equal(a, b any) bool { return maps.Equal(*s.at(a.(*T)), *s.at(b.(*T))) }
func (s mapSlot[T]) copy(dst, src any)   { *s.at(dst.(*T)) = maps.Clone(*s.at(src.(*T))) }
func (s mapSlot[T]) get(body any) any    { return *s.at(body.(*T)) }
func (s mapSlot[T]) set(body, value any) { *s.at(body.(*T)) = value.(map[string]string) }
func (s mapSlot[T]) texts(b any, f former) {
	m := *s.at(b.(*T))
	for k, v := range m {
		m[k] = f.Form(v)
	}
}
func (s mapSlot[T]) each(b any, f func(string)) {
	for _, v := range *s.at(b.(*T)) {
		f(v)
	}
}

type boolMapSlot[T any] struct {
	at func(*T) *map[string]bool
}

func (s boolMapSlot[T]) new() any               { return new(T) }
func (s boolMapSlot[T]) equal(a, b any) bool    { return maps.Equal(*s.at(a.(*T)), *s.at(b.(*T))) }
func (s boolMapSlot[T]) copy(dst, src any)      { *s.at(dst.(*T)) = maps.Clone(*s.at(src.(*T))) }
func (s boolMapSlot[T]) get(body any) any       { return *s.at(body.(*T)) }
func (s boolMapSlot[T]) set(body, value any)    { *s.at(body.(*T)) = value.(map[string]bool) }
func (s boolMapSlot[T]) texts(any, former)      {}
func (s boolMapSlot[T]) each(any, func(string)) {}

type setMapSlot[T any] struct {
	at func(*T) *map[string][]string
}

func (s setMapSlot[T]) new() any { return new(T) }
func (s setMapSlot[T]) equal(a, b any) bool {
	return maps.EqualFunc(*s.at(a.(*T)), *s.at(b.(*T)), slices.Equal)
}
func (s setMapSlot[T]) copy(dst, src any) {
	out := maps.Clone(*s.at(src.(*T)))
	for name, list := range out {
		out[name] = slices.Clone(list)
	}
	*s.at(dst.(*T)) = out
}
func (s setMapSlot[T]) get(body any) any { return *s.at(body.(*T)) }
func (s setMapSlot[T]) set(body, value any) {
	lists := value.(map[string][]string)
	for name, list := range lists {
		lists[name] = Canonical(list)
	}
	*s.at(body.(*T)) = lists
}
func (s setMapSlot[T]) texts(b any, f former) {
	for name, list := range *s.at(b.(*T)) {
		for i, v := range list {
			list[i] = f.Form(v)
		}
		(*s.at(b.(*T)))[name] = Canonical(list)
	}
}
func (s setMapSlot[T]) each(b any, f func(string)) {
	for _, list := range *s.at(b.(*T)) {
		for _, v := range list {
			f(v)
		}
	}
}

// Canonical sorts the set and drops duplicates, in place.
func Canonical(set []string) []string {
	if len(set) > 1 && !slices.IsSorted(set) {
		slices.Sort(set)
	}
	return slices.Compact(set)
}

// CanonicalSets sorts every inner set, then the outer one, and drops duplicates.
func CanonicalSets(sets [][]string) [][]string {
	for i := range sets {
		sets[i] = Canonical(sets[i])
	}
	if len(sets) > 1 {
		slices.SortFunc(sets, slices.Compare)
	}
	return slices.CompactFunc(sets, slices.Equal)
}
