package schema

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// A Pattern is a glob of ignore or of a list of names: * stands for any text, slashes included,
// ? for one character, [a-z] for one of several, {a,b} for either, and a backslash escapes the
// character after it. Matching takes time in proportion to the text, whatever the pattern is:
// patterns come from files, and most glob libraries need exponential time for many braces.
type Pattern struct {
	whole *regexp.Regexp // nil where before and after say it, or nothing matches

	star          bool // the pattern is one star between two texts
	before, after string
}

// maxPattern is how many bytes a pattern may have. Keys are far shorter.
const maxPattern = 4096

// ParsePattern parses a glob; ok is false if it is invalid.
func ParsePattern(text string) (p Pattern, ok bool) {
	if len(text) > maxPattern || !utf8.ValidString(text) || !doublestar.ValidatePattern(text) {
		return Pattern{}, false
	}
	if before, after, star := strings.Cut(text, "*"); star && !strings.ContainsAny(before+after, special) {
		return Pattern{star: true, before: before, after: after}, true
	}
	var b strings.Builder
	depth := 0
	for rest := text; rest != ""; {
		c, n := utf8.DecodeRuneInString(rest)
		switch {
		case c == '\\':
			_, escaped := utf8.DecodeRuneInString(rest[n:])
			b.WriteString(regexp.QuoteMeta(rest[n : n+escaped]))
			n += escaped
		case c == '*':
			n = len(rest) - len(strings.TrimLeft(rest, "*"))
			b.WriteString(".*")
		case c == '?':
			b.WriteByte('.')
		case c == '[':
			n = writeClass(&b, rest)
		case c == '{':
			depth++
			b.WriteString("(?:")
		case c == '}':
			depth--
			b.WriteByte(')')
		case c == ',' && depth > 0:
			b.WriteByte('|')
		default:
			b.WriteString(regexp.QuoteMeta(rest[:n]))
		}
		rest = rest[n:]
	}
	whole, err := regexp.Compile(`\A(?s:` + b.String() + `)\z`)
	return Pattern{whole: whole}, err == nil
}

// writeClass writes the class that a valid glob begins with and returns its length.
func writeClass(b *strings.Builder, glob string) int {
	at := 1
	b.WriteByte('[')
	if glob[at] == '^' || glob[at] == '!' {
		b.WriteByte('^')
		at++
	}
	for glob[at] != ']' {
		escaped := glob[at] == '\\'
		if escaped {
			at++
		}
		c, n := utf8.DecodeRuneInString(glob[at:])
		word := c >= utf8.RuneSelf || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !word && (escaped || c != '-') { // a hyphen makes a range
			b.WriteByte('\\')
		}
		b.WriteString(glob[at : at+n])
		at += n
	}
	b.WriteByte(']')
	return at + 1
}

// Match reports whether the pattern matches all of the text. The zero value matches
// nothing.
func (p Pattern) Match(text string) bool {
	if p.star {
		return len(text) >= len(p.before)+len(p.after) && strings.HasPrefix(text, p.before) && strings.HasSuffix(text, p.after)
	}
	return p.whole != nil && p.whole.MatchString(text)
}
