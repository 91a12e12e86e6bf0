package text

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON replaces the characters of a JSON document that Clean escapes by escapes of JSON, so
// that the document is safe to print and decodes to the same values. Line feeds and tabs
// between the values stay. If there is nothing to escape, it returns doc itself.
func JSON(doc []byte) []byte {
	at := invisibleJSON(doc)
	if at == len(doc) {
		return doc
	}
	out := make([]byte, 0, len(doc)+64)
	for len(doc) > 0 {
		out = append(out, doc[:at]...)
		if doc = doc[at:]; len(doc) == 0 {
			break
		}
		r, n := utf8.DecodeRune(doc)
		out = appendJSONEscape(out, r)
		doc = doc[n:]
		at = invisibleJSON(doc)
	}
	return out
}

// invisibleJSON leaves ASCII below DEL alone: there, a valid document has no control
// characters but those between its values.
func invisibleJSON(doc []byte) int {
	for i := 0; i < len(doc); {
		if doc[i] < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(doc[i:])
		if r == utf8.RuneError && n == 1 || !Visible(r) {
			return i
		}
		i += n
	}
	return len(doc)
}

func appendJSONEscape(to []byte, r rune) []byte {
	if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
		return appendJSONEscape(appendJSONEscape(to, hi), lo)
	}
	return fmt.Appendf(to, `\u%04x`, r)
}
