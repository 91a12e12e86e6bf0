package cmd_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	roserocketemulator "github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	tinesemulator "github.com/rolecall-dev/rolecall/provider/tines/emulator"
	uberallemulator "github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// A chaosProduct is a product as TestChaos sees it.
type chaosProduct struct {
	name, keyEnv string
	tables       []string // of the emulator, whose rows are counted
	// serve makes an emulator with the key chaosKey; watch is told what each person can do
	// after each write.
	serve func(watch func(map[string][]string)) (http.Handler, error)
	head  func(endpoint string) string // the provider block
	draw  func(r *rand.Rand) string    // everything else, the whole tenant
}

const chaosKey = "owner"

// An emulated tenant.
type emulated struct {
	http.Handler
	tables []string
	last   map[string][]string // what each person can do
}

// start starts an emulator.
func (p chaosProduct) start(t testing.TB, watch func(map[string][]string)) *emulated {
	t.Helper()
	e := &emulated{tables: p.tables}
	var err error
	e.Handler, err = p.serve(func(people map[string][]string) {
		e.last = people
		watch(people)
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// look returns what each person can do and how many objects there are.
func (e *emulated) look(t testing.TB) (people map[string][]string, objects map[string]int) {
	t.Helper()
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/_emulator/state", nil))
	var state map[string]json.RawMessage
	if err := json.Unmarshal(rec.Body.Bytes(), &state); err != nil {
		t.Fatal(err)
	}
	objects = map[string]int{}
	for _, table := range e.tables {
		var rows []json.RawMessage
		if err := json.Unmarshal(state[table], &rows); err != nil {
			t.Fatalf("table %s: %v", table, err)
		}
		objects[table] = len(rows)
	}
	return maps.Clone(e.last), objects
}

func chaosProducts() []chaosProduct {
	return []chaosProduct{chaosPartoo(), chaosTines(), chaosRoseRocket(), chaosUberall()}
}

// some draws a subset in order, of least elements at least.
func some(r *rand.Rand, least int, from ...string) []string {
	n := least + r.IntN(len(from)-least+1)
	out := make([]string, 0, n)
	for _, i := range r.Perm(len(from))[:n] {
		out = append(out, from[i])
	}
	return sorted(out)
}

func one(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

func hclList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

var chaosStores = []string{"S1", "S2", "S3", "S4"}

func chaosPartoo() chaosProduct {
	return chaosProduct{
		name: "partoo", keyEnv: "PARTOO_API_KEY", tables: []string{"role", "section", "group", "user"},
		serve: func(watch func(map[string][]string)) (http.Handler, error) {
			seed := &partooemulator.Seed{
				Org:     partooemulator.SeedOrg{ID: 42},
				Users:   []partooemulator.SeedUser{{Email: "owner@zoo.example", FirstName: "O", LastName: "W", Role: "ORG_ADMIN"}},
				APIKeys: []partooemulator.SeedKey{{Key: chaosKey, User: "owner@zoo.example"}},
			}
			for _, c := range chaosStores {
				seed.Businesses = append(seed.Businesses, partooemulator.SeedBusiness{Code: c, Name: c})
			}
			return partooemulator.New(partooemulator.Options{Seed: seed, Rate: -1, Watch: watch})
		},
		head: func(endpoint string) string {
			return fmt.Sprintf(`provider "partoo" {
  org_id   = 42
  endpoint = "%s/v2"
  requests_per_minute = 1000000000
  manage "section" { mode = "authoritative" }
  manage "group" { mode = "authoritative" }
  manage "role" { mode = "authoritative" }
  manage "user" {
    mode       = "authoritative"
    on_removal = "delete"
    ignore     = ["owner@*"]
  }
  limits {
    max_deletes = 1000
    allow_empty = true
  }
}
`, endpoint)
		},
		draw: drawPartoo,
	}
}

func drawPartoo(r *rand.Rand) string {
	var b strings.Builder
	groups := some(r, 1, "A/x", "A/y", "B/x", "B/z")
	sections := map[string]bool{}
	for _, g := range groups {
		section, name, _ := strings.Cut(g, "/")
		if !sections[section] {
			sections[section] = true
			fmt.Fprintf(&b, "section %q {}\n", section)
		}
		fmt.Fprintf(&b, "group %q {\n  section = %q\n  name = %q\n  store_codes = %s\n}\n",
			section+"_"+name, section, name, hclList(some(r, 1, chaosStores...)))
	}
	roles := some(r, 1, "one", "two", "three")
	for _, role := range roles {
		fmt.Fprintf(&b, "role %q {\n  name = %q\n  permissions = %s\n}\n", role, "Role "+role,
			hclList(some(r, 1, "business_edit_city", "business_edit_country", "business_edit_zipcode")))
	}
	for _, u := range some(r, 1, "ana", "ben", "cleo", "dan") {
		fmt.Fprintf(&b, "user %q {\n  first_name = \"F\"\n  last_name = \"L\"\n  custom_role = %q\n", u+"@zoo.example", one(r, roles...))
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, "  role = \"BUSINESS_MANAGER\"\n  store_codes = %s\n}\n", hclList(some(r, 1, chaosStores...)))
			continue
		}
		var accesses []string
		for range 1 + r.IntN(2) {
			accesses = append(accesses, hclList(some(r, 1, groups...)))
		}
		fmt.Fprintf(&b, "  role = \"GROUP_MANAGER\"\n  accesses = [%s]\n}\n", strings.Join(slices.Compact(sorted(accesses)), ", "))
	}
	return b.String()
}

func chaosTines() chaosProduct {
	return chaosProduct{
		name: "tines", keyEnv: "TINES_API_KEY", tables: []string{"role", "team", "user", "membership"},
		serve: func(watch func(map[string][]string)) (http.Handler, error) {
			seed := &tinesemulator.Seed{
				Users: []tinesemulator.SeedUser{{Email: "owner@zoo.example", Admin: true}, {Email: "stay@zoo.example"}},
				Keys:  []tinesemulator.SeedKey{{Key: chaosKey, Kind: "personal", User: "owner@zoo.example"}},
			}
			return tinesemulator.New(tinesemulator.Options{Seed: seed, Rate: -1, Watch: func(all map[string]tinesemulator.Access) {
				people := map[string][]string{}
				for who, a := range all {
					if who != "owner@zoo.example" { // can do everything in every team that comes
						people[who] = a.NamedWords()
					}
				}
				watch(people)
			}})
		},
		head: func(endpoint string) string {
			return fmt.Sprintf(`provider "tines" {
  endpoint            = "%s/api/v1"
  key_user            = "owner@zoo.example"
  allow_team_deletion = true
  requests_per_minute = 1000000000
  manage "role" { mode = "authoritative" }
  manage "team" {
    mode       = "authoritative"
    on_removal = "delete"
  }
  manage "membership" {
    mode   = "authoritative"
    ignore = ["*/owner@zoo.example"]
  }
  manage "user" {
    mode       = "authoritative"
    on_removal = "delete"
    ignore     = ["owner@*"]
  }
  limits {
    max_deletes = 1000
    allow_empty = true
  }
}
`, endpoint)
		},
		draw: drawTines,
	}
}

func drawTines(r *rand.Rand) string {
	var b strings.Builder
	roles := some(r, 1, "ONE", "TWO", "THREE")
	for _, role := range roles {
		fmt.Fprintf(&b, "role %q {\n  permissions = %s\n}\n", role, hclList(some(r, 1, "CASE_VIEW", "CASE_CREATE", "STORY_VIEW", "STORY_CREATE")))
	}
	users := some(r, 1, "ana@zoo.example", "ben@zoo.example", "cleo@zoo.example", "dan@zoo.example")
	for _, u := range append([]string{"stay@zoo.example"}, users...) {
		fmt.Fprintf(&b, "user %q {\n  active = true\n}\n", u)
	}
	held := append(slices.Clone(roles), "VIEWER", "EDITOR")
	for _, team := range some(r, 1, "Day", "Night", "Weekend") {
		fmt.Fprintf(&b, "team %q {\n  members = {\n    \"stay@zoo.example\" = \"VIEWER\"\n", team)
		for _, u := range some(r, 0, users...) {
			fmt.Fprintf(&b, "    %q = %q\n", u, one(r, held...))
		}
		b.WriteString("  }\n}\n")
	}
	return b.String()
}

const (
	chaosAna = "00000000-0000-4000-8000-000000000101"
	chaosBen = "00000000-0000-4000-8000-000000000102"
)

func chaosRoseRocket() chaosProduct {
	return chaosProduct{
		name: "roserocket", keyEnv: "ROSEROCKET_CLIENT_SECRET", tables: []string{"group"},
		serve: func(watch func(map[string][]string)) (http.Handler, error) {
			seed := &roserocketemulator.Seed{ServiceAccountRole: "admin", Users: []roserocketemulator.SeedUser{{ID: chaosAna, Role: "sales"}, {ID: chaosBen, Role: "driver"}}}
			for _, o := range []string{"order", "stub"} {
				seed.Objects = append(seed.Objects, roserocketemulator.Object{Key: o, Boards: []string{o},
					Fields: []roserocketemulator.Field{{Key: "cost"}, {Key: "notes"}, {Key: "status"}}})
			}
			return roserocketemulator.New(roserocketemulator.Options{Seed: seed, Login: roserocketemulator.Credentials{ClientSecret: chaosKey}, Watch: watch})
		},
		head: func(endpoint string) string {
			return fmt.Sprintf(`provider "roserocket" {
  endpoint  = "%s/api/v2/platformModel"
  org_id    = "00000000-0000-4000-8000-000000000042"
  client_id = "emulator"
  user_id   = "00000000-0000-4000-8000-000000000001"
  literals  = { full = "full", read_only = "readOnly", custom = "custom" }
  manage "user_group" { mode = "authoritative" }
  limits {
    max_deletes = 1000
    allow_empty = true
  }
}
`, endpoint)
		},
		draw: drawRoseRocket,
	}
}

func drawRoseRocket(r *rand.Rand) string {
	var b strings.Builder
	for _, role := range []string{"sales", "driver", "guest"} {
		for _, object := range []string{"order", "stub"} {
			rights := map[string][]string{}
			for _, f := range []string{"cost", "notes", "status"} {
				right := one(r, "edit", "read", "hide")
				rights[right] = append(rights[right], f)
			}
			fmt.Fprintf(&b, "permission %q %q {\n  data = \"custom\"\n  boards = { %s = %t }\n  record = { create = %t, delete = %t }\n"+
				"  fields = { edit = %s, read = %s, hide = %s }\n}\n", role, object, object, r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0,
				hclList(rights["edit"]), hclList(rights["read"]), hclList(rights["hide"]))
		}
	}
	for _, g := range some(r, 1, "Day", "Night") {
		fmt.Fprintf(&b, "user_group %q {\n  members = %s\n}\n", g, hclList(some(r, 0, chaosAna, chaosBen)))
	}
	return b.String()
}

func chaosUberall() chaosProduct {
	return chaosProduct{
		name: "uberall", keyEnv: "UBERALL_PRIVATE_KEY", tables: []string{"user", "location_group"},
		serve: func(watch func(map[string][]string)) (http.Handler, error) {
			return uberallemulator.New(uberallemulator.Options{Rate: -1, Watch: watch, Seed: &uberallemulator.Seed{
				Businesses: []uberallemulator.Business{{ID: 1, Identifier: "north", Name: "North"}, {ID: 2, Identifier: "south", Name: "South"}},
				Locations: []uberallemulator.Location{
					{ID: 11, Identifier: "n1", Name: "Kiel", Business: 1}, {ID: 12, Identifier: "n2", Name: "Bremen", Business: 1}, {ID: 21, Identifier: "s1", Name: "Ulm", Business: 2},
				},
				Users: []uberallemulator.User{{ID: 1, Email: "key@zoo.example", Role: "API_ADMIN"}, {ID: 2, Email: "owner@zoo.example", Role: "ADMIN"}},
				Keys:  []uberallemulator.Key{{Key: chaosKey, User: 1}},
			}})
		},
		head: func(endpoint string) string {
			return fmt.Sprintf(`provider "uberall" {
  endpoint               = "%s/api"
  sales_partner_id       = 42
  email                  = "owner@zoo.example"
  authoritative_accounts = ["*"]
  manage "user" {
    mode       = "authoritative"
    on_removal = "delete"
    ignore     = ["key@*", "owner@*"]
  }
  manage "location_group" { mode = "authoritative" }
  limits {
    max_deletes = 1000
    allow_empty = true
  }
}
`, endpoint)
		},
		draw: drawUberall,
	}
}

func drawUberall(r *rand.Rand) string {
	var b strings.Builder
	users := some(r, 1, "ana@zoo.example", "ben@zoo.example", "cleo@zoo.example", "dan@zoo.example")
	for _, u := range users {
		features, role := some(r, 1, "help", "insights.view", "location_profile.view", "posting.view"), one(r, "LOCATION_MANAGER", "BUSINESS_MANAGER", "ADMIN")
		fmt.Fprintf(&b, "user %q {\n  first_name = \"F\"\n  last_name = \"L\"\n  role = %q\n", u, role)
		if r.IntN(2) == 0 {
			features = append(features, "location_profile.edit")
			fmt.Fprintf(&b, "  fields = %s\n", hclList(some(r, 1, "phone", "website", "fax")))
		} else {
			fmt.Fprint(&b, "  fields = []\n")
		}
		fmt.Fprintf(&b, "  features = %s\n", hclList(features))
		switch role {
		case "LOCATION_MANAGER":
			fmt.Fprintf(&b, "  locations = %s\n", hclList(some(r, 0, "Kiel", "n2", "s1")))
		case "BUSINESS_MANAGER":
			fmt.Fprintf(&b, "  accounts = %s\n", hclList(some(r, 0, "north", "South")))
		}
		b.WriteString("}\n")
	}
	for _, g := range some(r, 0, "Coast", "Inland") {
		fmt.Fprintf(&b, "location_group %q {\n  locations = %s\n  users = %s\n}\n", g, hclList(some(r, 0, "Kiel", "n2", "s1")), hclList(some(r, 0, users...)))
	}
	return b.String()
}
