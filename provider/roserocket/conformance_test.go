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

const (
	ana = "00000000-0000-4000-8000-000000000101"
	ben = "00000000-0000-4000-8000-000000000102"
)

// freight is the first state of the organization: every word of data is on some
// document, so that all literals can be learned.
func freight() *emulator.Seed {
	yes, no := true, false
	return &emulator.Seed{
		ServiceAccountRole: "admin",
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
			{Key: "userGroup", Fields: []emulator.Field{{Key: "name"}}},
		},
		Permissions: []emulator.SeedPermission{
			{Roles: []string{"guest"}, Objects: []string{"order"}, Access: "readOnly"},
			{Roles: []string{"driver"}, Objects: []string{"order"}, Create: &yes, Delete: &no, Hide: []string{"cost"}, Read: []string{"status"}},
			{Roles: []string{"guest"}, Objects: []string{"payStub"}, Access: "noAccess"},
		},
		Groups: []emulator.SeedGroup{
			{Name: "Dispatch", Description: "Plans loads", Members: []string{ana}},
			{Name: "Office", Type: "activeDirectory", Members: []string{ben}},
		},
	}
}

// The parts of the configuration that come back.
const (
	org = `provider "roserocket" {
  endpoint  = "emulator"
  org_id    = "00000000-0000-4000-8000-000000000042"
  client_id = "emulator"
  user_id   = "00000000-0000-4000-8000-000000000001"
  limits { max_deletes = 20 } # what cannot be read may all be lost
}
`
	people = `
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
permission "manager" "contact" { boards = { contact = true } }
`
)

func TestConformance(t *testing.T) {
	providertest.Run(t, providertest.Suite{
		Provider:          roserocket.Provider(),
		Start:             startFreight,
		Scenarios:         scenarios,
		Steps:             story(),
		AdaptStep:         adapt,
		KnownLimitations:  limitations,
		ExpectedFollowups: []string{"roserocket/unknown-literal"},
		Contract:          providertest.MustOpenContract(t),
		NotUndone: map[string][]string{
			"permission": {"How Rose Rocket spells full is not known", "How Rose Rocket spells read_only is not known", "How Rose Rocket spells custom is not known"},
			"user_group": {"has no call that deletes one"},
		},
		NotFoundHandled: []string{"GET /permissions/roles/{role}/objectKey/{object}"},
		ListCalls:       []string{"GET /permissions/roles/{role}/objectKey/{object}", "GET /userGroups", "GET /userGroups/{group}/members"},
		NotCovered: map[string]string{
			"permission.role": "a permission has no other", "permission.object": "a permission has no other",
			"user_group.name": "the API has no call for it", "user_group.description": "the API has no call for it",
		},
	})
}

func updates(keys ...string) map[string]schema.Action {
	out := map[string]schema.Action{}
	for _, k := range keys {
		out[k] = schema.Update
	}
	return out
}

func story() []providertest.Step {
	return slices.Concat(rights(), groups(), others(), refusals())
}

// rights are those of roles on objects, in each way of writing them.
func rights() []providertest.Step {
	const sales = `
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
`
	return []providertest.Step{
		{
			Name: "a matrix of roles and objects, and exceptions that make a custom configuration",
			HCL: org + samples + sales + `
permission "outside" "paper" {
  for_each = { for p in setproduct(["guest", "external"], ["payStub", "contact"]) : join("/", p) => p }
  role     = each.value[0]
  object   = each.value[1]
  data     = "none"
  record   = { create = false, delete = false }
}
`,
			Expect:   updates("permission.sales/order", "permission.external/payStub", "permission.guest/contact", "permission.external/contact"),
			Findings: []string{"roserocket/exceptions"},
		},
		{
			Name: "words for whole objects",
			HCL: org + samples + `
permission "partner" "payStub" { data = "none" }
permission "guest" "payStub" { data = "read_only" }
permission "driver" "payStub" { data = "full" }
permission "sales" "order" { data = "custom" }
permission "external" "contact" { data = "full" }
`,
			Expect: updates("permission.partner/payStub", "permission.guest/payStub", "permission.external/contact"),
		},
		{
			Name: "fields alone",
			HCL: org + samples + `
permission "partner" "payStub" { fields = { read = ["fullId"] } }
permission "driver" "payStub" { fields = { edit = ["*"], hide = ["amount"], others = "hide" } }
`,
			Expect:   updates("permission.partner/payStub", "permission.driver/payStub"),
			Findings: []string{"roserocket/derived-skipped", "roserocket/unlisted-fields"},
		},
		{
			Name: "fields that no list names",
			HCL: org + samples + `
permission "operations" "order" { fields = { edit = ["notes"], others = "read" } }
permission "external" "order" {
  data   = "custom"
  fields = { read = ["status", "c*r"], others = "hide" }
}
permission "partner" "order" { fields = { hide = ["cost*"], read = ["costEstimate"], others = "keep" } }
permission "manager" "order" {
  data   = "read_only"
  fields = { hide = ["margin"] }
}
`,
			Expect:   updates("permission.operations/order", "permission.external/order", "permission.partner/order", "permission.manager/order"),
			Findings: []string{"roserocket/exceptions"},
		},
		{
			Name: "boards and records",
			HCL: org + samples + `
permission "manager" "order" {
  boards = { order = false }
  record = { delete = false }
}
permission "sales" "order" { boards = { embeddedOrder = true } }
permission "external" "payStub" { record = { create = true } }
`,
			Expect: updates("permission.manager/order", "permission.sales/order", "permission.external/payStub"),
		},
	}
}

