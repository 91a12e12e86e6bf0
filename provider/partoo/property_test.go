package partoo_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A drawn is a random organization: what is live, or what files say.
type drawn struct {
	groups map[string][]string // "Section/Group" -> codes of businesses
	roles  map[string][]string // api_id -> permissions
	users  map[string]person
}

type person struct {
	role       string
	accesses   [][]string // of a GROUP_MANAGER
	businesses []string   // of a BUSINESS_MANAGER
}

var codes = []string{"S1", "S2", "S3", "S4"}

func drawOrg(t *rapid.T, side string) drawn {
	some := func(what string, least int, from ...string) []string {
		return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), least, len(from)).Draw(t, side+" "+what))
	}
	o := drawn{groups: map[string][]string{}, roles: map[string][]string{}, users: map[string]person{}}
	for _, g := range some("groups", 1, "A/x", "A/y", "B/x", "B/z") {
		o.groups[g] = some("businesses of "+g, 1, codes...)
	}
	for _, r := range some("roles", 1, "one", "two", "three") {
		o.roles[r] = some("permissions of "+r, 0, "business_edit_city", "business_edit_country", "business_edit_zipcode")
	}
	for _, u := range some("users", 0, "ana", "ben", "cleo", "dan") {
		p := person{role: rapid.SampledFrom(slices.Sorted(maps.Keys(o.roles))).Draw(t, side+" role of "+u)}
		if rapid.IntRange(0, 3).Draw(t, side+" "+u+" has businesses") == 0 {
			p.businesses = some("businesses of "+u, 1, codes...)
		} else {
			for range rapid.IntRange(1, 2).Draw(t, side+" accesses of "+u) {
				p.accesses = append(p.accesses, some("access of "+u, 1, slices.Sorted(maps.Keys(o.groups))...))
			}
			p.accesses = schema.CanonicalSets(p.accesses)
		}
		o.users[u+"@zoo.example"] = p
	}
	return o
}

func (o drawn) sections() []string {
	var out []string
	for g := range o.groups {
		section, _, _ := strings.Cut(g, "/")
		out = append(out, section)
	}
	return schema.Canonical(out)
}

// seed is the organization as an emulator starts with it.
func (o drawn) seed() *emulator.Seed {
	s := &emulator.Seed{
		Org:     emulator.SeedOrg{ID: 42},
		Users:   []emulator.SeedUser{{Email: "owner@zoo.example", FirstName: "O", LastName: "W", Role: "ORG_ADMIN"}},
		APIKeys: []emulator.SeedKey{{Key: "owner", User: "owner@zoo.example"}},
	}
	for _, c := range codes {
		s.Businesses = append(s.Businesses, emulator.SeedBusiness{Code: c, Name: c})
	}
	for _, name := range o.sections() {
		section := emulator.SeedSection{Name: name}
		for _, key := range slices.Sorted(maps.Keys(o.groups)) {
			if in, group, _ := strings.Cut(key, "/"); in == name {
				section.Groups = append(section.Groups, emulator.SeedGroup{Name: group, Businesses: o.groups[key]})
			}
		}
		s.Sections = append(s.Sections, section)
	}
	for _, r := range slices.Sorted(maps.Keys(o.roles)) {
		s.CustomRoles = append(s.CustomRoles, emulator.SeedRole{APIID: r, Name: "Role " + r, Permissions: o.roles[r]})
	}
	for _, email := range slices.Sorted(maps.Keys(o.users)) {
		p := o.users[email]
		u := emulator.SeedUser{Email: email, FirstName: "F", LastName: "L", CustomRole: p.role, Role: "GROUP_MANAGER", Accesses: p.accesses}
		if p.accesses == nil {
			u.Role, u.Businesses = "BUSINESS_MANAGER", p.businesses
		}
		s.Users = append(s.Users, u)
	}
	return s
}

// blocks is the organization as files say it, the whole of it.
func (o drawn) blocks() []string {
	list := func(words []string) string {
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = fmt.Sprintf("%q", w)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	var out []string
	for _, s := range o.sections() {
		out = append(out, fmt.Sprintf("section %q {}\n", s))
	}
	for _, key := range slices.Sorted(maps.Keys(o.groups)) {
		section, group, _ := strings.Cut(key, "/")
		out = append(out, fmt.Sprintf("group %q {\n  section = %q\n  name = %q\n  store_codes = %s\n}\n",
			strings.ReplaceAll(key, "/", "_"), section, group, list(o.groups[key])))
	}
	for _, r := range slices.Sorted(maps.Keys(o.roles)) {
		out = append(out, fmt.Sprintf("role %q {\n  name = %q\n  permissions = %s\n}\n", r, "Role "+r, list(o.roles[r])))
	}
	for _, email := range slices.Sorted(maps.Keys(o.users)) {
		p := o.users[email]
		text := fmt.Sprintf("user %q {\n  first_name = \"F\"\n  last_name = \"L\"\n  custom_role = %q\n", email, p.role)
		if p.accesses == nil {
			text += fmt.Sprintf("  role = \"BUSINESS_MANAGER\"\n  store_codes = %s\n", list(p.businesses))
		} else {
			var accesses []string
			for _, a := range p.accesses {
				accesses = append(accesses, list(a))
			}
			text += fmt.Sprintf("  role = \"GROUP_MANAGER\"\n  accesses = [%s]\n", strings.Join(accesses, ", "))
		}
		out = append(out, text+"}\n")
	}
	return out
}

// head is the provider block of the drawn files.
func head(removal string) string {
	return fmt.Sprintf(`provider "partoo" {
  org_id = 42
  manage "section" { mode = "authoritative" }
  manage "group" { mode = "authoritative" }
  manage "role" { mode = "authoritative" }
  manage "user" {
    mode       = "authoritative"
    on_removal = %q
    ignore     = ["owner@*"]
  }
  limits {
    max_deletes = 1000
    allow_empty = true
  }
}
`, removal)
}

// TestProperties draws an organization and the files for it. Some plans are refused, as when a
// group in use would be deleted.
func TestProperties(t *testing.T) {
	providertest.Property{
		Provider:     partoo.Provider(),
		AllowRefused: true,
		Draw: func(t *rapid.T) providertest.Drawn {
			from, to := drawOrg(t, "live"), drawOrg(t, "files")
			removal := rapid.SampledFrom([]string{"deactivate", "delete"}).Draw(t, "removal")
			moments := &providertest.RightsLog{}
			s, err := emulator.New(emulator.Options{Seed: from.seed(), Rate: -1, Watch: moments.Add})
			if err != nil {
				t.Fatal(err)
			}
			return providertest.Drawn{
				Product: providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: "owner", TakeRights: moments.Take},
				Head:    head(removal), From: from.blocks(), To: to.blocks(),
			}
		},
		Deactivate: func(o *schema.Object) string {
			o.Body.(*partoo.User).Disabled = true
			return "disabled"
		},
	}.Check(t)
}
