package partoo_test

import (
	"context"
	"slices"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The businesses of the zoo, which exist before the first step.
const (
	aviary  = "5409c35a97bbc544d8e26731"
	vivary  = "5409c35a97bbc544d8e26732"
	savanna = "5409c35a97bbc544d8e26733"
)

// zoo is the organization before the first step.
func zoo() *emulator.Seed {
	return &emulator.Seed{
		Org: emulator.SeedOrg{ID: 42, Name: "Zoo", SSO: true},
		// No permission is known for the field, so the switch rewrites the built-in roles as they are. Otherwise
		// undoing the switch to the legacy permissions could not bring them back.
		Fields: []emulator.FieldSection{{Name: "contact", Fields: []emulator.BusinessField{{Name: "telegraph", Enabled: true, EnabledForSubroles: true}}}},
		Businesses: []emulator.SeedBusiness{
			{ID: aviary, Code: "0001", Name: "Aviary"},
			{ID: vivary, Code: "0002", Name: "Vivarium"},
			{ID: savanna, Code: "0003", Name: "Savanna", Status: "closed_temporarily"},
		},
		Users: []emulator.SeedUser{
			{Email: "admin@zoo.example", FirstName: "Ada", LastName: "Min", Role: "ORG_ADMIN"},
			{Email: "partner@provider.example", FirstName: "Pat", LastName: "Ner", Role: "PROVIDER"},
		},
		APIKeys: []emulator.SeedKey{
			{Key: "conformance", User: "admin@zoo.example"},
			{Key: "provider", User: "partner@provider.example"},
			{Key: "restricted", User: "admin@zoo.example", Permissions: []string{
				"business_edit", "business_edit_name", "review_management", "review_flag", "review_tags_manage",
			}},
		},
	}
}

func TestConformance(t *testing.T) {
	contract := providertest.MustOpenContract(t)
	t.Run("legacy report", func(t *testing.T) { reportLegacy(t, contract) })
	providertest.Run(t, providertest.Suite{
		Provider:          partoo.Provider(),
		Scenarios:         scenarios,
		Start:             startZoo,
		Steps:             story(),
		OtherTenant:       `provider "partoo" { org_id = 43 }`,
		AdaptStep:         adapt,
		KnownLimitations:  limitations,
		ExpectedFollowups: []string{"partoo/new-user-name", "partoo/no-access", "plan/unknown-reference", "plan/still-referenced", "plan/not-found", "partoo/unknown-permission"},
		Contract:          contract,
		ListCalls: []string{
			"GET /business/search", "GET /custom_role", "GET /custom_role/{custom_role_api_id}", "GET /org/{org_id}/business_fields", "GET /permissions", "GET /sections",
			"GET /sections/{section_id}/groups/{group_id}", "GET /user/me", "GET /user/search",
		},
	})
}

// reportLegacy reads what only "rolecall partoo legacy --businesses" reads.
func reportLegacy(t *testing.T, contract *providertest.Contract) {
	p := startZoo(t, []string{"organization=legacy"})
	c, err := partoo.Provider().Connect(t.Context(), provider.Options{
		Tenant: "partoo", Settings: schema.Object{Body: &partoo.Settings{OrgID: 42}}, Key: p.Key, Endpoint: p.Endpoint, Index: &schema.Index{},
		Transport: contract.Transport(p.Transport, func(err error) { t.Error(err) }), Wait: p.Wait,
	})
	if err != nil {
		t.Fatal(err)
	}
	reader := c.(interface {
		ReadLegacy()
		Legacy(context.Context, partoo.LegacyOptions) (*partoo.Legacy, error)
	})
	reader.ReadLegacy()
	product := partoo.Provider().Product
	live := map[string][]schema.Object{}
	for _, kind := range partoo.LegacyKinds() {
		for o, err := range c.List(t.Context(), product.Kind(kind)) {
			if err != nil {
				t.Fatal(err)
			}
			if o, err = c.Read(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			live[kind] = append(live[kind], o)
		}
	}
	l, err := reader.Legacy(t.Context(), partoo.LegacyOptions{Live: live, Businesses: true})
	if err != nil {
		t.Fatal(err)
	}
	if l.HasSwitched || !l.FieldsKnown || l.Businesses == nil {
		t.Errorf("%+v", l)
	}
}

// Parts of the configuration that several steps use.
const (
	org = `provider "partoo" { org_id = 42 }
`
	places = `
section "continent" { name = "Continent" }
section "class" { name = "Class" }
group "europe" {
  section     = section.continent
  name        = "Europe"
  store_codes = ["0001", "0002"]
}
group "birds" {
  section    = section.class
  name       = "Birds"
  businesses = ["` + aviary + `"]
}
access "european_birds" { groups = [group.birds, group.europe] }
access "birds" { groups = [group.birds] }
`
	jobs = `
role "editor" {
  name        = "Editor"
  description = "Edits stores"
  permissions = ["business_edit_name", "business_edit"]
}
role "reviewer" {
  name        = "Reviewer"
  permissions = ["review_management", "review_flag"]
}
`
	ana = `
user "Ana@zoo.example" {
  first_name  = "Ana"
  last_name   = "Diaz"
  role        = "GROUP_MANAGER"
  custom_role = role.editor
  accesses    = [access.european_birds]
}
`
	bob = `
user "bob@zoo.example" {
  first_name  = "Bob"
  last_name   = "Ray"
  role        = "BUSINESS_MANAGER"
  custom_role = role.editor
  store_codes = ["0002"]
  lang        = "en"
  invite      = "none"
}
`
)

func story() []providertest.Step {
	return slices.Concat(changes(), oddities(), renames(), removals(), switches())
}

// switches is for an organization with custom roles; adapt has the other way for one without.
func switches() []providertest.Step {
	return []providertest.Step{{
		Name:   "the other permission system",
		HCL:    org + `permission_system "organization" { ` + switchBack + ` }`,
		Expect: map[string]schema.Action{"permission_system.organization": schema.Update},
	}}
}

const switchBack, switchOn = "custom_roles = false", "custom_roles = true"

// changes creates one of everything and then changes every attribute.
func changes() []providertest.Step {
	const (
		newJobs = `
role "editor" {
  name        = "Store editor"
  description = "Edits stores and their hours"
  permissions = concat(role.reviewer.permissions, ["business_edit", "business_edit_open_hours"])
}
role "reviewer" {
  name        = "Reviewer"
  permissions = ["review_management", "review_flag"]
}
`
		newPlaces = `
section "continent" { name = "Continent" }
section "class" { name = "Class" }
group "europe" {
  section    = section.continent
  name       = "Europe"
  businesses = ["` + savanna + `", "` + aviary + `"]
}
group "birds" {
  section    = section.class
  name       = "Birds"
  businesses = ["` + savanna + `", "` + aviary + `"]
}
access "birds" { groups = [group.birds] }
access "europe" { groups = ["Continent/Europe"] }
`
	)
	return []providertest.Step{
		{
			Name: "an organization gets sections, groups, roles and users",
			HCL:  org + places + jobs + ana + bob,
			Expect: map[string]schema.Action{
				"section.Continent": schema.Create, "section.Class": schema.Create,
				"group.Continent/Europe": schema.Create, "group.Class/Birds": schema.Create,
				"role.editor": schema.Create, "role.reviewer": schema.Create,
				"user.ana@zoo.example": schema.Create, "user.bob@zoo.example": schema.Create,
			},
		},
		{
			Name:   "roles change, one of them together with another",
			HCL:    org + places + newJobs + ana + bob,
			Expect: map[string]schema.Action{"role.editor": schema.Update},
		},
		{
			Name: "groups change their businesses",
			HCL:  org + newPlaces + newJobs + bob,
			Expect: map[string]schema.Action{
				"group.Continent/Europe": schema.Update, "group.Class/Birds": schema.Update,
			},
		},
		{
			Name: "users change their names and how they sign in",
			HCL: org + newPlaces + newJobs + `
user "ana@zoo.example" {
  first_name = "Anna"
  last_name  = "Diaz Ruiz"
  role       = "GROUP_MANAGER"
  lang       = "es"
  sso_only   = true
}
user "bob@zoo.example" {
  role       = "BUSINESS_MANAGER"
  businesses = ["` + savanna + `"]
  disabled   = true
}
`,
			Expect: map[string]schema.Action{"user.ana@zoo.example": schema.Update, "user.bob@zoo.example": schema.Update},
		},
		{
			Name: "users change their roles",
			HCL: org + newPlaces + newJobs + `
user "ana@zoo.example" {
  role        = "GROUP_MANAGER"
  custom_role = role.reviewer
  accesses    = [access.europe, access.birds]
}
user "bob@zoo.example" {
  role        = "GROUP_MANAGER"
  custom_role = "reviewer"
  accesses    = [access.birds]
  disabled    = false
}
`,
			Expect: map[string]schema.Action{"user.ana@zoo.example": schema.Update, "user.bob@zoo.example": schema.Update},
		},
		{
			Name: "another user edits the role after the plan was made",
			HCL:  org + places + jobs + ana + bob,
			Meanwhile: org + `
role "editor" {
  name        = "Night editor"
  permissions = []
}
`,
			Stale: []string{"role.editor"},
			Expect: map[string]schema.Action{
				"group.Continent/Europe": schema.Update, "group.Class/Birds": schema.Update, "role.editor": schema.Update,
				"user.ana@zoo.example": schema.Update, "user.bob@zoo.example": schema.Update,
			},
		},
		{
			Name:   "another user gave the role more permissions than the files say",
			Before: org + newJobs,
			HCL:    org + places + jobs + ana + bob,
			Expect: map[string]schema.Action{"role.editor": schema.Update},
		},
	}
}

// renames gives everything another key.
func renames() []providertest.Step {
	const (
		newPlaces = `
section "continent" {
  name       = "Region"
  previously = ["Continent"]
}
section "class" { name = "Class" }
group "europe" {
  section     = section.continent
  name        = "Western Europe"
  previously  = ["Europe"]
  store_codes = ["0001", "0002"]
}
group "birds" {
  section    = section.class
  name       = "Birds"
  businesses = ["` + aviary + `"]
}
access "european_birds" { groups = [group.birds, group.europe] }
`
		order = `
section "order" {
  name       = "Order"
  previously = ["Class"]
}
`
		newJobs = `
role "store_editor" {
  name        = "Editor"
  description = "Edits stores"
  permissions = ["business_edit_name", "business_edit"]
  previously  = ["editor"]
}
`
	)
	return []providertest.Step{
		{
			Name: "a section and its group get other names, and their references follow",
			HCL:  org + newPlaces + jobs + ana + bob,
			Expect: map[string]schema.Action{
				"section.Region": schema.Rename, "group.Region/Western Europe": schema.Rename,
			},
		},
		{
			Name:   "a section gets another name, and its groups with it",
			HCL:    org + order + `group "Birds" { section = section.order }`,
			Expect: map[string]schema.Action{"section.Order": schema.Rename},
		},
		{
			Name: "a role gets another api_id: a new role is created, the users get it, the old one is deleted",
			HCL: org + newJobs + `
user "ana@zoo.example" {
  role        = "GROUP_MANAGER"
  custom_role = role.store_editor
}
user "bob@zoo.example" {
  role        = "BUSINESS_MANAGER"
  custom_role = role.store_editor
}
`,
			Expect: map[string]schema.Action{
				"role.store_editor": schema.Create, "role.editor": schema.Delete,
				"user.ana@zoo.example": schema.Update, "user.bob@zoo.example": schema.Update,
			},
		},
		{
			Name: "a user gets another address",
			HCL: org + `
user "anna@zoo.example" {
  role       = "GROUP_MANAGER"
  previously = ["ana@zoo.example"]
}
`,
			Expect: map[string]schema.Action{"user.anna@zoo.example": schema.Rename},
		},
		{
			Name: "built-in roles get other permissions, by api_id and by name",
			HCL: org + `
builtin_role "GROUP_MANAGER" { permissions = ["business_edit", "business_edit_name", "review_management"] }
builtin_role "Business Manager" { permissions = ["business_edit"] }
`,
			Expect: map[string]schema.Action{
				"builtin_role.GROUP_MANAGER": schema.Update, "builtin_role.BUSINESS_MANAGER": schema.Update,
			},
		},
		{
			Name: "a built-in role changes again, and a user gets it instead of a custom role",
			HCL: org + `
builtin_role "BUSINESS_MANAGER" { permissions = ["business_edit", "business_edit_open_hours"] }
user "bob@zoo.example" { 
  role        = "BUSINESS_MANAGER"
  custom_role = builtin_role.BUSINESS_MANAGER
}
`,
			Expect: map[string]schema.Action{"builtin_role.BUSINESS_MANAGER": schema.Update, "user.bob@zoo.example": schema.Update},
		},
	}
}

// owned is a provider block that says what it manages.
func owned(body string) string { return "provider \"partoo\" {\n  org_id = 42\n" + body + "\n}\n" }

// removals removes everything again, in each mode.
func removals() []providertest.Step {
	const (
		admin = `
user "admin@zoo.example" { role = "ORG_ADMIN" }
`
		anna = `
user "anna@zoo.example" {
  role     = "GROUP_MANAGER"
  accesses = [["Region/Western Europe"]]
}
`
	)
	return []providertest.Step{
		{
			Name: "what leaves the files stays if no manage block owns it",
			HCL: org + `role "reviewer" {
  name        = "Reviewer"
  permissions = ["review_management", "review_flag"]
}`,
		},
		{
			Name: "a permission that does not exist, and one that needs another",
			HCL: org + `
role "reviewer" {
  name        = "Reviewer"
  permissions = ["review_managment", "business_edit_name"]
}
`,
			Expect:   map[string]schema.Action{"role.reviewer": schema.Update},
			Findings: []string{"partoo/unknown-permission", "partoo/missing-dependency"},
		},
		{
			Name:     "a group in use cannot be deleted",
			HCL:      org + `removed "group" "Order/Birds" {}`,
			Expect:   map[string]schema.Action{"group.Order/Birds": schema.Refuse},
			Findings: []string{"plan/still-referenced"},
		},
		{
			Name: "a group in use cannot be emptied",
			HCL: org + `
group "birds" {
  section    = "Order"
  name       = "Birds"
  businesses = []
}
`,
			Expect:   map[string]schema.Action{"group.Order/Birds": schema.Update},
			Findings: []string{"partoo/group-in-use"},
		},
		{
			Name:     "a role that a user has cannot be deleted",
			HCL:      org + `removed "role" "store_editor" {}`,
			Expect:   map[string]schema.Action{"role.store_editor": schema.Refuse},
			Findings: []string{"plan/still-referenced"},
		},
		{
			Name: "differences are reported if a kind is only observed",
			HCL: owned(`manage "role" { mode = "observe" }`) + `
role "reviewer" {
  name        = "Reviewer of reviews"
  permissions = []
}
`,
			Observed: map[string]schema.Action{"role.reviewer": schema.Update},
		},
		{
			Name:     "no user is created if create is false",
			HCL:      owned(`manage "user" { create = false }`) + `user "new@zoo.example" { role = "PUBLISHER" }`,
			Expect:   map[string]schema.Action{"user.new@zoo.example": schema.Refuse},
			Findings: []string{"plan/not-created"},
		},
		{
			Name: "an access is rewritten before its group is deleted",
			HCL:  org + anna + `removed "group" "Order/Birds" {}`,
			Expect: map[string]schema.Action{
				"user.anna@zoo.example": schema.Update, "group.Order/Birds": schema.Delete,
			},
		},
		{
			Name: "a role is deleted after its last user got another one",
			HCL: org + `
removed "role" "store_editor" {}
user "anna@zoo.example" {
  role        = "GROUP_MANAGER"
  custom_role = "reviewer"
}
`,
			Expect: map[string]schema.Action{"user.anna@zoo.example": schema.Update, "role.store_editor": schema.Delete},
		},
		{
			Name:   "a user that is no longer declared is disabled",
			HCL:    owned(`manage "user" { mode = "authoritative" }`) + admin + anna,
			Expect: map[string]schema.Action{"user.bob@zoo.example": schema.Deactivate},
		},
		{
			Name: "a user that is no longer declared is deleted, and an ignored user is kept",
			HCL: owned(`manage "user" {
    mode       = "authoritative"
    on_removal = "delete"
    ignore     = ["anna@*"]
  }`) + admin,
			Expect: map[string]schema.Action{"user.bob@zoo.example": schema.Delete},
		},
		{
			Name: "deleting the last role needs allow_empty",
			HCL: owned(`manage "role" { mode = "authoritative" }`) + `
user "anna@zoo.example" {
  role        = "GROUP_MANAGER"
  custom_role = "GROUP_MANAGER"
}
`,
			Expect:   map[string]schema.Action{"user.anna@zoo.example": schema.Update, "role.reviewer": schema.Delete},
			Findings: []string{"plan/limit-empty"},
		},
		{
			Name: "roles, groups and sections that are no longer declared are deleted",
			HCL: owned(`manage "role" { mode = "authoritative" }
  manage "group" { mode = "authoritative" }
  manage "section" { mode = "authoritative" }
  limits { allow_empty = true }`) + `
user "anna@zoo.example" {
  role        = "GROUP_MANAGER"
  custom_role = builtin_role.GROUP_MANAGER
  accesses    = []
}
builtin_role "GROUP_MANAGER" { permissions = ["business_edit"] }
`,
			Expect: map[string]schema.Action{
				"builtin_role.GROUP_MANAGER": schema.Update, "user.anna@zoo.example": schema.Update, "role.reviewer": schema.Delete,
				"group.Region/Western Europe": schema.Delete, "section.Region": schema.Delete, "section.Order": schema.Delete,
			},
		},
	}
}
