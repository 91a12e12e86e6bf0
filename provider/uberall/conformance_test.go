package uberall_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/uberall"
	"github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// stores is the first state of the organization.
func stores() *emulator.Seed {
	seats := 40
	return &emulator.Seed{
		SalesPartner: emulator.SalesPartner{ID: 42, Name: "Stores", UsersLeft: &seats, WhiteLabels: []string{"stores", "outlet"}},
		Businesses: []emulator.Business{
			{ID: 1, Identifier: "north", Name: "Stores North"}, {ID: 2, Identifier: "south", Name: "Stores South"}, {ID: 3, Identifier: "east", Name: "Stores East"},
		},
		Locations: []emulator.Location{
			{ID: 11, Identifier: "1", Name: "Kiel", Business: 1}, {ID: 12, Identifier: "2", Name: "Bremen", Business: 1},
			{ID: 21, Identifier: "1", Name: "Ulm", Business: 2}, {ID: 22, Identifier: "3", Name: "Passau", Business: 2},
			{ID: 31, Identifier: "5", Name: "Jena", Business: 3},
		},
		Users: []emulator.User{
			{ID: 1, Email: "key@stores.example", Role: "API_ADMIN"},
			{ID: 2, Email: "olu@stores.example", Firstname: "Olu", Lastname: "Owner", Role: "ADMIN"},
			{ID: 3, Email: "Ida@stores.example", Firstname: "Ida", Lastname: "Old", Role: "LOCATION_MANAGER", Identifier: "idp-9", WhiteLabel: "outlet", Features: []string{"LOCATION_READ"}, Locations: []int{12}},
		},
		Keys: []emulator.Key{{Key: "secret", User: 1}},
	}
}

const org = `
provider "uberall" {
  sales_partner_id       = 42
  endpoint               = "https://uberall.com/api"
  email                  = "olu@stores.example"
  authoritative_accounts = ["*"]
  limits { max_deletes = 20 }
}
`

// owned is the provider block of who owns all users and groups.
const owned = `
provider "uberall" {
  sales_partner_id       = 42
  endpoint               = "https://uberall.com/api"
  email                  = "olu@stores.example"
  authoritative_accounts = ["*"]
  manage "user" {
    mode = "authoritative"
    ignore = ["key@*"]
  }
  manage "location_group" { mode = "authoritative" }
  limits {
    max_deletes = 20
    allow_empty = true
  }
}
`

const (
	profiles = `
profile "store" {
  role     = "LOCATION_MANAGER"
  features = ["location_profile.view", "location_profile.edit", "customer_feedback.view"]
  fields   = ["phone", "openingHours"]
}
profile "account" {
  role     = "BUSINESS_MANAGER"
  features = ["location_profile.view", "user_rights", "CHAT_READ"]
}
`
	people = `
user "ana@stores.example" {
  identifier  = "idp-1"
  first_name  = "Ana"
  last_name   = "Diaz"
  profile     = profile.store
  locations   = ["Kiel", "north/2"]
  white_label = "stores"
}
user "ben@stores.example" {
  first_name  = "Ben"
  last_name   = "Okafor"
  profile     = profile.account
  accounts    = ["north", "Stores South"]
  status      = "INVITED"
  white_label = "outlet"
  emails      = { DIGEST = "WEEKLY" }
}
user "cleo@stores.example" {
  first_name  = "Cleo"
  last_name   = "Ito"
  profile     = profile.store
  white_label = "stores"
}
user "dora@stores.example" {
  first_name  = "Dora"
  last_name   = "Lind"
  role        = "ADMIN"
  features    = ["insights.advanced", "insights.view"]
  dashboards  = ["overview"]
  white_label = "stores"
}
`
	groups = `
location_group "Coast" {
  locations = ["2", "Kiel"]
  users     = [user["ana@stores.example"], user["cleo@stores.example"]]
}
location_group "Inland" {
  locations = ["Passau"]
  users     = []
}
`
)

