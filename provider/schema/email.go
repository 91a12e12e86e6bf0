package schema

import (
	"fmt"
	"net/mail"
	"strings"
)

// EmailAddress is the Check of an attribute that holds an e-mail address to sign in with,
// without a display name.
func EmailAddress(s string) error {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" {
		return fmt.Errorf("must be an e-mail address such as ana@zoo.example; this is %q", s)
	}
	if _, domain, _ := strings.Cut(s, "@"); !strings.Contains(domain, ".") {
		return fmt.Errorf("must have a domain with a dot, such as ana@zoo.example; this is %q", s)
	}
	return nil
}