// others are what somebody else does.
func others() []providertest.Step {
	return []providertest.Step{
		{
			Name:   "what leaves the files stays",
			HCL:    org + samples + `permission "sales" "order" { data = "custom" }`,
			Expect: nil,
		},
		{
			Name: "somebody opened what the files hide",
			Before: org + samples + `
permission "sales" "order" {
  data   = "full"
  boards = { order = false }
}
`,
			HCL: org + samples + `
permission "sales" "order" {
  data   = "custom"
  fields = { hide = ["margin", "cost*"] }
}
`,
			Expect: updates("permission.sales/order"), Findings: []string{"roserocket/unlisted-fields"},
		},
		{
			Name: "differences are told where a kind is only observed",
			HCL: strings.Replace(org, "}\n", "  manage \"permission\" { mode = \"observe\" }\n}\n", 1) + samples + `
permission "sales" "order" { fields = { hide = ["revenue"] } }
`,
			Observed: updates("permission.sales/order"), Findings: []string{"roserocket/unlisted-fields"},
		},
		{
			Name: "somebody else is faster",
			HCL: org + people + samples + `
permission "sales" "order" { fields = { hide = ["revenue"] } }
user_group "Dispatch" { members = [] }
`,
			Meanwhile: org + people + samples + `
permission "sales" "order" { record = { create = true } }
user_group "Dispatch" { members = [user.ana, "` + ben + `"] }
`,
			Expect: updates("permission.sales/order", "user_group.Dispatch"), Stale: []string{"permission.sales/order", "user_group.Dispatch"},
		},
	}
}

// groups are user groups with their members.
func groups() []providertest.Step {
	return []providertest.Step{
		{
			Name: "users in a new group",
			HCL: org + people + `
user_group "Sales" {
  description = "Sells"
  members     = [user.ana, "` + ben + `"]
}
user_group "Dispatch" { members = ["` + ben + `"] }
user_group "Night shift" {}
`,
			Expect: map[string]schema.Action{
				"user_group.Sales": schema.Create, "user_group.Dispatch": schema.Update, "user_group.Night shift": schema.Create,
			},
		},
		{
			Name: "users of whom the files say something else, which nobody writes",
			HCL: org + strings.Replace(people, `role  = "sales"`, `role  = "driver"`, 1) + `
user_group "Sales" { members = [user.ana] }
user_group "Night shift" { members = ["` + ben + `", user.ana] }
`,
			Expect: updates("user_group.Sales", "user_group.Night shift"),
		},
		{
			Name: "a group in other letters",
			HCL: org + `
user_group "night shift" { members = [] }
user_group "Night shift" { members = [] }
`,
			Expect:   map[string]schema.Action{"user_group.night shift": schema.Create, "user_group.Night shift": schema.Update},
			Findings: []string{"plan/look-alike"},
		},
		{
			Name:   "groups that leave the files stay, also where the files are authoritative",
			HCL:    strings.Replace(org, "}\n", "  manage \"user_group\" { mode = \"authoritative\" }\n}\n", 1) + `user_group "Sales" {}`,
			Expect: map[string]schema.Action{},
		},
	}
}

// refusals are what rolecall refuses.
func refusals() []providertest.Step {
	return []providertest.Step{
		{
			Name:   "the role of the account",
			HCL:    org + `permission "admin" "order" { record = { delete = false } }`,
			Expect: updates("permission.admin/order"), Findings: []string{"roserocket/own-role"},
		},
		{
			Name: "the role of the account, with leave",
			HCL: strings.Replace(org, "user_id ", "allow_own_role = true\n  user_id ", 1) +
				`permission "admin" "order" { record = { delete = false } }`,
			Expect: updates("permission.admin/order"),
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
			Findings: []string{"roserocket/unknown-permission", "roserocket/unknown-board", "roserocket/derived-field",
				"roserocket/unknown-field", "roserocket/unused-pattern"},
		},
		{
			Name:     "a word that nothing shows",
			HCL:      org + `permission "partner" "order" { data = "read_only" }`,
			Expect:   updates("permission.partner/order"),
			Findings: []string{"roserocket/unknown-literal"},
		},
		{
			Name: "what the API cannot do",
			HCL: org + `
user_group "Sales" { description = "Buys" }
user_group "Office" { members = [] }
`,
			Expect: map[string]schema.Action{
				"user_group.Sales": schema.Refuse, "user_group.Office": schema.Refuse,
			},
			Findings: []string{"plan/frozen"},
		},
	}
}
