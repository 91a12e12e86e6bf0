package schema

import (
	"strings"
	"testing"
)

func TestPrivilege(t *testing.T) {
	grant := Grant{Right: "cull animals", Scope: "Class/Birds and Continent/Europe", Via: "role HEAD_KEEPER in team Night"}
	for pattern, want := range map[string]bool{
		"cull animals":                         true,
		"CULL Animals":                         true,
		"cull":                                 false,
		"cull*":                                true,
		"*animals":                             true,
		"*l*a*ls":                              true,
		"*l*a*lx":                              false,
		"*ll ani*animals":                      false,
		"*":                                    true,
		"* on Class/*":                         true,
		"* on Class":                           false,
		"feed on Class/*":                      false,
		"* through role HEAD_KEEPER in *":      true,
		"* through role KEEPER in *":           false,
		"cull* on *Europe through *team Night": true,
		"cull* on *Europe through *team Day":   false,
		"* on * through *":                     true,
	} {
		p, err := ParsePrivilege(pattern)
		if err != nil {
			t.Errorf("%q: %v", pattern, err)
			continue
		}
		if got := p.Matches(&grant); got != want {
			t.Errorf("%q matches: %t, want %t", pattern, got, want)
		}
		if want && !p.MatchesRight(grant.Right) {
			t.Errorf("%q does not match the right", pattern)
		}
	}
	for _, bad := range []string{"", " ", " cull", "cull ", " on the zoo", "cull on ", "cull through "} {
		if _, err := ParsePrivilege(bad); err == nil || !strings.Contains(err.Error(), "is not a right") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
