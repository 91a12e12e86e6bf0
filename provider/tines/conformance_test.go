package tines_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
)

func TestConformance(t *testing.T) {
	contract := providertest.MustOpenContract(t)
	history(t, contract)
	providertest.Run(t, providertest.Suite{
		Provider:          tines.Provider(),
		Start:             startZoo,
		Scenarios:         scenarios,
		Steps:             story(),
		AdaptStep:         adapt,
		KnownLimitations:  limitations,
		ExpectedFollowups: []string{"tines/role-name", "tines/last-member", "plan/unknown-reference", "plan/still-referenced", "plan/not-found"},
		Contract:          contract,
		MadeBesides:       map[string]string{"user.carl@zoo.example": "inviting an unknown address to a team makes a user"},
		NotUndone: map[string][]string{
			"team": {"Deleting teams is not allowed"}, "membership": {"The last member of a team cannot be removed"},
			"role": {"stays and refers to it"}, "user": {"stays and refers to it"}, // by the member of the team that stays
		},
		ListCalls: []string{
			"GET /admin/roles", "GET /admin/scim_user_group_mapping", "GET /admin/users", "GET /admin/users/{user_id}", "GET /audit_logs", "GET /teams",
			"GET /teams/{team_id}", "GET /teams/{team_id}/members",
		},
	})
}

func story() []providertest.Step {
	return slices.Concat(changes(), renames(), mappings(), refusals(), removals())
}

// zooed is a provider block with these lines.
func zooed(lines string) string {
	return "provider \"tines\" {\n" +
		"  tenant       = \"https://zoo.tines.com\"\n" +
		"  key_user     = \"owner@zoo.example\"\n" +
		"  allow_rejoin = true\n" +
		"  scim_owners_group = \"Tines owners\"\n" + lines + "\n}\n"
}

// The parts of the configuration that come back.
const (
	jobs = `
role "ANALYST" {
  description = "Works on cases"
  permissions = ["CASE_CREATE", "CASE_VIEW"]
}
role "night_builder" {
  name     = "NIGHT_BUILDER"
  based_on = "EDITOR"
  enable   = ["STORY_MANAGE"]
  disable  = ["CASE_CREATE"]
}
`
	teams = `
team "soc" {
  name    = "SOC"
  members = {
    "Ana@zoo.example" = role.ANALYST
    "bob@zoo.example" = "VIEWER"
  }
}
team "Hunting" {}
membership "Hunting" "ana@zoo.example" { role = role.night_builder }
`
	ana = `
user "ana@zoo.example" {
  first_name         = "Ana"
  last_name          = "Diaz"
  tenant_permissions = []
}
`
	bob = `
user "Bob@zoo.example" {
  first_name         = "Bob"
  last_name          = "Ray"
  tenant_permissions = ["AUDIT_LOG_READ"]
  active             = true
}
`
	eve = `
user "eve@zoo.example" {
  first_name = "Eve"
  last_name  = "Ning"
  admin      = false
}
`
)