func TestConformance(t *testing.T) {
	providertest.Run(t, providertest.Suite{
		Provider:         uberall.Provider(),
		Start:            startStores,
		Scenarios:        scenarios,
		Steps:            steps(),
		KnownLimitations: limitations,
		Contract:         providertest.MustOpenContract(t),
		ListCalls: []string{
			"GET /users", "GET /users/me", "GET /businesses", "GET /locations", "GET /location-groups", "GET /features",
		},
		NotCovered:        map[string]string{"account.name": "rolecall never changes accounts"},
		ExpectedFollowups: []string{"plan/unknown-reference", "plan/not-found", "uberall/hidden-address", "uberall/new-user", "uberall/white-label"},
		NotFoundHandled:   []string{"GET /users/me"},
	})
}

// scenarios are the readings under which the steps run.
var scenarios = providertest.Scenarios{
	Emulator: emulator.Variants(),
	Circumstances: [][]string{
		{"pages=large", "pages=small"},     // how many rows uberall gives at a time
		{"tokens=lasting", "tokens=short"}, // whether an access token is refused after a few requests
		{"budget=none", "budget=small"},    // whether uberall says now and then that it is too much
	},
	Thorough: [][]string{{"pages=small"}, {"tokens=short"}, {"missing-user=400"}},
}

// limitations are what uberall might do and no client can make right.
var limitations = []providertest.KnownLimitation{
	// What is taken away stays.
	providertest.Diverges("user", "fields", "sets=merge"),
	providertest.Diverges("user", "accounts", "sets=merge"),
	providertest.Diverges("user", "features", "sets=merge"),
	providertest.Diverges("location_group", "users", "sets=merge"),
	providertest.Diverges("location_group", "locations", "sets=merge"),
	// A user can be recognized by the identifier only.
	providertest.Finds("uberall/hidden-address", "identifier", "email=absent"),
	providertest.Finds("uberall/unknown-user", "does not show", "email=absent"),
}

// startStores starts an organization as the reading has it.
func startStores(t testing.TB, reading []string) providertest.Product {
	is := func(value string) bool { return slices.Contains(reading, value) }
	clock, moments := providertest.NewClock(), &providertest.RightsLog{}
	o := emulator.Options{Seed: stores(), Variants: scenarios.Variants(reading), Clock: clock.Now, Watch: moments.Add, Rate: -1}
	if is("tokens=short") {
		o.TokenRequests = 5
	}
	if is("pages=small") {
		o.MaxPage = 2
	}
	if is("budget=small") {
		o.Rate = 7
	}
	s, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	return providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: "secret", Wait: clock.Wait, Now: clock.Now, TakeRights: moments.Take}
}

func each(action schema.Action, keys ...string) map[string]schema.Action {
	out := map[string]schema.Action{}
	for _, k := range keys {
		out[k] = action
	}
	return out
}

