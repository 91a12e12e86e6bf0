package text

import (
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Width returns how many columns cleaned text of one line takes in a terminal: two
// for a wide letter or an emoji, none for a combining mark.
func Width(s string) int {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return uniseg.StringWidth(s)
		}
	}
	return len(s)
}
