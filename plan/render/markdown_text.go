package render

import (
	"strings"
	"unicode"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Forges give texts a meaning beyond Markdown: @name notifies a user, #12 and a commit hash become
// links, also behind an escape, because they look for them in the page that Markdown gives. They
// leave code alone. So text from outside is in code spans and fences only, except for plain words.

// code writes a code span with any text, on one line.
func code(s string) string {
	s = text.Clean(strings.ReplaceAll(s, nbsp, " "))
	if strings.Trim(s, " ") == "" {
		s = text.Quote(s)
	}
	n := backticks(s)
	if n > 0 {
		s = " " + s + " "
	}
	fence := strings.Repeat("`", n+1)
	return fence + s + fence
}

// codes writes a code span for each name.
func codes(names []string) string {
	spans := make([]string, len(names))
	for i, n := range names {
		spans[i] = code(n)
	}
	return strings.Join(spans, ", ")
}

// prose writes a sentence on one line: plain words as they are, and all else, such as names with
// other characters than letters, in code spans. A number after such a word is in its span.
func prose(s string) string {
	var out, run []string
	lead := ""
	flush := func(tail string) {
		if strings.HasSuffix(lead, `"`) && strings.HasPrefix(tail, `"`) { // code needs no quotes
			lead, tail = lead[:len(lead)-1], tail[1:]
		}
		if len(run) > 0 {
			out = append(out, lead+code(strings.Join(run, " "))+tail)
			run, lead = nil, ""
		}
	}
	for _, word := range strings.Fields(text.Clean(strings.ReplaceAll(s, nbsp, " "))) {
		before, core, after := trimPunctuation(word)
		switch first := len(out)+len(run) == 0; {
		case plainWord(core), plainNumber(core) && len(run) == 0 && !(first && after != ""), plainSymbol(word) && word != "=" && !first:
			flush("")
			out = append(out, word)
			continue
		case core == "":
			before, core, after = "", word, ""
		}
		if before != "" || len(run) == 0 {
			flush("")
			lead = before
		}
		run = append(run, core)
		if after != "" {
			flush(after)
		}
	}
	flush("")
	return strings.Join(out, " ")
}

// trimPunctuation divides a word into quotes and brackets before it, the word, and punctuation after it.
func trimPunctuation(word string) (before, core, after string) {
	core = strings.TrimLeft(word, `("'`)
	before = word[:len(word)-len(core)]
	trimmed := strings.TrimRight(core, `)"'.,;:!?`)
	return before, trimmed, core[len(trimmed):]
}

// plainWord reports whether a word has only letters, with an apostrophe or a hyphen between them,
// and cannot be a hash.
func plainWord(s string) bool {
	joined, hash := true, true
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r):
			joined = false
		case (r == '-' || r == '\'' || r == '’') && !joined:
			joined = true
		default:
			return false
		}
		hash = hash && strings.ContainsRune("0123456789abcdefABCDEF", r)
	}
	return !joined && !(hash && len(s) >= shortestHash)
}

// plainNumber reports whether s is a number that cannot be a hash: "312", "1,000", "25%".
func plainNumber(s string) bool {
	digits := strings.TrimSuffix(s, "%")
	return digits != "" && len(digits) < shortestHash && strings.Trim(digits, "0123456789,") == "" && digits[0] != ','
}

// shortestHash is the length of the shortest hash of a commit that forges make a link of.
const shortestHash = 7

// plainSymbol reports whether a word has only punctuation that Markdown gives no meaning to between words.
func plainSymbol(s string) bool { return strings.Trim(s, `("').,;:!?…→—–·-×%=`) == "" }

// backticks returns the length of the longest run of backticks in a text.
func backticks(s string) int {
	most, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		most = max(most, run)
	}
	return most
}

// fenceFor returns a fence that no text with runs of up to n backticks can close.
func fenceFor(n int) string { return strings.Repeat("`", max(3, n+1)) }
