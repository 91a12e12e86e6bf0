// Package people finds people in texts, so that they can be left out where a text is published.
package people

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Set finds the keys of people in texts, in any case of letters: alone, in the address of the person, and as a
// part of the key of another object.
type Set struct {
	words map[string]schema.Address
	odd   []oddKey
}

// An oddKey is a key that is not one word.
type oddKey struct {
	of      schema.Address
	pattern *regexp.Regexp
}

// NewSet returns a set of people.
func NewSet(people []schema.Address) *Set {
	s := &Set{words: make(map[string]schema.Address, len(people))}
	for _, a := range people {
		key := strings.ToLower(a.Key)
		if strings.ContainsFunc(key, separates) || strings.HasSuffix(key, ".") || key == "" {
			if key != "" {
				s.odd = append(s.odd, oddKey{a, regexp.MustCompile("(?i)" + regexp.QuoteMeta(a.Key))})
			}
			continue
		}
		s.words[key], s.words[a.Kind+"."+key] = a, a
	}
	// The longer first, so that no key hides a part of another.
	slices.SortFunc(s.odd, func(a, b oddKey) int { return len(b.of.Key) - len(a.of.Key) })
	return s
}

// separates reports whether a character ends a word.
func separates(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`,;:"'`+"`"+`()<>[]{}/|\`, r)
}

// In returns the people whom a text names.
func (s *Set) In(text string) []schema.Address {
	var out []schema.Address
	s.replace(text, func(a schema.Address) string {
		out = append(out, a)
		return ""
	})
	return out
}

// replace returns the text with each key replaced.
func (s *Set) replace(text string, by func(schema.Address) string) string {
	for _, k := range s.odd {
		text = k.pattern.ReplaceAllStringFunc(text, func(string) string { return by(k.of) })
	}
	var out strings.Builder
	for len(text) > 0 {
		n := strings.IndexFunc(text, separates)
		if n == 0 {
			n = strings.IndexFunc(text, func(r rune) bool { return !separates(r) })
		}
		if n < 0 {
			n = len(text)
		}
		out.WriteString(s.word(text[:n], by))
		text = text[n:]
	}
	return out.String()
}

// word returns a word with the key in it replaced.
func (s *Set) word(word string, by func(schema.Address) string) string {
	bare := strings.TrimRight(word, ".")
	a, ok := s.words[strings.ToLower(bare)]
	if !ok {
		return word
	}
	before := ""
	if len(bare) > len(a.Key) {
		before = a.Kind + "."
	}
	return before + by(a) + word[len(bare):]
}

// Hide copies a JSON document with every person of the set replaced by "undeclared-user-1", "undeclared-user-2", and
// so on, in texts and in names of members. The numbers are in the order of the keys.
func (s *Set) Hide(w io.Writer, document io.Reader) error {
	numbers := map[schema.Address]string{}
	var all []schema.Address
	for _, k := range s.odd {
		all = append(all, k.of)
	}
	for word, a := range s.words {
		if word == strings.ToLower(a.Key) {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, schema.Address.Compare)
	for i, a := range all {
		numbers[a] = fmt.Sprint("undeclared-", a.Kind, "-", i+1)
	}
	h := hider{s, json.NewDecoder(document), json.NewEncoder(w), w, func(a schema.Address) string { return numbers[a] }, nil}
	h.in.UseNumber()
	h.out.SetEscapeHTML(false)
	h.value()
	return h.err
}

// A hider copies a JSON document. The first error ends it.
type hider struct {
	set  *Set
	in   *json.Decoder
	out  *json.Encoder
	w    io.Writer
	name func(schema.Address) string
	err  error
}

func (h *hider) token() json.Token {
	if h.err != nil {
		return nil
	}
	t, err := h.in.Token()
	h.err = err
	return t
}

func (h *hider) write(v any) {
	if s, ok := v.(string); ok {
		v = h.set.replace(s, h.name)
	}
	if h.err == nil {
		h.err = h.out.Encode(v)
	}
}

func (h *hider) raw(s string) {
	if h.err == nil {
		_, h.err = io.WriteString(h.w, s)
	}
}

// value copies a value.
func (h *hider) value() {
	t := h.token()
	open, nested := t.(json.Delim)
	if !nested {
		h.write(t)
		return
	}
	h.raw(open.String())
	for n := 0; h.err == nil && h.in.More(); n++ {
		if n > 0 {
			h.raw(",")
		}
		if open == '{' {
			h.write(h.token())
			h.raw(":")
		}
		h.value()
	}
	if end, ok := h.token().(json.Delim); ok {
		h.raw(end.String())
	}
}
