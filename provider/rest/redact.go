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

// addSecrets adds the values of the headers and the password of the base URL to Secrets.
func (c *Config) addSecrets() {
	c.Secrets.AddHeader(c.Header)
	if u, err := url.Parse(c.Base); err == nil && u.User != nil {
		if p, ok := u.User.Password(); ok && p != "" {
			c.Secrets.Add(p)
		}
	}
}

// Limits of a text from outside.
const (
	maxRead  = 64 << 10 // bytes
	maxShown = 200      // characters
)

// clean prepares a text from outside for a message: one line of limited length, without
// secrets, and with invisible characters escaped. It replaces secrets before it truncates
// the text, so that no part of a secret remains.
func (s *activeCall) clean(message string) string {
	message = text.Clean(strings.Join(strings.FieldsFunc(message, isSpace), " "))
	return text.Shorten(s.config.Secrets.Redact(message[:min(len(message), maxRead)]), maxShown)
}

// isSpace reports whether the character is a space or a line break.
func isSpace(r rune) bool { return strings.ContainsRune(" \t\n\r\v\f", r) }

// url returns the URL of the call without secrets. The server is shown even if its name
// contains a secret, as that of an emulator may.
func (s *activeCall) url() string {
	address := redactURL(s.address)
	path := strings.Index(address, "://") + len("://")
	path += max(0, strings.IndexAny(address[path:], "/?"))
	return address[:path] + s.config.Secrets.Redact(address[path:])
}

// ShownURL returns a URL without secrets, for messages.
func ShownURL(address string) string { return redactURL(address) }

// redactURL removes user and password, and the values of query parameters whose names
// suggest a credential.
func redactURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable address)"
	}
	u.User, u.Fragment = nil, ""
	if u.RawQuery != "" {
		q := u.Query()
		for name, values := range q {
			if LooksSecret(name) {
				for i := range values {
					values[i] = "redacted"
				}
			}
		}
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// LooksSecret reports whether the name of a parameter suggests that its value is a credential.
func LooksSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"key", "token", "secret", "pass", "auth", "signature", "credential"},
		func(word string) bool { return strings.Contains(name, word) })
}

// A textError replaces the text of an error.
type textError struct {
	text string
	err  error
}

func (e *textError) Error() string { return e.text }
func (e *textError) Unwrap() error { return e.err }
