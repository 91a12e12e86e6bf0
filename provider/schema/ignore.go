package schema

import (
	"slices"
	"strings"
)

// An IgnoreSet says which objects the manage blocks of a tenant ignore. An object is ignored
// if a pattern of its own kind matches its key, or if its key names an ignored object of
// another kind: a membership of an ignored user is ignored with the user.
//
// In a pattern, * stands for any text, slashes included. Letter case matters if it matters in
// the key. A key matches itself, whatever characters it has.
type IgnoreSet struct {
	patterns map[string]*patterns // by kind
	parts    map[string][][]*Kind // by kind: for each part of its key, the kinds that it may name and that may be ignored
}

// special are the characters that have a meaning in a pattern.
const special = `*?[]{}\`

// patterns are the entries of one kind. Those that are keys are looked up, so that a list of
// thousands of people is as fast as one pattern.
type patterns struct {
	all   []pattern
	keys  map[string]int // by pattern.key: the first pattern with it
	globs []int          // patterns that are more than their key
}

// add takes an entry up.
func (p *patterns) add(next pattern) {
	i := len(p.all)
	p.all = append(p.all, next)
	if _, twice := p.keys[next.key]; !twice {
		p.keys[next.key] = i
	}
	if next.fold || strings.ContainsAny(next.key, special) {
		p.globs = append(p.globs, i)
	}
}

// match returns the pattern that matches a key, or false.
func (p *patterns) match(key string) (*pattern, bool) {
	if i, ok := p.keys[key]; ok {
		return &p.all[i], true
	}
	for _, i := range p.globs {
		if p.all[i].matches(key) {
			return &p.all[i], true
		}
	}
	return nil, false
}

// A pattern is one entry of Manage.Ignore, ready to be matched.
type pattern struct {
	text string // as written
	key  string // in the form of keys
	glob Pattern
	fold bool // compare with the key in lower case
}

// An IgnoreMatch says why an object is ignored.
type IgnoreMatch struct {
	Kind    string // kind in whose manage block the pattern is
	Pattern string // as written in Manage.Ignore
	Key     string // key of the object of Kind that the pattern matches
}

// NewIgnoreSet prepares the ignore patterns of the manage blocks, which are given by kind.
// Patterns that are not valid globs match no other key than themselves; see ParsePattern.
func NewIgnoreSet(p *Product, manage map[string]Manage) *IgnoreSet {
	s := &IgnoreSet{patterns: map[string]*patterns{}, parts: map[string][][]*Kind{}}
	for _, k := range p.Kinds { // a kind comes after those that its keys name
		if entries := manage[k.Name].Ignore; len(entries) > 0 {
			own := &patterns{keys: make(map[string]int, len(entries))}
			for _, text := range entries {
				own.add(newPattern(k, text))
			}
			s.patterns[k.Name] = own
		}
		rows, named := k.Keys(), false
		parts := make([][]*Kind, len(rows))
		for i, a := range rows {
			for _, name := range a.Kinds {
				if other := p.Kind(name); other != nil && s.Affects(name) {
					parts[i], named = append(parts[i], other), true
				}
			}
		}
		if named {
			s.parts[k.Name] = parts
		}
	}
	return s
}

// ValidPattern reports whether the text is a valid glob.
func ValidPattern(text string) bool {
	_, ok := ParsePattern(text)
	return ok
}

func newPattern(k *Kind, text string) pattern {
	key, whole := k.NormalKey(text)
	p := pattern{text: text, key: key}
	if !whole { // it spans parts of the key, so it is not known which letters belong to which part
		for _, a := range k.Keys() {
			p.fold = p.fold || a.Flags&(FoldCase|FoldHex) != 0
		}
	}
	if p.fold {
		key = FoldName(key)
	}
	p.glob, _ = ParsePattern(key)
	return p
}

func (p *pattern) matches(key string) bool {
	if p.key == key {
		return true
	}
	if p.fold {
		key = FoldName(key)
	}
	return p.glob.Match(key)
}

// Affects reports whether any object of the kind may be ignored.
func (s *IgnoreSet) Affects(kind string) bool {
	return s.patterns[kind] != nil || s.parts[kind] != nil
}

// Match returns why the object with the key is ignored, or false if it is not.
func (s *IgnoreSet) Match(k *Kind, key string) (IgnoreMatch, bool) {
	if own := s.patterns[k.Name]; own != nil {
		if p, ignored := own.match(key); ignored {
			return IgnoreMatch{k.Name, p.text, key}, true
		}
	}
	kinds := s.parts[k.Name]
	if kinds == nil {
		return IgnoreMatch{}, false
	}
	parts, whole := SplitKey(key, len(kinds))
	if !whole {
		return IgnoreMatch{}, false
	}
	for i, part := range parts {
		for _, other := range kinds[i] {
			if m, ignored := s.Match(other, part); ignored {
				return m, true
			}
		}
	}
	return IgnoreMatch{}, false
}

// Unmatched returns the patterns of the kind, as written, that match none of the keys.
func (s *IgnoreSet) Unmatched(k *Kind, keys func(yield func(key string) bool)) []string {
	own := s.patterns[k.Name]
	if own == nil {
		return nil
	}
	matched := make([]bool, len(own.all))
	known, left := map[string]bool{}, slices.Clone(own.globs)
	for key := range keys {
		known[key] = true
		left = slices.DeleteFunc(left, func(i int) bool {
			matched[i] = own.all[i].matches(key)
			return matched[i]
		})
	}
	var out []string
	for i := range own.all {
		if !matched[i] && !known[own.all[i].key] {
			out = append(out, own.all[i].text)
		}
	}
	return out
}
