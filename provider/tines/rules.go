package tines

import (
	"fmt"
	"maps"
	"net/mail"
	"slices"
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

// list joins words for a sentence and cuts a long list short, saying so.
func list(words []string, most int) string {
	if len(words) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// count says a number with its noun: "1 user", "3 users".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// oneOf chooses the words for one or for several.
func oneOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
