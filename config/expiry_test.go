package config

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// terms lists the objects of a tenant with the day on which each expires, and then what has expired.
func terms(tn *schema.Tenant) []string {
	var out []string
	for i := range tn.Objects {
		o := &tn.Objects[i]
		line := o.Addr.Kind + "." + o.Addr.Key
		if o.Term != nil {
			line += fmt.Sprintf(" %s in %d %q", o.Term.Expires, o.Term.Days, o.Term.Reason)
			for _, e := range o.Term.Entries {
				line += fmt.Sprintf(", %s %s %s in %d %q", e.Attribute, e.Name, e.Expires, e.Days, e.Reason)
			}
		}
		out = append(out, line)
	}
	for _, r := range tn.Removed {
		out = append(out, fmt.Sprintf("removed %s.%s %s", r.Kind, r.Key, r.Expired.Until()))
	}
	return out
}

// TestExpiryBegins checks at which moment a block counts as removed.
func TestExpiryBegins(t *testing.T) {
	for _, tt := range []struct {
		now, zone string
		expired   bool
	}{
		{"2026-12-30T23:59:59Z", "", false},
		{"2026-12-31T00:00:00Z", "", true},
		{"2026-12-31T23:59:59Z", "", true},
		{"2026-12-30T22:59:59Z", "Europe/Paris", false},
		{"2026-12-30T23:00:00Z", "Europe/Paris", true},
		{"2026-12-31T04:59:59Z", "America/New_York", false},
		{"2026-12-31T05:00:00Z", "America/New_York", true},
		{"2026-12-30T23:00:00+14:00", "Pacific/Kiritimati", false},
		{"2026-12-31T00:00:00+14:00", "Pacific/Kiritimati", true},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		zone := ""
		if tt.zone != "" {
			zone = fmt.Sprintf("time_zone = %q", tt.zone)
		}
		c := load(t, `
-- main.hcl --
provider "desk" {
  team = 1
  `+zone+`
}
role "night" {
  permissions = ["read"]
  expires     = "2026-12-31"
}
`, Options{Now: now})
		if got := len(c.Tenants[0].Removed) == 1; got != tt.expired {
			t.Errorf("at %s in %q: expired is %v", tt.now, tt.zone, got)
		}
	}
}

// TestTerms checks where terms may be written, and who inherits them.
func TestTerms(t *testing.T) {
	c := load(t, `
-- people.csv --
email,expires,why
ana@zoo.example,,
ben@zoo.example,2026-12-31,stands in for Ana
cem@zoo.example,2026-11-29,
-- main.hcl --
provider "desk" { team = 1 }

section "s" {}
group "a" {
  section = section.s
  stores  = ["1"]
}
group "b" {
  section = section.s
  stores  = ["2"]
}
access "a" { groups = [group.a] }
access "b" { groups = [group.b] }

user "person" {
  for_each   = { for p in csvdecode(file("people.csv")) : p.email => p }
  first_name = "Person"
  expires    = each.value.expires
  reason     = each.value.why
  accesses   = [access.a, { access = access.b, expires = "2026-12-06", reason = "moves out" }]
}

user "ida@zoo.example" {
  first_name = "Ida"
  expires    = null
  reason     = "keeps the keys"
  accesses   = [access.a, { access = access.b, expires = "2026-11-28" }]
}

role "old" {
  permissions = ["read"]
  expires     = "2026-01-01"
  previously  = ["older"]
}

seat "s/a" "ben@zoo.example" { level = "reader" }
seat "s/b" "ben@zoo.example" {
  level   = "reader"
  expires = "2026-12-01"
}
seat "s/a" "cem@zoo.example" { level = "reader" }
-- more.hcl.json --
{"role": {"json": {"permissions": ["read"], "expires": "2026-12-31", "reason": "${upper(\"x\")}"}}}
`, Options{Now: november})
	want := []string{
		`role.json 2026-12-31 in 32 "X"`,
		`section.s`, `group.s/a`, `group.s/b`, `access.a`, `access.b`,
		`user.ana@zoo.example  in 0 "", accesses [s/b] 2026-12-06 in 7 "moves out"`,
		`user.ben@zoo.example 2026-12-31 in 32 "stands in for Ana", accesses [s/b] 2026-12-06 in 7 "moves out"`,
		`user.ida@zoo.example  in 0 "keeps the keys", accesses [s/b] 2026-11-28 in -1 ""`,
		`seat.s%2Fa/ben@zoo.example 2026-12-31 in 32 "stands in for Ana"`,
		`seat.s%2Fb/ben@zoo.example 2026-12-01 in 2 ""`,
		`removed role.old 2026-01-01`,
		`removed user.cem@zoo.example 2026-11-29`,
		`removed seat.s%2Fa/cem@zoo.example 2026-11-29`,
	}
	equal(t, "terms", terms(c.Tenants[0]), want)
	at := slices.IndexFunc(c.Tenants[0].Objects, func(o schema.Object) bool { return o.Addr.Key == "ida@zoo.example" })
	ida := c.Tenants[0].Objects[at]
	equal(t, "accesses without the one that has expired", ida.Any("accesses"), [][]string{{"s/a"}})
}

// TestNoClock checks that no block is loaded that expires without a day to compare it with.
func TestNoClock(t *testing.T) {
	_, diags := Load(write(t, txtar.Parse([]byte(`
-- main.hcl --
provider "desk" { team = 1 }
role "night" {
  permissions = ["read"]
  expires     = "2026-12-31"
}
`))), Options{Products: products()})
	if !diags.HasErrors() {
		t.Error("it was loaded")
	}
}
