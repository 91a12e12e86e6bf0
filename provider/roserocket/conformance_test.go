package roserocket_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/roserocket"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// freight is the first state of the organization: every word of data is on some
// document, so that all literals can be learned.
func freight() *emulator.Seed {
	yes, no := true, false
	return &emulator.Seed{
		Users: []emulator.SeedUser{
			{ID: ana, Email: "ana@freight.example", Role: "sales"},
			{ID: ben, Email: "ben@freight.example", Role: "operations"},
		},
		Objects: []emulator.Object{
			{Key: "order", Boards: []string{"order", "embeddedOrder"}, Fields: []emulator.Field{
				{Key: "status"}, {Key: "customer", Connection: true}, {Key: "notes"}, {Key: "cost"}, {Key: "costEstimate"}, {Key: "revenue"},
				{Key: "margin", Derived: true}, {Key: "temperature__c"},
			}},
			{Key: "payStub", Boards: []string{"payStub"}, Fields: []emulator.Field{{Key: "fullId"}, {Key: "amount"}, {Key: "total", Derived: true}}},
			{Key: "contact", Boards: []string{"contact"}, Fields: []emulator.Field{{Key: "email"}, {Key: "name", Derived: true}}},
		},
		Permissions: []emulator.SeedPermission{
			{Roles: []string{"guest"}, Objects: []string{"order"}, Access: "readOnly"},
			{Roles: []string{"driver"}, Objects: []string{"order"}, Create: &yes, Delete: &no, Hide: []string{"cost"}, Read: []string{"status"}},
			{Roles: []string{"guest"}, Objects: []string{"payStub"}, Access: "noAccess"},
		},
		Groups: []emulator.SeedGroup{{Name: "Dispatch", Description: "Plans loads", Members: []string{ana}}},
	}
}

const (
	ana = "00000000-0000-4000-8000-000000000101"
	ben = "00000000-0000-4000-8000-000000000102"

	org = `provider "roserocket" {
  endpoint  = "emulator"
  org_id    = "00000000-0000-4000-8000-000000000042"
  client_id = "emulator"
  user_id   = "00000000-0000-4000-8000-000000000001"
}
user "ana" {
  id    = "` + ana + `"
  email = "ana@freight.example"
  role  = "sales"
}
`
	// samples show each word of data once, and change nothing.
	samples = `
permission "guest" "order" { record = { create = false } }
permission "driver" "order" { record = { delete = false } }
permission "admin" "contact" { boards = { contact = true } }
`
)

// start starts an emulator and watches nothing.
func start(t testing.TB, variants []string) providertest.Product {
	s, err := emulator.New(emulator.Options{Seed: freight(), Variants: variants})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: s.Credentials().ClientSecret}
}

func TestConformance(t *testing.T) {
	providertest.Run(t, providertest.Suite{
		Provider: roserocket.Provider(),
		Start:    start,
		Variants: [][]string{
			{"option=recomputes-fields"}, {"option=from-fields"}, {"write=reset"}, {"hidden=none"}, {"hidden=none-enabled"},
		},
		Brief: [][]string{
			{"write=merge"}, {"extra-keys=some"}, {"derived=stored"}, {"derived=lowered"}, {"metadata=required"}, {"metadata=stored"},
			{"write-answer=thin"}, {"write-answer=empty"}, {"write-status=201"}, {"write-status=204"}, {"literals=fullAccess"}, {"literals=others"},
			{"members-key=userIds"}, {"order=reversed"}, {"token-life=1m"}, {"unknown-key=400"}, {"unknown-key=403"}, {"unknown-key=empty"},
		},
		Story:  story(),
		Retell: retell,
		Excused: map[string]string{
			"permission.role": "a permission has no other", "permission.object": "a permission has no other",
			"user_group.name": "the API has no call for it", "user_group.description": "the API has no call for it",
		},
	})
}

// retell: where an unknown key has an empty document, there is something to compare
// with, which refuses nothing.
func retell(s providertest.Step, variants []string) providertest.Step {
	if slices.Contains(variants, "unknown-key=empty") && s.Expect["permission.salse/order"] == schema.Refuse {
		s.Expect = update("permission.sales/order")
		s.Findings = slices.DeleteFunc(slices.Clone(s.Findings), func(code string) bool { return code == "plan/not-there" })
	}
	return s
}

