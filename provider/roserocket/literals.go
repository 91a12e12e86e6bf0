package roserocket

import (
	"maps"
	"slices"
	"sync"
)

// Literals are how Rose Rocket's API spells the words of data. Only noAccess is
// documented; the others are learned from what was read, or said in the settings.
type literals struct {
	said map[string]string // by word, from the settings

	mu      sync.Mutex
	learned map[string]string // by word
}

// learn concludes from the fields of documents what their literals mean. It takes
// nothing for certain that could be otherwise: a literal that stands over fields of
// several kinds can only be custom, and where two could be the same word, neither
// is taken.
func (l *literals) learn(docs []*document) {
	shapes := map[string]map[string]bool{}
	for _, d := range docs {
		option := d.Data.Option
		if s := shape(d.rows()); s != "" && option != "" && option != noAccess && l.saidOf(option) == "" {
			if shapes[option] == nil {
				shapes[option] = map[string]bool{}
			}
			shapes[option][s] = true
		}
	}
	claims := map[string][]string{}
	for option, seen := range shapes {
		word := dataCustom
		if len(seen) == 1 {
			word = slices.Collect(maps.Keys(seen))[0]
		}
		claims[word] = append(claims[word], option)
	}
	learned := map[string]string{}
	for word, options := range claims {
		if len(options) == 1 && l.said[word] == "" && word != dataNone {
			learned[word] = options[0]
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.learned = learned
}

// saidOf returns the word that the settings give a literal, or "".
func (l *literals) saidOf(literal string) string {
	for _, word := range dataWords {
		if l.said[word] != "" && l.said[word] == literal {
			return word
		}
	}
	return ""
}

// literal spells a word; ok is false where that is not known.
func (l *literals) literal(word string) (literal string, ok bool) {
	if s := l.said[word]; s != "" {
		return s, true
	}
	if word == dataNone {
		return noAccess, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	literal, ok = l.learned[word]
	return literal, ok
}

// word names a literal. What cannot be named is its own name. The hint is an object
// in which the literal had a name already, as in a saved plan; it may be nil.
func (l *literals) word(literal string, hint *Permission) string {
	if w := l.saidOf(literal); w != "" {
		return w
	}
	if literal == noAccess {
		return dataNone
	}
	if hint != nil && hint.Option == literal && hint.Data != "" {
		return hint.Data
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, word := range dataWords {
		if l.learned[word] == literal && literal != "" {
			return word
		}
	}
	return literal
}