// changes creates one of everything and then changes every attribute.
func changes() []providertest.Step {
	const (
		newJobs = `
role "ANALYST" {
  description = "Works on cases, and on stories"
  permissions = ["CASE_CREATE", "CASE_VIEW", "STORY_CREATE", "STORY_VIEW"]
}
role "night_builder" {
  name        = "NIGHT_BUILDER"
  description = "Builds at night"
  permissions = concat(role.ANALYST.permissions, ["STORY_MANAGE"])
}
`
		newTeams = `
team "soc" {
  name    = "SOC"
  members = {
    "ana@zoo.example" = "EDITOR"
    "bob@zoo.example" = role.ANALYST
  }
}
team "Hunting" {}
membership "night hunter" "ana" {
  team = team.Hunting
  user = user["ana@zoo.example"]
  role = role.night_builder
}
`
	)
	return []providertest.Step{
		{
			Name: "a tenant gets its access",
			HCL:  zooed("") + jobs + teams + ana + bob + eve,
			Expect: map[string]schema.Action{
				"role.ANALYST": schema.Create, "role.NIGHT_BUILDER": schema.Create,
				"team.SOC": schema.Create, "team.Hunting": schema.Create,
				"user.ana@zoo.example": schema.Create, "user.bob@zoo.example": schema.Create, "user.eve@zoo.example": schema.Create,
				"membership.SOC/ana@zoo.example": schema.Create, "membership.SOC/bob@zoo.example": schema.Create,
				"membership.Hunting/ana@zoo.example": schema.Create,
			},
		},
		{
			Name:   "roles change, and compose",
			HCL:    zooed("") + newJobs + teams + ana + bob,
			Expect: map[string]schema.Action{"role.ANALYST": schema.Update, "role.NIGHT_BUILDER": schema.Update},
		},
		{
			Name: "members change their roles",
			HCL:  zooed("") + newJobs + newTeams + ana + bob,
			Expect: map[string]schema.Action{
				"membership.SOC/ana@zoo.example": schema.Update, "membership.SOC/bob@zoo.example": schema.Update,
			},
		},
		{
			Name: "people change their names, and what they may do in the whole tenant",
			HCL: zooed("") + `
user "ana@zoo.example" {
  first_name         = "Anna"
  last_name          = "Diaz Ruiz"
  tenant_permissions = ["TUNNEL_MANAGE", "AUDIT_LOG_READ"]
}
user "bob@zoo.example" { active = false }
user "eve@zoo.example" { admin = true }
`,
			Expect: map[string]schema.Action{
				"user.ana@zoo.example": schema.Update, "user.bob@zoo.example": schema.Update, "user.eve@zoo.example": schema.Update,
			},
		},
		{
			Name: "somebody edits the role while the plan is read",
			HCL:  zooed("") + jobs + teams + ana + bob + eve,
			Meanwhile: zooed("") + `
role "ANALYST" {
  description = "Works at night"
  permissions = ["CASE_VIEW"]
}
`,
			Stale: []string{"role.ANALYST"},
			Expect: map[string]schema.Action{
				"role.ANALYST": schema.Update, "role.NIGHT_BUILDER": schema.Update,
				"membership.SOC/ana@zoo.example": schema.Update, "membership.SOC/bob@zoo.example": schema.Update,
				"user.ana@zoo.example": schema.Update, "user.bob@zoo.example": schema.Update, "user.eve@zoo.example": schema.Update,
			},
		},
		{
			Name:   "somebody gave the role more than the files say, and a member another role",
			Before: zooed("") + newJobs + newTeams + ana,
			HCL:    zooed("") + jobs + teams + ana + bob,
			Expect: map[string]schema.Action{
				"role.ANALYST": schema.Update, "role.NIGHT_BUILDER": schema.Update,
				"membership.SOC/ana@zoo.example": schema.Update, "membership.SOC/bob@zoo.example": schema.Update,
			},
		},
	}
}

// renames gives everything another key.
func renames() []providertest.Step {
	const (
		security = `
team "soc" {
  name       = "Security"
  previously = ["SOC"]
  members = {
    "ana@zoo.example" = role.ANALYST
    "bob@zoo.example" = "VIEWER"
  }
}
`
		senior = `
role "analyst" {
  name        = "SENIOR_ANALYST"
  description = "Works on cases"
  permissions = ["CASE_CREATE", "CASE_VIEW"]
  previously  = ["ANALYST"]
}
`
	)
	return []providertest.Step{
		{
			Name:   "a team gets another name, and its members stay, one of them with fewer rights",
			Before: zooed("") + `team "SOC" { members = { "ana@zoo.example" = "EDITOR" } }`,
			HCL:    zooed("") + jobs + security,
			Expect: map[string]schema.Action{"team.Security": schema.Rename, "membership.Security/ana@zoo.example": schema.Update},
		},
		{
			Name: "a role gets another name: the new one is made, its members move, the old one goes",
			HCL:  zooed("") + senior,
			Expect: map[string]schema.Action{
				"role.SENIOR_ANALYST": schema.Create, "role.ANALYST": schema.Delete,
				"membership.Security/ana@zoo.example": schema.Update,
			},
		},
		{
			Name: "a person gets another address, and stays in the teams",
			HCL: zooed("") + `
user "anna@zoo.example" { previously = ["ana@zoo.example"] }
team "Security" {
  members = {
    "anna@zoo.example" = "SENIOR_ANALYST"
    "bob@zoo.example"  = "VIEWER"
  }
}
`,
			Expect: map[string]schema.Action{"user.anna@zoo.example": schema.Rename},
		},
	}
}

