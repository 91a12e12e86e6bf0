package tines

import (
	"fmt"
	"net/mail"
	"strings"
)

// mailbox is the rule for an address to sign in with.
func mailbox(s string) error {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" {
		return fmt.Errorf("must be an e-mail address such as ana@zoo.example; this is %q", s)
	}
	if _, domain, _ := strings.Cut(s, "@"); !strings.Contains(domain, ".") {
		return fmt.Errorf("must have a domain with a dot, such as ana@zoo.example; this is %q", s)
	}
	return nil
}

// oneOf chooses the words for one or for several.
func oneOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