func steps() []providertest.Step {
	wider := strings.Replace(profiles, `["phone", "openingHours"]`, `["phone", "website"]`, 1)
	moved := strings.NewReplacer(
		`"Ana"`, `"Anna"`, `"Diaz"`, `"Diaz Ruiz"`, `["Kiel", "north/2"]`, `["Bremen", "Jena"]`,
		`["north", "Stores South"]`, `["Stores East"]`, `"WEEKLY"`, `"NEVER"`, `"outlet"`, "\"stores\"\n  salutation = \"OTHER\"\n  phone = \"123\"\n  language = \"de\"\n  identifier = \"idp-2\"",
		`["overview"]`, `["listings-google", "overview"]`, `["insights.advanced", "insights.view"]`, `["insights.advanced"]`,
	).Replace(people)
	return []providertest.Step{
		{
			Name: "an organization gets its users and groups",
			HCL:  org + profiles + people + groups,
			Expect: each(schema.Create, "user.ana@stores.example", "user.ben@stores.example", "user.cleo@stores.example", "user.dora@stores.example",
				"location_group.Coast", "location_group.Inland"),
			Findings: []string{"uberall/invitations"},
		},
		{
			Name:   "a profile changes, and so do all who have it",
			HCL:    org + wider + people + groups,
			Expect: each(schema.Update, "user.ana@stores.example", "user.cleo@stores.example"),
		},
		{
			Name: "everything of users and groups changes",
			HCL: org + profiles + moved + `
location_group "Coast" {
  locations = ["Kiel"]
  users     = ["cleo@stores.example", "ida@stores.example"]
}
`,
			Expect: each(schema.Update, "user.ana@stores.example", "user.ben@stores.example", "user.cleo@stores.example", "user.dora@stores.example", "location_group.Coast"),
		},
		{
			Name:   "a user is barred",
			HCL:    org + `user "cleo@stores.example" { status = "INACTIVE" }`,
			Expect: each(schema.Update, "user.cleo@stores.example"),
		},
		{
			Name:   "and comes back, while somebody else changed another",
			Before: org + `user "ana@stores.example" { phone = "1" }`,
			HCL: org + `
user "cleo@stores.example" { status = "VERIFIED" }
user "ana@stores.example" { phone = "" }
`,
			Expect: each(schema.Update, "user.cleo@stores.example", "user.ana@stores.example"),
		},
		{
			Name:      "somebody gives a user a role while the plan is read",
			HCL:       org + `user "ana@stores.example" { phone = "2" }`,
			Meanwhile: org + `user "ana@stores.example" { phone = "3" }`,
			Expect:    each(schema.Update, "user.ana@stores.example"),
			Stale:     []string{"user.ana@stores.example"},
		},
		{
			Name: "a user gets another role, with its scope, and another loses it",
			HCL: org + `
user "ana@stores.example" {
  role     = "BUSINESS_MANAGER"
  accounts = ["east"]
}
user "dora@stores.example" {
  role      = "LOCATION_MANAGER"
  locations = ["Ulm"]
}
`,
			Expect: each(schema.Update, "user.ana@stores.example", "user.dora@stores.example"),
		},
		{
			Name: "a user has another address: by the identifier, and by previously",
			HCL: org + `
user "ida.new@stores.example" { identifier = "idp-9" }
user "anna@stores.example" { previously = ["ana@stores.example"] }
location_group "Shore" { previously = ["Coast"] }
`,
			Expect: map[string]schema.Action{
				"user.ida.new@stores.example": schema.Rename, "user.anna@stores.example": schema.Rename, "location_group.Shore": schema.Rename,
			},
		},
		{
			Name:     "the address of somebody with another identifier",
			HCL:      org + `user "anna@stores.example" { identifier = "idp-77" }`,
			Expect:   each(schema.Update, "user.anna@stores.example"),
			Findings: []string{"uberall/other-identifier"},
		},
		{
			Name:     "locations that are not there, or there twice",
			HCL:      org + `location_group "Shore" { locations = ["1", "Keil"] }`,
			Expect:   each(schema.Update, "location_group.Shore"),
			Findings: []string{"uberall/ambiguous-location", "uberall/unknown-location"},
		},
		{
			Name:     "the user as whom rolecall signs in is never touched",
			HCL:      org + `user "olu@stores.example" { phone = "1" }`,
			Expect:   each(schema.Refuse, "user.olu@stores.example"),
			Findings: []string{"plan/frozen"},
		},
		{
			Name:     "a new user without a white label, where there are two",
			HCL:      org + profiles + `user "eli@stores.example" {` + "\n first_name = \"Eli\"\n last_name = \"Ro\"\n profile = profile.store\n}",
			Expect:   each(schema.Create, "user.eli@stores.example"),
			Findings: []string{"uberall/white-label"},
		},
		{
			Name: "one group is deleted, and one user",
			HCL: `
provider "uberall" {
  sales_partner_id = 42
  endpoint         = "https://uberall.com/api"
  email            = "olu@stores.example"
  manage "user" { on_removal = "delete" }
}
removed "user" "dora@stores.example" {}
removed "location_group" "Inland" {}
`,
			Expect: each(schema.Delete, "user.dora@stores.example", "location_group.Inland"),
		},
		{
			Name:   "all users belong to the files, and who leaves is INACTIVE",
			HCL:    owned + `user "anna@stores.example" {}` + "\n" + `location_group "Shore" {}`,
			Expect: each(schema.Deactivate, "user.ben@stores.example", "user.cleo@stores.example", "user.ida.new@stores.example"),
		},
	}
}