// mappings says what groups of an identity provider bring.
func mappings() []providertest.Step {
	return []providertest.Step{
		{
			Name: "groups bring roles",
			HCL: zooed("") + `
team "Security" {}
scim_mapping "Analysts" "Security" { role = "SENIOR_ANALYST" }
scim_mapping "all" "security" {
  group = "Everybody"
  team  = team.Security
  role  = "VIEWER"
}
`,
			Expect: map[string]schema.Action{
				"scim_mapping.Analysts/Security": schema.Create, "scim_mapping.Everybody/Security": schema.Create,
			},
		},
		{
			Name:   "a group brings another role",
			HCL:    zooed("") + `scim_mapping "Everybody" "Security" { role = "EDITOR" }`,
			Expect: map[string]schema.Action{"scim_mapping.Everybody/Security": schema.Update},
		},
		{
			Name:   "a team gets another name, and groups still bring its roles",
			HCL:    zooed("") + `team "Sec" { previously = ["Security"] }`,
			Expect: map[string]schema.Action{"team.Sec": schema.Rename},
		},
		{
			Name: "a role gets another name, and groups bring the new one",
			HCL: zooed("") + `
role "LEAD_ANALYST" {
  description = "Works on cases"
  permissions = ["CASE_CREATE", "CASE_VIEW"]
  previously  = ["SENIOR_ANALYST"]
}
`,
			Expect: map[string]schema.Action{
				"role.LEAD_ANALYST": schema.Create, "role.SENIOR_ANALYST": schema.Delete,
				"membership.Sec/anna@zoo.example": schema.Update, "scim_mapping.Analysts/Sec": schema.Update,
			},
		},
		{
			Name:     "a role that a group brings cannot go",
			HCL:      zooed("") + `removed "role" "LEAD_ANALYST" {}`,
			Expect:   map[string]schema.Action{"role.LEAD_ANALYST": schema.Refuse},
			Findings: []string{"plan/still-referenced"},
		},
		{
			Name:   "a group brings nothing any more",
			HCL:    zooed("") + `removed "scim_mapping" "Analysts/Sec" {}`,
			Expect: map[string]schema.Action{"scim_mapping.Analysts/Sec": schema.Delete},
		},
		{
			Name: "all rows belong to the files",
			HCL: zooed(`manage "scim_mapping" { mode = "authoritative" }`) + `
scim_mapping "IT people" "IT" { role = "EDITOR" }
`,
			Expect: map[string]schema.Action{"scim_mapping.Everybody/Sec": schema.Delete},
		},
	}
}

