// Package text writes text for people: it makes names and messages from outside safe to
// print, measures the width of text in a terminal, and formats numbers and lists.
//
// Text from outside comes from a file, a product, an argument or the file system: names,
// descriptions, source lines, error messages. Such text can move the cursor, erase what was
// printed before, reverse the reading direction, or hide that two names differ. Clean
// replaces each character that could do so by an escape and drops nothing, so that names that
// differ also look different.
package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns s as one line that is safe in a terminal and in a log. Every invisible
// character, except the ordinary space, is replaced by an escape of a Go string literal: \n,
// \x1b, \u200b, \U000e0041, and \xff for a byte that is not UTF-8. These are:
//
//   - control characters, line feeds and tabs included
//   - characters that set the writing direction
//   - characters without width: joiners, variation selectors, tags, fillers
//   - spaces other than the ordinary one, and line separators
//   - characters that are private or that Unicode does not assign
//
// Backslashes stay, so cleaning twice changes nothing more. If there is nothing to escape,
// Clean returns s without an allocation.
func Clean(s string) string { return clean(s, false) }

// CleanLines is Clean for text that may have several lines: line feeds and tabs
// stay. A carriage return does not.
func CleanLines(s string) string { return clean(s, true) }

// Quote returns s cleaned and in double quotes, with a backslash before each double
// quote within.
func Quote(s string) string { return `"` + Clean(strings.ReplaceAll(s, `"`, `\"`)) + `"` }

// Visible reports whether Clean does not escape the character.
func Visible(r rune) bool {
	switch {
	case ' ' <= r && r < 0x7f:
		return true
	case r < 0xa0:
		return false
	}
	return unicode.IsPrint(r) && !Blank(r)
}

// Blank reports whether the character has no shape of its own: control and format
// characters, joiners, fillers, variation selectors, and what ends a line or a
// paragraph. Other white space is not blank in this sense.
func Blank(r rune) bool {
	if r < 0x7f {
		return r < ' '
	}
	if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
		return true
	}
	switch r {
	case 0x0336, // a stroke through the letter before it, which many fonts lack
		0x1039, 0x10a3f, 0x11133, 0x17d2, 0x1a60, 0x1107f, 0x2d7f, // joiners that are marks by their class
		0x17b4, 0x17b5, 0x2800, // vowels and a pattern without a stroke or dot
		0x13441, 0x13442, 0x16fe4, 0x1d159: // blanks that are letters, marks or signs
		return true
	}
	return false
}

func clean(s string, lines bool) string {
	at := invisible(s, lines)
	if at == len(s) {
		return s
	}
	out := make([]byte, 0, len(s)+16)
	for s != "" {
		out = append(out, s[:at]...)
		if s = s[at:]; s == "" {
			break
		}
		r, n := utf8.DecodeRuneInString(s)
		out = appendEscape(out, r, n, s[0])
		s = s[n:]
		at = invisible(s, lines)
	}
	return string(out)
}

// invisible returns the index of the first character that must be escaped, or the length of
// the text.
func invisible(s string, lines bool) int {
	for i := 0; i < len(s); {
		if c := s[i]; ' ' <= c && c < 0x7f || lines && (c == '\n' || c == '\t') {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || !Visible(r) {
			return i
		}
		i += n
	}
	return len(s)
}

// appendEscape appends the escape of a character of n bytes, the first of which is
// given because it may not be UTF-8.
func appendEscape(to []byte, r rune, n int, first byte) []byte {
	if r == utf8.RuneError && n == 1 {
		const hex = "0123456789abcdef"
		return append(to, '\\', 'x', hex[first>>4], hex[first&15])
	}
	quoted := strconv.QuoteRuneToASCII(r)
	return append(to, quoted[1:len(quoted)-1]...)
}
