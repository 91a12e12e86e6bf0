package schema

import (
	"fmt"
	"strings"
)

// A Privilege is a pattern of privileged grants, written as plans print a grant: "RIGHT on
// SCOPE through VIA". In each part, * stands for any text.
type Privilege struct {
	right, scope, via string // patterns
}

const (
	onScope    = " on "
	throughVia = " through "
)

// ParsePrivilege reads a pattern such as "cull", "* on the whole organization" or
// "* through role TEAM_ADMIN in *". Parts that are left out match everything.
func ParsePrivilege(s string) (Privilege, error) {
	p := Privilege{right: s, scope: "*", via: "*"}
	if before, via, ok := strings.Cut(p.right, throughVia); ok {
		p.right, p.via = before, via
	}
	if right, scope, ok := strings.Cut(p.right, onScope); ok {
		p.right, p.scope = right, scope
	}
	if p.right == "" || p.scope == "" || p.via == "" || strings.TrimSpace(s) != s {
		return Privilege{}, fmt.Errorf("%q is not a right such as %q or %q", s, "everything", "* on the whole organization")
	}
	return p, nil
}

// Privileges returns the patterns of what is privileged: those of the provider block, or of the
// product if the block has none. config and Product.Check refuse patterns that are invalid.
func (t *Tenant) Privileges() []Privilege {
	patterns := t.Privileged
	if patterns == nil {
		patterns = t.Product.Privileged
	}
	var out []Privilege
	for _, s := range patterns {
		if p, err := ParsePrivilege(s); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// AnyRight reports whether the pattern is about a place or a role, whatever right is held
// there.
func (p Privilege) AnyRight() bool { return p.right == "*" }

// MatchesRight reports whether the pattern may be about grants of the right.
func (p Privilege) MatchesRight(right string) bool { return wildcard(p.right, right) }

// Matches reports whether the grant is one of those that the pattern is about.
func (p Privilege) Matches(g *Grant) bool {
	return wildcard(p.right, g.Right) && wildcard(p.scope, g.Scope) && wildcard(p.via, g.Via)
}

// wildcard reports whether the text matches the pattern, in which * stands for any text. It
// ignores letter case.
func wildcard(pattern, text string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return strings.EqualFold(pattern, text)
	}
	if rest == "" && head == "" {
		return true
	}
	text, ok := cutPrefixFold(text, head)
	if !ok {
		return false
	}
	for {
		part, next, more := strings.Cut(rest, "*")
		if !more {
			return len(text) >= len(part) && strings.EqualFold(text[len(text)-len(part):], part)
		}
		for {
			after, found := cutPrefixFold(text, part)
			if found {
				text = after
				break
			}
			if text == "" {
				return false
			}
			text = text[1:]
		}
		rest = next
	}
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