// refusals are what cannot be, and is said before anything is written.
func refusals() []providertest.Step {
	return []providertest.Step{
		{
			Name: "what leaves the files stays where nobody owns it",
			HCL:  zooed("") + `team "Sec" {}`,
		},
		{
			Name: "one membership in two places",
			HCL: zooed("") + `
team "Sec" { members = { "anna@zoo.example" = "LEAD_ANALYST" } }
membership "once" "more" {
  team = "Sec"
  user = "Anna@zoo.example"
  role = "VIEWER"
}
`,
			Findings: []string{"config/duplicate-key"},
		},
		{
			Name:     "a role called by a number",
			HCL:      zooed("") + `role "123" { permissions = [] }`,
			Findings: []string{"config/invalid-value"},
		},
		{
			Name: "more roles than Tines has room for",
			HCL: zooed("") + `
role "many" {
  for_each    = toset([for n in range(24) : "R${n}"])
  permissions = ["CASE_VIEW"]
}
`,
			Expect:   many(schema.Create, "role.R%d", 24),
			Findings: []string{"tines/too-many-roles"},
		},
		{
			Name: "permissions that cannot be right, and an owner to whom a role means nothing",
			HCL: zooed("") + `
role "LEAD_ANALYST" { permissions = ["ALLOW_ALL", "CASE_CRATE", "STORY_MANAGE"] }
membership "Hunting" "deputy@zoo.example" { role = "VIEWER" }
`,
			Expect:   map[string]schema.Action{"role.LEAD_ANALYST": schema.Update, "membership.Hunting/deputy@zoo.example": schema.Create},
			Findings: []string{"tines/allow-all", "tines/unknown-permission", "tines/without-view", "tines/owner-member"},
		},
		{
			Name:     "a default role cannot change",
			HCL:      zooed("") + `role "VIEWER" { permissions = ["CASE_VIEW"] }`,
			Expect:   map[string]schema.Action{"role.VIEWER": schema.Refuse},
			Findings: []string{"plan/frozen"},
		},
		{
			Name:     "a role that a member has cannot go",
			HCL:      zooed("") + `removed "role" "LEAD_ANALYST" {}`,
			Expect:   map[string]schema.Action{"role.LEAD_ANALYST": schema.Refuse},
			Findings: []string{"plan/still-referenced"},
		},
		{
			Name:     "the last member stays",
			HCL:      zooed("") + `removed "membership" "Hunting/anna@zoo.example" {}`,
			Expect:   map[string]schema.Action{"membership.Hunting/anna@zoo.example": schema.Delete},
			Findings: []string{"tines/last-member"},
		},
		{
			Name:     "a team to which a group brings people cannot go",
			HCL:      zooed("allow_team_deletion = true") + `removed "team" "IT" {}`,
			Expect:   map[string]schema.Action{"team.IT": schema.Refuse},
			Findings: []string{"plan/still-referenced"},
		},
		{
			Name:     "no team goes with all that is in it, unless that is allowed",
			HCL:      zooed("") + `removed "team" "Hunting" {}`,
			Expect:   map[string]schema.Action{"team.Hunting": schema.Delete},
			Findings: []string{"tines/team-deletion"},
		},
		{
			Name: "a case group is no team",
			HCL:  zooed("allow_team_deletion = true") + `removed "team" "Forensics" {}`,
		},
		{
			Name: "differences are told where a kind is only observed",
			HCL: zooed(`manage "membership" { mode = "observe" }`) + `
team "Sec" { members = { "bob@zoo.example" = "EDITOR" } }
`,
			Observed: map[string]schema.Action{"membership.Sec/bob@zoo.example": schema.Update},
		},
		{
			Name: "an identity provider owns people and memberships",
			HCL: zooed(`provisioning = "scim"`) + `
user "bob@zoo.example" { last_name = "Roy" }
team "Sec" { members = { "bob@zoo.example" = "EDITOR" } }
`,
			Observed: map[string]schema.Action{"membership.Sec/bob@zoo.example": schema.Update, "user.bob@zoo.example": schema.Update},
		},
		{
			Name:     "nobody is created where people come from elsewhere",
			HCL:      zooed(`manage "user" { create = false }`) + `user "new@zoo.example" {}`,
			Expect:   map[string]schema.Action{"user.new@zoo.example": schema.Refuse},
			Findings: []string{"plan/not-created"},
		},
	}
}

// many are the same actions at numbered addresses.
func many(a schema.Action, address string, n int) map[string]schema.Action {
	out := map[string]schema.Action{}
	for i := range n {
		out[fmt.Sprintf(address, i)] = a
	}
	return out
}

const ownerInHunting = "membership.Hunting/deputy@zoo.example"

