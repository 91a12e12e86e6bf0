package rest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// Format writes the configuration without its credential, whatever the verb.
func (c Config) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "rest.Config{Product: %q, Base: %q, Header: %s}", c.Product, redactURL(c.Base), secret.Redacted)
}

// Format writes the client without its credential, whatever the verb.
func (c *Client) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "rest.Client{Product: %q, Base: %q}", c.config.Product, redactURL(c.config.Base))
}

// keep makes secret what the configuration sends: the values of the headers, and
// the password of the base URL.
func (c *Config) keep() {
	c.Secrets.AddHeader(c.Header)
	if u, err := url.Parse(c.Base); err == nil && u.User != nil {
		if p, ok := u.User.Password(); ok && p != "" {
			c.Secrets.Add(p)
		}
	}
}

// What is read of a text from outside, and what is shown of it: bytes and characters.
const (
	mostRead  = 64 << 10
	mostShown = 200
)

// clean makes a text from outside fit for a message: one line without secrets, of
// bounded length, with escapes for what is invisible. Secrets are looked for before
// the text is cut, so that none is cut in half and no longer found.
func (s *sending) clean(message string) string {
	message = text.Clean(strings.Join(strings.FieldsFunc(message, lineSpace), " "))
	message = s.config.Secrets.Redact(message[:min(len(message), mostRead)])
	if r := []rune(message); len(r) > mostShown {
		message = string(r[:mostShown-1]) + "…"
	}
	return message
}

// lineSpace reports whether the character is a space or a line break that needs no
// escape.
func lineSpace(r rune) bool { return strings.ContainsRune(" \t\n\r\v\f", r) }

// url returns the address of the call as a message may show it. Its server is no
// secret, even where a word of its name is, as for an emulator.
func (s *sending) url() string {
	address := redactURL(s.address)
	path := strings.Index(address, "://") + len("://")
	path += max(0, strings.IndexAny(address[path:], "/?"))
	return address[:path] + s.config.Secrets.Redact(address[path:])
}

// ShownURL returns an address as a message may show it.
func ShownURL(address string) string { return redactURL(address) }

// redactURL returns an address without what must not be seen: user, password, and
// the values of query parameters that sound like a credential.
func redactURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable address)"
	}
	u.User, u.Fragment = nil, ""
	if u.RawQuery != "" {
		q := u.Query()
		for name, values := range q {
			if looksSecret(name) {
				for i := range values {
					values[i] = "redacted"
				}
			}
		}
		u.RawQuery = q.Encode()
	}
	return u.String()
}

func looksSecret(name string) bool {
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
