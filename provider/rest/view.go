package rest

import (
	"bytes"
	"html"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A reading is a text with escapes undone or characters left out. It knows where in
// the original each of its bytes comes from.
type reading struct {
	text []byte
	at   []span // by byte of the text
}

// view is a text as it stands.
func view(text string) reading {
	v := reading{[]byte(text), make([]span, len(text))}
	for i := range v.at {
		v.at[i] = span{i, i + 1}
	}
	return v
}

func (v *reading) add(text []byte, at span) {
	for _, c := range text {
		v.text, v.at = append(v.text, c), append(v.at, at)
	}
}

// visible leaves out space, what cannot be seen, and what is not UTF-8.
func (v reading) visible() reading {
	out := reading{make([]byte, 0, len(v.text)), make([]span, 0, len(v.text))}
	for i := 0; i < len(v.text); {
		r, n := utf8.DecodeRune(v.text[i:])
		if !(r == utf8.RuneError && n == 1) && !unicode.IsSpace(r) && text.Visible(r) {
			out.text, out.at = append(out.text, v.text[i:i+n]...), append(out.at, v.at[i:i+n]...)
		}
		i += n
	}
	return out
}

// folded is the text in which upper and lower case, and the two alphabets of base64,
// are the same.
func (v reading) folded() []byte {
	out := make([]byte, len(v.text))
	for i, c := range v.text {
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		}
		out[i] = c
	}
	return out
}

// find appends the parts of the original in which a form stands, or a half of it.
func (v reading) find(all []form, spans []span) []span {
	text := v.folded()
	for _, f := range all {
		for from := 0; from < len(text); {
			i := bytes.Index(text[from:], f.text[:f.half])
			if i < 0 {
				break
			}
			from += i
			n := f.half
			for n < len(f.text) && from+n < len(text) && text[from+n] == f.text[n] {
				n++
			}
			spans = append(spans, span{v.at[from].from, v.at[from+n-1].to})
			from += n
		}
		last := f.text[len(f.text)-f.half:]
		for from := 0; from < len(text); {
			i := bytes.Index(text[from:], last)
			if i < 0 {
				break
			}
			start, to := from+i, from+i+len(last)
			for n := len(f.text) - f.half; n > 0 && start > 0 && text[start-1] == f.text[n-1]; n-- {
				start--
			}
			spans = append(spans, span{v.at[start].from, v.at[to-1].to})
			from = to
		}
	}
	return spans
}

// unescaped undoes the escapes of URLs, JSON, Go and HTML, once.
func (v reading) unescaped() (out reading, changed bool) {
	out = reading{make([]byte, 0, len(v.text)), make([]span, 0, len(v.text))}
	for i := 0; i < len(v.text); {
		text, n := unescape(v.text[i:])
		if n == 0 {
			out.add(v.text[i:i+1], v.at[i])
			i++
			continue
		}
		changed = true
		out.add(text, span{v.at[i].from, v.at[i+n-1].to})
		i += n
	}
	return out, changed
}

// unescape returns what the escape at the beginning of a text stands for, and its
// length; 0 where there is none.
func unescape(text []byte) (to []byte, n int) {
	if len(text) < 2 {
		return nil, 0
	}
	switch text[0] {
	case '%':
		return code(text, 1, 2)
	case '&':
		if end := bytes.IndexByte(text[:min(len(text), 12)], ';'); end > 1 {
			if s := html.UnescapeString(string(text[:end+1])); s != string(text[:end+1]) {
				return []byte(s), end + 1
			}
		}
	case '\\':
		switch c := text[1]; c {
		case 'x':
			return code(text, 2, 2)
		case 'u':
			return code(text, 2, 4)
		case 'U':
			return code(text, 2, 8)
		case '/', '\\', '"', '\'':
			return []byte{c}, 2
		case 'n', 'r', 't', 'b', 'f':
			return nil, 2
		}
	}
	return nil, 0
}

// code reads the digits of an escape, which begin after some characters: two stand
// for a byte, more for a character.
func code(text []byte, after, digits int) (to []byte, n int) {
	if len(text) < after+digits {
		return nil, 0
	}
	r, err := strconv.ParseUint(string(text[after:after+digits]), 16, 32)
	switch {
	case err != nil:
		return nil, 0
	case digits == 2:
		return []byte{byte(r)}, after + digits
	}
	return utf8.AppendRune(nil, rune(r)), after + digits
}