func update(keys ...string) map[string]schema.Action {
	out := map[string]schema.Action{}
	for _, k := range keys {
		out[k] = schema.Update
	}
	return out
}

func story() []providertest.Step {
	return []providertest.Step{
		{
			Name: "exceptions make a custom configuration",
			HCL: org + samples + `
permission "sales" "order" {
  data   = "read_only"
  boards = { embeddedOrder = false }
  record = { create = false, delete = false }
  fields = {
    edit   = ["notes"]
    read   = ["customer", "status"]
    hide   = ["margin", "cost*"]
    others = "keep"
  }
}
`,
			Expect: update("permission.sales/order"), Findings: []string{"roserocket/exceptions", "roserocket/unlisted-fields"},
		},
		{
			Name: "words for whole objects, and users in a new group",
			HCL: org + samples + `
permission "partner" "payStub" { data = "none" }
permission "guest" "payStub" { data = "read_only" }
permission "driver" "payStub" { data = "full" }
permission "sales" "order" { data = "custom" }
user_group "Sales" {
  description = "Sells"
  members     = [user.ana, "` + ben + `"]
}
user_group "Dispatch" { members = ["` + ben + `"] }
`,
			Expect: map[string]schema.Action{
				"permission.partner/payStub": schema.Update, "permission.guest/payStub": schema.Update,
				"user_group.Sales": schema.Create, "user_group.Dispatch": schema.Update,
			},
		},
		{
			Name: "fields alone",
			HCL: org + samples + `
permission "partner" "payStub" { fields = { read = ["fullId"] } }
permission "driver" "payStub" { fields = { edit = ["*"], hide = ["amount"], others = "hide" } }
user_group "Sales" { members = [] }
`,
			Expect:   update("permission.partner/payStub", "permission.driver/payStub", "user_group.Sales"),
			Findings: []string{"roserocket/derived-skipped", "roserocket/unlisted-fields"},
		},
		{
			Name:   "the role of the account",
			HCL:    org + `permission "admin" "order" { record = { delete = false } }`,
			Expect: update("permission.admin/order"), Findings: []string{"roserocket/own-role"},
		},
		{
			Name: "the role of the account, with leave",
			HCL: strings.Replace(org, "user_id ", "allow_own_role = true\n  own_role = \"admin\"\n  user_id ", 1) +
				`permission "admin" "order" { record = { delete = false } }`,
			Expect: update("permission.admin/order"),
		},
		{
			Name: "keys and names that do not exist",
			HCL: org + samples + `
permission "salse" "order" { data = "none" }
permission "sales" "order" {
  boards = { embedded = true }
  fields = { edit = ["margin"], hide = ["note", "x*"] }
}
`,
			Expect: map[string]schema.Action{"permission.salse/order": schema.Refuse, "permission.sales/order": schema.Update},
			Findings: []string{"roserocket/unknown-permission", "plan/not-there", "roserocket/unknown-board", "roserocket/derived-field",
				"roserocket/unknown-field", "roserocket/unused-pattern"},
		},
		{
			Name: "what the API cannot do",
			HCL: org + `
user_group "Sales" { description = "Buys" }
removed "user_group" "Dispatch" {}
`,
			Expect:   map[string]schema.Action{"user_group.Sales": schema.Refuse, "user_group.Dispatch": schema.Delete},
			Findings: []string{"plan/frozen", "roserocket/group-removal"},
		},
		{
			Name: "somebody else is faster",
			HCL: org + samples + `
permission "sales" "order" { fields = { hide = ["revenue"] } }
user_group "Dispatch" { members = [] }
`,
			Meanwhile: org + samples + `
permission "sales" "order" { record = { create = true } }
user_group "Dispatch" { members = [user.ana] }
`,
			Expect: update("permission.sales/order", "user_group.Dispatch"), Stale: []string{"permission.sales/order", "user_group.Dispatch"},
		},
	}
}
