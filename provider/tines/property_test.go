package tines_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// A drawn is a random tenant: what is live, or what files say.
type drawn struct {
	roles map[string][]string          // name -> permissions
	teams map[string]map[string]string // name -> member -> role
	users []string                     // who are owners of nothing
}

// drawTenant draws a tenant with the given teams, or any where none are given. A
// team that came or went would keep its last member.
func drawTenant(t *rapid.T, side string, teams ...string) drawn {
	some := func(what string, least int, from ...string) []string {
		return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), least, len(from)).Draw(t, side+" "+what))
	}
	d := drawn{roles: map[string][]string{}, teams: map[string]map[string]string{}}
	for _, r := range some("roles", 1, "ONE", "TWO", "THREE") {
		d.roles[r] = some("permissions of "+r, 1, "CASE_VIEW", "CASE_CREATE", "STORY_VIEW", "STORY_CREATE")
	}
	d.users = some("users", 1, "ana@zoo.example", "ben@zoo.example", "cleo@zoo.example", "dan@zoo.example")
	held := append(slices.Sorted(maps.Keys(d.roles)), "VIEWER", "EDITOR")
	if teams == nil {
		teams = some("teams", 1, "Day", "Night", "Weekend")
	}
	for _, team := range schema.Canonical(teams) {
		members := map[string]string{}
		for _, u := range some("members of "+team, 0, d.users...) {
			members[u] = rapid.SampledFrom(held).Draw(t, side+" role of "+u+" in "+team)
		}
		d.teams[team] = members
	}
	return d
}

// blocks is the tenant as files say it, the whole of it.
func (d drawn) blocks() []string {
	list := func(words []string) string {
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = fmt.Sprintf("%q", w)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	var out []string
	for _, r := range slices.Sorted(maps.Keys(d.roles)) {
		out = append(out, fmt.Sprintf("role %q {\n  permissions = %s\n}\n", r, list(d.roles[r])))
	}
	for _, u := range d.users {
		out = append(out, fmt.Sprintf("user %q {\n  active = true\n}\n", u))
	}
	for _, team := range slices.Sorted(maps.Keys(d.teams)) {
		text := fmt.Sprintf("team %q {\n  members = {\n", team)
		for _, u := range slices.Sorted(maps.Keys(d.teams[team])) {
			text += fmt.Sprintf("    %q = %q\n", u, d.teams[team][u])
		}
		out = append(out, text+"  }\n}\n")
	}
	return out
}

// head is the provider block of the drawn files.
func head(removal string) string {
	return fmt.Sprintf(`provider "tines" {
  tenant              = "https://zoo.tines.com"
  key_user            = "owner@zoo.example"
  allow_team_deletion = true
  manage "role" { mode = "authoritative" }
  manage "team" {
    mode       = "authoritative"
    on_removal = "delete"
  }
  manage "membership" {
    mode   = "authoritative"
    ignore = ["*/stay@zoo.example"]
  }
  manage "user" {
    mode       = "authoritative"
    on_removal = %q
    ignore     = ["owner@*", "stay@*"]
  }
  limits {
    max_deletes = 1000
    allow_empty = true
  }
}
`, removal)
}

// TestProperties draws a tenant and the files that it shall follow.
func TestProperties(t *testing.T) {
	providertest.Property{
		Provider: tines.Provider(),
		Draw: func(t *rapid.T) providertest.Drawn {
			from := drawTenant(t, "live")
			to := drawTenant(t, "files", slices.Collect(maps.Keys(from.teams))...)
			removal := rapid.SampledFrom([]string{"deactivate", "delete"}).Draw(t, "removal")
			moments := &providertest.RightsLog{}
			s, err := emulator.New(emulator.Options{Seed: seedOf(from), Rate: -1, Watch: noteAccess(moments)})
			if err != nil {
				t.Fatal(err)
			}
			return providertest.Drawn{
				Product: providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: "owner", TakeRights: moments.Take},
				Head:    head(removal), From: from.blocks(), To: to.blocks(),
			}
		},
		Deactivate: func(o *schema.Object) string {
			o.Body.(*tines.User).Active = false
			return "active"
		},
	}.Check(t)
}