// removals takes everything away again, in each mode.
func removals() []providertest.Step {
	const known = `
user "owner@zoo.example" { admin = true }
user "deputy@zoo.example" { admin = true }
user "ivy@zoo.example" {}
user "anna@zoo.example" {}
user "eve@zoo.example" {}
`
	return []providertest.Step{
		{
			Name:   "an invitation makes a user",
			HCL:    zooed("") + `membership "Hunting" "Carl@zoo.example" { role = "VIEWER" }`,
			Expect: map[string]schema.Action{"membership.Hunting/carl@zoo.example": schema.Create},
		},
		{
			Name:   "somebody who is in another team joins",
			HCL:    zooed("") + `membership "Hunting" "ivy@zoo.example" { role = "TEAM_ADMIN" }`,
			Expect: map[string]schema.Action{"membership.Hunting/ivy@zoo.example": schema.Create},
		},
		{
			Name:   "a member leaves with a removed block",
			HCL:    zooed("") + `removed "membership" "Hunting/ivy@zoo.example" {}`,
			Expect: map[string]schema.Action{"membership.Hunting/ivy@zoo.example": schema.Delete},
		},
		{
			Name:     "a tenant owner joins a team",
			HCL:      zooed("") + `membership "Hunting" "deputy@zoo.example" { role = "EDITOR" }`,
			Expect:   map[string]schema.Action{ownerInHunting: schema.Create},
			Findings: []string{"tines/owner-member"},
		},
		{
			Name:   "a tenant owner leaves the team",
			HCL:    zooed("") + `removed "membership" "Hunting/deputy@zoo.example" {}`,
			Expect: map[string]schema.Action{ownerInHunting: schema.Delete},
		},
		{
			Name: "the last member but one goes when another comes",
			HCL: zooed(`manage "membership" {
    mode   = "authoritative"
    ignore = ["IT/*", "Sec/*", "*/api@*"]
  }`) + `
team "Hunting" { members = { "bob@zoo.example" = "NIGHT_BUILDER" } }
`,
			Expect: map[string]schema.Action{
				"membership.Hunting/bob@zoo.example": schema.Create, "membership.Hunting/anna@zoo.example": schema.Delete,
				"membership.Hunting/carl@zoo.example": schema.Delete,
			},
		},
		{
			Name: "leavers are deactivated",
			HCL: zooed(`manage "user" {
    mode   = "authoritative"
    ignore = ["api@*", "intake@*"]
  }`) + known,
			Expect: map[string]schema.Action{"user.bob@zoo.example": schema.Deactivate, "user.carl@zoo.example": schema.Deactivate},
		},
		{
			Name: "leavers are deleted, and an ignored person is not seen",
			HCL: zooed(`manage "user" {
    mode       = "authoritative"
    on_removal = "delete"
    ignore     = ["bob@*", "api@*", "intake@*"]
  }`) + known,
			Expect: map[string]schema.Action{"user.carl@zoo.example": schema.Delete},
		},
		{
			Name: "nothing is emptied by accident",
			HCL: zooed(`manage "role" { mode = "authoritative" }`) + `
membership "Sec" "anna@zoo.example" { role = "EDITOR" }
membership "Hunting" "bob@zoo.example" { role = "EDITOR" }
`,
			Expect: map[string]schema.Action{
				"membership.Sec/anna@zoo.example": schema.Update, "membership.Hunting/bob@zoo.example": schema.Update,
				"role.LEAD_ANALYST": schema.Delete, "role.NIGHT_BUILDER": schema.Delete,
			},
			Findings: []string{"plan/limit-empty"},
		},
		{
			Name: "a role goes when its last member has another one",
			HCL: zooed("") + `
removed "role" "LEAD_ANALYST" {}
membership "Sec" "anna@zoo.example" { role = "EDITOR" }
`,
			Expect: map[string]schema.Action{"membership.Sec/anna@zoo.example": schema.Update, "role.LEAD_ANALYST": schema.Delete},
		},
		{
			Name: "a role has a name in small letters",
			HCL: zooed("") + `
role "day shift" {
  description = "Works by day"
  permissions = ["STORY_VIEW"]
}
`,
			Expect: map[string]schema.Action{"role.day shift": schema.Create},
		},
		{
			Name: "roles and teams go with their blocks, and memberships with the teams",
			HCL: zooed(`manage "role" { mode = "authoritative" }
  manage "team" {
    mode       = "authoritative"
    on_removal = "delete"
  }
  allow_team_deletion = true
  limits {
    allow_empty = true
    max_deletes = 20
  }`) + `
team "IT" {}
`,
			Expect: map[string]schema.Action{
				"team.Sec": schema.Delete, "team.Hunting": schema.Delete,
				"role.NIGHT_BUILDER": schema.Delete, "role.day shift": schema.Delete,
			},
		},
	}
}
