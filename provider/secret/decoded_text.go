package secret

import (
	"bytes"
	"html"
	"iter"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A decodedText is a text with escapes decoded or characters omitted. It knows where in
// the original each of its bytes comes from, unless it is only asked what it contains.
type decodedText struct {
	text []byte
	at   []span // by byte of the text; nil if it is not known
}

// undecoded returns a text without decoding.
func undecoded(text string) decodedText {
	v := decodedText{[]byte(text), make([]span, len(text))}
	for i := range v.at {
		v.at[i] = span{i, i + 1}
	}
	return v
}

// decodings yields the visible text, and then the text with its escapes decoded once,
// twice and three times, as long as it has some.
func (v decodedText) decodings() iter.Seq[decodedText] {
	return func(yield func(decodedText) bool) {
		v := v.visible()
		for range 4 {
			if !yield(v) {
				return
			}
			next, changed := v.unescaped()
			if !changed {
				return
			}
			v = next.visible()
		}
	}
}

// empty returns an empty text to build from v.
func (v decodedText) empty() decodedText {
	out := decodedText{text: make([]byte, 0, len(v.text))}
	if v.at != nil {
		out.at = make([]span, 0, len(v.text))
	}
	return out
}

// keep appends the bytes of another text from one index to another.
func (v *decodedText) keep(of decodedText, from, to int) {
	v.text = append(v.text, of.text[from:to]...)
	if of.at != nil {
		v.at = append(v.at, of.at[from:to]...)
	}
}

// visible leaves out space, what cannot be seen, and what is not UTF-8.
func (v decodedText) visible() decodedText {
	out, from := v.empty(), 0
	for i := 0; i < len(v.text); {
		if c := v.text[i]; ' ' < c && c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(v.text[i:])
		if r == utf8.RuneError && n == 1 || unicode.IsSpace(r) || !text.Visible(r) {
			out.keep(v, from, i)
			from = i + n
		}
		i += n
	}
	out.keep(v, from, len(v.text))
	return out
}

// folded is the text in which upper and lower case, and the two alphabets of base64,
// are the same.
func (v decodedText) folded() []byte {
	out := make([]byte, len(v.text))
	for i, c := range v.text {
		out[i] = folds[c]
	}
	return out
}

// folds is what folded writes for each byte.
var folds = func() (to [256]byte) {
	for i := range to {
		c := byte(i)
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		}
		to[i] = c
	}
	return to
}()

// find appends the parts of the original that contain a form, or half of one.
func (v decodedText) find(all []form, spans []span) []span {
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

// holds reports whether the text contains a complete form.
func (v decodedText) holds(all []form) bool {
	text := v.folded()
	return slices.ContainsFunc(all, func(f form) bool { return bytes.Contains(text, f.text) })
}

// findWhole appends the parts of the original that contain a complete form.
func (v decodedText) findWhole(all []form, spans []span) []span {
	text := v.folded()
	for _, f := range all {
		for from := 0; ; {
			i := bytes.Index(text[from:], f.text)
			if i < 0 {
				break
			}
			from += i + len(f.text)
			spans = append(spans, span{v.at[from-len(f.text)].from, v.at[from-1].to})
		}
	}
	return spans
}

// unescaped undoes the escapes of URLs, JSON, Go, C and HTML, once.
func (v decodedText) unescaped() (out decodedText, changed bool) {
	if !bytes.ContainsAny(v.text, escapes) {
		return v, false
	}
	out = v.empty()
	from := 0
	for i := 0; i < len(v.text); {
		if c := v.text[i]; c != '%' && c != '&' && c != '\\' {
			i++
			continue
		}
		to, n := unescape(v.text[i:])
		if n == 0 {
			i++
			continue
		}
		changed = true
		out.keep(v, from, i)
		out.text = append(out.text, to...)
		if v.at != nil {
			for range to {
				out.at = append(out.at, span{v.at[i].from, v.at[i+n-1].to})
			}
		}
		i += n
		from = i
	}
	out.keep(v, from, len(v.text))
	return out, changed
}

// escapes are the characters that an escape begins with.
const escapes = `%&\`

// unescape decodes the escape at the beginning of a text and returns its length, or 0 if there
// is none.
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
		case '0', '1', '2', '3':
			if len(text) >= 4 {
				if b, err := strconv.ParseUint(string(text[1:4]), 8, 8); err == nil {
					return []byte{byte(b)}, 4
				}
			}
		case 'n', 'r', 't', 'b', 'f':
			return nil, 2
		}
	}
	return nil, 0
}

// code decodes the digits of an escape, which begin after some characters: two digits are a
// byte, more are a character.
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
