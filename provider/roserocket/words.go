package roserocket

import (
	"fmt"

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

// meant names the candidate that a mistyped word may stand for: ` Did you mean "x"?`.
func meant(s string, candidates []string) string {
	if near := schema.Nearest(s, candidates); near != "" && near != s {
		return fmt.Sprintf(" Did you mean %q?", near)
	}
	return ""
}
