package roserocket

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
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

// most is what a field has under a word of data; a derived field cannot be edited.
func most(data string, derived bool) string {
	switch {
	case data == dataNone:
		return hide
	case data == dataRead || derived:
		return read
	}
	return edit
}

// count says a number with its noun: "1 field", "3 fields".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// list joins words for a sentence and cuts a long list short, saying so.
func list(words []string, most int) string {
	if len(words) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// meant names the candidate that a mistyped word may stand for: ` Did you mean "x"?`.
func meant(s string, candidates []string) string {
	if near := schema.Nearest(s, candidates); near != "" && near != s {
		return fmt.Sprintf(" Did you mean %q?", near)
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
