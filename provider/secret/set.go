// Package secret knows the secrets of a run and replaces them in whatever leaves the
// program: messages, output, saved plans and journals.
package secret

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Redacted replaces a secret.
const Redacted = "(redacted)"

// shortest is the minimum length of a secret that is searched in every form. A shorter one,
// which no product issues, is replaced only as a separate word, because it may be a part of
// ordinary words.
const shortest = 8

// A Set holds texts that nothing may show: keys, passwords, tokens. The zero value is
// empty. Its methods may be called by several goroutines.
type Set struct {
	mu    sync.RWMutex
	known map[string]bool
	forms []form
	short []string
}

// A form is one way in which a secret can be written, folded. Its first or last half
// is enough to find it, because who repeats a secret may have cut it.
type form struct {
	text []byte
	half int
}

// Add makes texts secret, for all that is redacted from now on.
func (s *Set) Add(secrets ...string) {
	for _, secret := range secrets {
		s.mu.RLock()
		known := s.known[secret]
		s.mu.RUnlock()
		if !known {
			s.add(secret)
		}
	}
}

func (s *Set) add(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]bool{}
	}
	if s.known[secret] {
		return
	}
	s.known[secret] = true
	switch {
	case len(secret) >= shortest:
		s.forms = append(s.forms, forms(secret)...)
	case len(secret) >= 4:
		s.short = append(s.short, secret)
	}
}

// AddHeader makes the values of a header secret, and what is in them: the token
// after the word for its sort, the user and password of basic authentication.
func (s *Set) AddHeader(h http.Header) {
	for _, values := range h {
		for _, v := range values {
			if sort, bare, ok := strings.Cut(v, " "); ok {
				v = strings.TrimSpace(bare)
				if pair, err := base64.StdEncoding.DecodeString(v); err == nil && strings.EqualFold(sort, "Basic") {
					_, password, _ := strings.Cut(string(pair), ":")
					s.Add(password)
				}
			}
			s.Add(v)
		}
	}
}

// forms returns how a secret can be written: unchanged, in hexadecimal digits with or without
// colons, and in base64, alone or within a longer text. unescape decodes other forms.
func forms(secret string) []form {
	digits := hex.EncodeToString([]byte(secret))
	all := []string{secret, digits, strings.Join(pairs(digits), ":")}
	for before := range 3 {
		code := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), secret...))
		first := (before*8 + 5) / 6 // that no bit before the secret plays a part in
		all = append(all, code[first:(before+len(secret))*8/6])
	}
	var out []form
	for _, text := range all {
		if v := undecoded(text).visible(); len(v.text) >= shortest {
			out = append(out, form{v.folded(), max(shortest, (len(v.text)+1)/2)})
		}
	}
	return out
}

// pairs cuts a text of even length into pieces of two bytes.
func pairs(text string) []string {
	var out []string
	for ; text != ""; text = text[2:] {
		out = append(out, text[:2])
	}
	return out
}

// In reports whether a secret of at least eight bytes stands in the text as it is.
func (s *Set) In(text string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for secret := range s.known {
		if len(secret) >= shortest && strings.Contains(text, secret) {
			return true
		}
	}
	return false
}

// Redact replaces every secret in a text: also in other letter case, with spaces or invisible
// characters in between, cut in half, in base64 or hexadecimal digits, and in the escapes of
// URLs, JSON, C and HTML, nested up to three times. It also replaces the user of a URL, and
// text that looks like a token.
func (s *Set) Redact(text string) string {
	s.mu.RLock()
	known, short := s.forms, s.short
	s.mu.RUnlock()
	var spans []span
	if len(known) > 0 {
		for v := range undecoded(text).decodings() {
			spans = v.find(known, spans)
		}
	}
	for _, secret := range short {
		spans = findWords(text, secret, spans)
	}
	return redactTokens(replace(text, spans))
}

// A span is a part of a text.
type span struct{ from, to int }

// replace puts the mark in the place of the spans.
func replace(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	end := 0
	for i, s := range spans {
		if i == 0 || s.from > end {
			b.WriteString(text[end:s.from] + Redacted)
		}
		end = max(end, s.to)
	}
	b.WriteString(text[end:])
	return b.String()
}

// findWords finds a secret that has no letter or digit around it.
func findWords(text, secret string, spans []span) []span {
	for from := 0; ; {
		i := strings.Index(text[from:], secret)
		if i < 0 {
			return spans
		}
		from += i
		to := from + len(secret)
		if (from == 0 || !alphanumeric(text[from-1])) && (to == len(text) || !alphanumeric(text[to])) {
			spans = append(spans, span{from, to})
		}
		from = to
	}
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80
}

var (
	userOf = regexp.MustCompile(`://[^/?#\s"'<>@]*@`)
	webJWT = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)?`)
	named  = regexp.MustCompile(`(?i)((?:token|secret|password|passwd|api_?-?key|authorization|bearer|basic)[\\"']*\s*(?:[:=]\s*)?[\\"']*(?:bearer\s+|basic\s+)?)([A-Za-z0-9+/=_.~%-]{12,})`)
)

// redactTokens replaces what has the look of a secret that is not known: the user of
// a URL, a JSON Web Token, and a value with digits behind the name of a secret.
func redactTokens(text string) string {
	text = userOf.ReplaceAllString(text, "://"+Redacted+"@")
	text = webJWT.ReplaceAllString(text, Redacted)
	return named.ReplaceAllStringFunc(text, func(match string) string {
		parts := named.FindStringSubmatch(match)
		if !strings.ContainsAny(parts[2], "0123456789") {
			return match
		}
		return parts[1] + Redacted
	})
}
