package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Number writes a count with its digits grouped by thousands: "20,000".
func Number(n int) string {
	if n < 0 {
		return "-" + Number(-n)
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count writes a number with its noun: "1 user", "20,000 users".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Words returns a name of the configuration, such as builtin_role, as it stands in a sentence.
func Words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// Shorten returns s if it has at most most characters, otherwise as many of which the last one is "…".
func Shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// Capital returns s with a capital letter at its beginning.
func Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// Choose returns yes if cond is true, otherwise no.
func Choose(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// And joins words in a sentence: "a, b and c".
func And(words []string) string { return joined(words, " and ") }

// Or joins words as a choice: "a, b or c".
func Or(words []string) string { return joined(words, " or ") }

// List joins words as And does, and counts those beyond the limit: "a, b and 3 more".
func List(words []string, limit int) string {
	if len(words) <= limit {
		return And(words)
	}
	return AndMore(words[:limit], len(words)-limit)
}

// AndMore joins words with the number of those that are not listed: "a, b and 3 more". If that
// number is not positive, it is And.
func AndMore(words []string, more int) string {
	if more <= 0 {
		return And(words)
	}
	return strings.Join(words, ", ") + " and " + Number(more) + " more"
}

func joined(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + last + words[len(words)-1]
}
