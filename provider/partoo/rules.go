package partoo

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Characters that Partoo forbids in names. Its documentation ends both lists with
// a full stop that is punctuation: a pattern of a sibling field leaves it out.
const (
	notInRoles  = `,;/\|<>`
	notInGroups = `,;/`
)

// upTo returns a Check for texts of 1 to hi characters without any of the forbidden
// ones. A hi of 0 is no limit.
func upTo(hi int, forbidden string) func(string) error {
	return func(s string) error {
		if i := strings.IndexAny(s, forbidden); i >= 0 {
			return fmt.Errorf("must not contain %q; Partoo forbids %s here", s[i:i+1], forbiddenWords(forbidden))
		}
		switch n := utf8.RuneCountInString(s); {
		case n == 0:
			return errors.New("must not be empty")
		case hi > 0 && n > hi:
			return fmt.Errorf("must have at most %d characters; this has %d", hi, n)
		}
		return nil
	}
}

// forbiddenWords lists characters one by one: , ; /
func forbiddenWords(characters string) string {
	return strings.Join(strings.Split(characters, ""), " ")
}

// businessID is the rule for a member of a businesses set. The form c-<code> is
// known to paths only; inside a body it would name no business.
func businessID(s string) error {
	switch code, isCode := strings.CutPrefix(s, "c-"); {
	case isCode:
		return fmt.Errorf("takes business ids; write the store code %q in store_codes instead", code)
	case s == "" || strings.ContainsAny(s, " \t\r\n,;/"):
		return fmt.Errorf("takes business ids such as 5409c35a97bbc544d8e26737; this is %q", s)
	}
	return nil
}

// empty reports whether the attribute is set to a text without characters.
func empty(o *schema.Object, attribute string) bool {
	s, set := o.Any(attribute).(string)
	return set && s == ""
}

// baseURL is the rule for an endpoint.
func baseURL(s string) error {
	if s == "emulator" {
		return nil
	}
	return rest.CheckAddress(s, fmt.Sprintf("%q or a URL such as %s", "emulator", Production), apiPath)
}
