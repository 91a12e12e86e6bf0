package schema

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Two names are the same if their forms are equal bytes. A form is in Unicode's normalization
// form C, and in lower case if the attribute says that case does not matter (FoldCase,
// FoldHex). All comparisons of names compare forms: those of files are made when files are
// read, those of the product by Kind.Normalise.

// NFC returns the text in Unicode's normalization form C.
func NFC(s string) string {
	if isASCII(s) || norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}

// Form returns the one form of a text of the attribute.
func (a *Attribute) Form(s string) string {
	switch {
	case a.Flags&FoldCase != 0:
		s = FoldName(s)
	case a.Flags&FoldHex != 0:
		s = FoldID(s)
	default:
		s = NFC(s)
	}
	if a.normal != nil {
		s = a.normal(s)
	}
	return s
}

// FoldName returns the form of a text with FoldCase, such as an e-mail address. It is
// strings.ToLower, but for letters whose lower case is an ASCII letter although they
// are none, such as U+0130: they would make one address of two.
func FoldName(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return NFC(strings.Map(func(r rune) rune {
		if l := unicode.ToLower(r); r < utf8.RuneSelf || l >= utf8.RuneSelf {
			return l
		}
		return r
	}, NFC(s)))
}

// FoldID returns the form of a text with FoldHex, such as a UUID.
func FoldID(s string) string {
	if isHex(s) {
		return strings.ToLower(s)
	}
	return NFC(s)
}

// isHex reports whether the text consists of hexadecimal digits, with or without
// the dashes of a UUID.
func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F', c == '-':
		default:
			return false
		}
	}
	return s != ""
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Likeness returns what a person sees of a name: two names with one likeness differ
// in letter case, white space, invisible characters or the spelling of letters only.
func Likeness(s string) string {
	if isASCII(s) && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return strings.ToLower(s)
	}
	seen := strings.Map(func(r rune) rune {
		if text.Blank(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	folded := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(seen)))
	return strings.Join(strings.Fields(folded), " ")
}

// Unclean returns why the text cannot be a name in a file: white space at an end, or an
// invisible character. The error completes the sentence "<attribute> <error>" and names the
// character. It is nil for clean names.
func Unclean(s string) error { return unclean(s, true) }

// unclean allows the characters with which some scripts and emoji join letters
// where scripts is true.
func unclean(s string, scripts bool) error {
	if isPlain(s) {
		return nil
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	switch {
	case !utf8.ValidString(s):
		return fmt.Errorf("must be text in UTF-8; this is %q", s)
	case blank(first):
		return fmt.Errorf("must not begin with %s; this is %q", character(first), s)
	case blank(last) && !(scripts && joined(s, len(s)-utf8.RuneLen(last))):
		return fmt.Errorf("must not end with %s; this is %q", character(last), s)
	}
	for i, r := range s {
		if text.Blank(r) && !(scripts && joined(s, i)) {
			return fmt.Errorf("must not contain %s, which nobody sees; this is %q", character(r), s)
		}
	}
	return nil
}

// isPlain reports whether the text is printable ASCII without spaces at the ends.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' '
}

// Unseen names the first invisible character of the text, or the first that only looks like a
// space; "" if there is none.
func Unseen(s string) string {
	for _, r := range s {
		if r != ' ' && blank(r) {
			return character(r)
		}
	}
	if s != strings.Trim(s, " ") {
		return "a space at an end"
	}
	return ""
}

func blank(r rune) bool { return unicode.IsSpace(r) || text.Blank(r) }

// joined reports whether the character at i is a joiner or variation selector in
// a place where scripts and emoji have one.
func joined(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	before, size := utf8.DecodeLastRuneInString(s[:i])
	if size == 0 {
		return false
	}
	switch r {
	case 0x200c, 0x200d, 0x1039, 0x10a3f, 0x11133, 0x17d2, 0x1a60, 0x2d7f, 0x1107f: // between letters of such scripts as Persian, Hindi and Khmer, and between emoji
		return i+utf8.RuneLen(r) < len(s) && before >= 0x0590 && (!blank(before) || before == 0xfe0f)
	case 0xfe0e, 0xfe0f: // after a symbol: as text or in colour
		return before >= 0x2000 && !blank(before) || before == '©' || before == '®'
	}
	return false
}

// character names a character that cannot be shown.
func character(r rune) string {
	names := map[rune]string{
		'\t': "tab", '\n': "line feed", '\r': "carriage return", ' ': "space", 0xa0: "no-break space", 0xad: "soft hyphen",
		0x200b: "zero-width space", 0x200c: "zero-width non-joiner", 0x200d: "zero-width joiner", 0x200e: "left-to-right mark",
		0x200f: "right-to-left mark", 0x202a: "left-to-right embedding", 0x202b: "right-to-left embedding",
		0x202d: "left-to-right override", 0x202e: "right-to-left override", 0x202f: "narrow no-break space",
		0x2060: "word joiner", 0x3000: "ideographic space", 0xfeff: "byte order mark",
	}
	if name := names[r]; name != "" {
		return fmt.Sprintf("U+%04X (%s)", r, name)
	}
	return fmt.Sprintf("U+%04X", r)
}
