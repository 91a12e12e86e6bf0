package rest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

const redacted = "(redacted)"

// Format writes the configuration without its credential, whatever the verb.
func (c Config) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "rest.Config{Product: %q, Base: %q, Header: %s}", c.Product, shown(c.Base), redacted)
}

// Format writes the client without its credential, whatever the verb.
func (c *Client) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "rest.Client{Product: %q, Base: %q}", c.config.Product, shown(c.config.Base))
}

// secrets lists the texts that must not appear in a message: the values of the
// configured headers, without their scheme too ("Bearer x"), and the password of
// the base URL. Words too short to be a secret are left out, they would blot out
// ordinary text.
func secrets(c Config) []string {
	out := secretsOf(c.Header)
	if u, err := url.Parse(c.Base); err == nil && u.User != nil {
		if p, ok := u.User.Password(); ok && p != "" {
			out = append(out, p)
		}
	}
	return out
}

func secretsOf(h http.Header) []string {
	var out []string
	for name, values := range h {
		switch http.CanonicalHeaderKey(name) {
		case "Accept", "Accept-Language", "Content-Type", "User-Agent":
			continue
		}
		for _, v := range values {
			out = append(out, v)
			if _, bare, ok := strings.Cut(v, " "); ok {
				out = append(out, strings.TrimSpace(bare))
			}
		}
	}
	out = slices.DeleteFunc(out, func(s string) bool { return len(s) < 6 })
	// The longest first, so that what contains another goes as a whole.
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(out)
}

func hide(s string, secrets []string) string {
	for _, secret := range secrets {
		s = strings.ReplaceAll(s, secret, redacted)
	}
	return s
}

// clean makes a text from outside fit for a message: one line without secrets, of
// bounded length, with escapes for what is invisible. A secret is found even where
// invisible characters are strewn into it; then all of those are dropped.
func (s *sending) clean(message string) string {
	message = hide(message, s.secrets)
	bare := strings.Map(func(r rune) rune {
		if !text.Visible(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, message)
	if hidden := hide(bare, s.secrets); hidden != bare {
		message = hidden
	}
	message = text.Clean(strings.Join(strings.FieldsFunc(message, lineSpace), " "))
	if r := []rune(message); len(r) > 200 {
		message = string(r[:199]) + "…"
	}
	return message
}

// lineSpace reports whether the character is a space or a line break that needs no
// escape.
func lineSpace(r rune) bool { return strings.ContainsRune(" \t\n\r\v\f", r) }

// shown returns an address without what must not be seen: user, password, and
// the values of query parameters that sound like a credential.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable address)"
	}
	u.User, u.Fragment = nil, ""
	if u.RawQuery != "" {
		q := u.Query()
		for name, values := range q {
			if sounds(name) {
				for i := range values {
					values[i] = "redacted"
				}
			}
		}
		u.RawQuery = q.Encode()
	}
	return u.String()
}

func sounds(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"key", "token", "secret", "pass", "auth", "signature", "credential"},
		func(word string) bool { return strings.Contains(name, word) })
}

// A cause is an error whose words are fit for a message.
type cause struct {
	text string
	err  error
}

func (e *cause) Error() string { return e.text }
func (e *cause) Unwrap() error { return e.err }
