package rights

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Places numbers places and sets of places, so that equal sets have one number and are compared
// once, however many subjects have them. The zero value is ready to use. It is not safe for
// concurrent use.
type Places struct {
	names  []string
	number map[string]int32
	sets   [][]int32 // sorted numbers of places; set n is at n-1
	known  map[string]int
	rest   map[string][]int32 // results of subtract, by its arguments
	diffs  map[string]diff    // results of difference, by its arguments
	kept   map[string]float64 // results of keeping, by its arguments
	counts map[string]int     // results of count, by the sets
}

// Set returns the number of a set of places, at least 1.
func (p *Places) Set(names []string) int {
	if p.known == nil {
		p.known, p.rest = map[string]int{}, map[string][]int32{}
		p.diffs, p.kept, p.counts = map[string]diff{}, map[string]float64{}, map[string]int{}
	}
	set := make([]int32, len(names))
	for i, name := range names {
		set[i] = p.place(name)
	}
	slices.Sort(set)
	set = slices.Compact(set)
	key := string(encode(nil, set))
	id, ok := p.known[key]
	if !ok {
		p.sets = append(p.sets, set)
		id = len(p.sets)
		p.known[key] = id
	}
	return id
}

// Names lists the places of a set, sorted by name.
func (p *Places) Names(set int) []string {
	out := make([]string, len(p.sets[set-1]))
	for i, n := range p.sets[set-1] {
		out[i] = p.names[n]
	}
	slices.Sort(out)
	return out
}

// Common returns the number of places that two sets have in common.
func (p *Places) Common(a, b int) int {
	return len(p.sets[a-1]) - len(p.subtract(a, []int{b}))
}

// Contains reports whether a place is in a set.
func (p *Places) Contains(set int, name string) bool { return p.contains([]int{set}, name) }

// Covers reports whether grants on places together cover all places of a set.
func (p *Places) Covers(set int, grants []schema.Grant) bool {
	var sets []int
	var single []int32
	for i := range grants {
		if g := &grants[i]; g.Set != 0 {
			sets = append(sets, g.Set)
		} else if n, ok := p.number[g.Scope]; ok {
			single = append(single, n)
		}
	}
	slices.Sort(single)
	return !slices.ContainsFunc(p.sets[set-1], func(n int32) bool {
		return !has(single, n) && !slices.ContainsFunc(sets, func(other int) bool { return has(p.sets[other-1], n) })
	})
}

// place returns the number of a place.
func (p *Places) place(name string) int32 {
	n, ok := p.number[name]
	if !ok {
		if p.number == nil {
			p.number = map[string]int32{}
		}
		n = int32(len(p.names))
		p.number[name] = n
		p.names = append(p.names, name)
	}
	return n
}

// count returns the number of different places of grants, at most Everywhere.
func (p *Places) count(grants []schema.Grant) int {
	var sets, single []int32
	for i := range grants {
		switch g := &grants[i]; {
		case g.Places == schema.Everywhere:
			return schema.Everywhere
		case g.Set != 0:
			sets = append(sets, int32(g.Set))
		default:
			single = append(single, p.place(g.Scope))
		}
	}
	slices.Sort(sets)
	slices.Sort(single)
	sets, single = slices.Compact(sets), slices.Compact(single)
	if len(sets) == 0 {
		return len(single)
	}
	key := encode(encode(nil, sets), append([]int32{-1}, single...))
	n, ok := p.counts[string(key)]
	if !ok {
		for _, set := range sets {
			single = append(single, p.sets[set-1]...)
		}
		slices.Sort(single)
		n = len(slices.Compact(single))
		if len(p.counts) == mostKnown {
			clear(p.counts)
		}
		p.counts[string(key)] = n
	}
	return n
}

// keeping is Kept for grants with sets of places. It keeps its results, because many subjects have
// equal grants.
func (p *Places) keeping(before, after []schema.Grant) float64 {
	key := string(text(text(nil, before), after))
	share, ok := p.kept[key]
	if !ok {
		share = kept(before, after, p)
		if len(p.kept) == mostKnown {
			clear(p.kept)
		}
		p.kept[key] = share
	}
	return share
}

// contains reports whether a place is in one of the sets.
func (p *Places) contains(sets []int, name string) bool {
	if len(sets) == 0 {
		return false
	}
	n, ok := p.number[name]
	return ok && slices.ContainsFunc(sets, func(set int) bool { return has(p.sets[set-1], n) })
}

// subtract returns the places of a set that are in none of the others.
func (p *Places) subtract(set int, others []int) []int32 {
	if len(others) == 0 {
		return p.sets[set-1]
	}
	key := encode(nil, []int32{int32(set)})
	for _, other := range others {
		key = encode(key, []int32{int32(other)})
	}
	rest, ok := p.rest[string(key)]
	if !ok {
		rest = slices.DeleteFunc(slices.Clone(p.sets[set-1]), func(n int32) bool {
			return slices.ContainsFunc(others, func(other int) bool { return has(p.sets[other-1], n) })
		})
		if len(p.rest) == mostKnown {
			clear(p.rest)
		}
		p.rest[string(key)] = rest
	}
	return rest
}

// difference is Diff for sorted grants with sets of places. Subjects with equal grants share the
// results.
func (p *Places) difference(before, after []schema.Grant) (gained, lost []schema.Grant) {
	key := text(text(nil, before), after)
	d, ok := p.diffs[string(key)]
	if !ok {
		d.gained, d.lost = subtract(after, before, p), subtract(before, after, p)
		if len(p.diffs) == mostKnown {
			clear(p.diffs)
		}
		p.diffs[string(key)] = d
	}
	return d.gained, d.lost
}

type diff struct{ gained, lost []schema.Grant }

// text appends the fields of grants on which a difference depends.
func text(key []byte, grants []schema.Grant) []byte {
	for i := range grants {
		g := &grants[i]
		for _, s := range [...]string{g.Right, g.Scope, g.Via, g.Sort} {
			key = append(append(key, s...), 0)
		}
		var flags int32
		if g.All {
			flags |= 1
		}
		if g.Least {
			flags |= 2
		}
		if g.Unknown {
			flags |= 4
		}
		key = encode(key, []int32{int32(g.Set), int32(g.Places), flags})
	}
	return append(key, 0)
}

func has(set []int32, n int32) bool {
	_, ok := slices.BinarySearch(set, n)
	return ok
}

func encode(key []byte, numbers []int32) []byte {
	for _, n := range numbers {
		key = binary.LittleEndian.AppendUint32(key, uint32(n))
	}
	return key
}

// mostKnown bounds the number of results that are kept.
const mostKnown = 10_000

// mostPlaces is the number of places of a scope that are listed; of more, only the number is
// reported.
const mostPlaces = 100

// on appends the grant on some of its places: a grant for each, or one with their number.
func (p *Places) on(out []schema.Grant, g schema.Grant, some []int32) []schema.Grant {
	all := len(p.sets[g.Set-1])
	scope := g.Scope
	g.Area, g.Set = "", 0
	if len(some) > mostPlaces {
		g.Places = len(some)
		if g.Scope = fmt.Sprintf("%d places of %s", len(some), scope); len(some) < all {
			g.Scope = fmt.Sprintf("%d of the %d places of %s", len(some), all, scope)
		}
		return append(out, g)
	}
	g.Places = 1
	for _, n := range some {
		g.Scope = p.names[n]
		out = append(out, g)
	}
	return out
}
