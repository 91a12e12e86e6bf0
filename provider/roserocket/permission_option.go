package roserocket

import (
	"maps"
	"slices"
	"sync"
)

// The words of data.
const (
	dataFull   = "full"
	dataRead   = "read_only"
	dataNone   = "none"
	dataCustom = "custom"

	noAccess = "noAccess" // the one literal that Rose Rocket documents: of none
)

var dataWords = []string{dataFull, dataRead, dataNone, dataCustom}

// What a role may do with a field.
const (
	edit = "edit"
	read = "read"
	hide = "hide"
	keep = "keep" // of others: whatever it is
)

// rank orders what a role may do with a field. Of a word that Rose Rocket uses and
// documents nowhere it is taken that it allows everything.
func rank(right string) int {
	switch right {
	case hide:
		return 0
	case read:
		return 1
	}
	return 2
}

// maxRight is what a field has under a word of data; a derived field cannot be edited.
func maxRight(data string, derived bool) string {
	switch {
	case data == dataNone:
		return hide
	case data == dataRead || derived:
		return read
	}
	return edit
}

// shape returns the only word of data that fits the rights on fields, or "" if that is not
// clear. Fields that are partly read and partly edited do not fit any: some may have more
// rights than full grants.
func shape(rows []row) string {
	n := map[string]int{}
	own := 0
	for _, f := range rows {
		n[f.right]++
		if !f.derived {
			own++
		}
	}
	switch {
	case own == 0 || n[edit]+n[read]+n[hide] != len(rows):
		return ""
	case n[hide] == len(rows):
		return dataNone
	case n[hide] > 0:
		return dataCustom
	case n[edit] == own:
		return dataFull
	case n[read] == len(rows):
		return dataRead
	}
	return ""
}

// fits reports whether every field has just what the word of data gives.
func fits(data string, rows []row) bool {
	for _, f := range rows {
		if f.right != maxRight(data, f.derived) {
			return false
		}
	}
	return true
}

// literals maps the words of data to the literals of Rose Rocket's API. Only noAccess is
// documented; the others are learned from what was read, or are in the settings.
type literals struct {
	said map[string]string // by word, from the settings

	mu      sync.Mutex
	learned map[string]string // by word
}

// learn learns the meaning of literals from the fields of documents. It accepts only what is
// certain: a literal of documents with different fields can only be custom, and if two literals
// can be the same word, it accepts neither.
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

// literal returns the literal of a word; ok is false if it is not known.
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
