package tines_test

import (
	"slices"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
)

func TestConformance(t *testing.T) {
	c := contract(t)
	providertest.Run(t, providertest.Suite{
		Provider:  tines.Provider(),
		Start:     startZoo,
		Variants:  thorough,
		Mixed:     pairs(),
		Brief:     singles(),
		Story:     story(),
		Retell:    retell,
		Obstacles: obstacles,
		Contract:  c,
	})
}

func story() []providertest.Step {
	return slices.Concat(changes(), renames(), people(), refusals(), removals())
}

// zooed is a provider block with these lines.
func zooed(lines string) string {
	return "provider \"tines\" {\n  tenant   = \"https://zoo.tines.com\"\n  key_user = \"owner@zoo.example\"\n" + lines + "\n}\n"
}

// The parts of the configuration that come back.
const (
	jobs = `
role "ANALYST" {
  description = "Works on cases"
  permissions = ["CASE_CREATE", "CASE_VIEW"]
}
role "builder" {
  name      = "Night builder"
  based_on  = "EDITOR"
  enable    = ["DASHBOARD_VIEW"]
  disable   = ["CASE_CREATE"]
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
membership "hunter" "ana" {
  team = team.Hunting
  user = user["ana@zoo.example"]
  role = role.builder
}
`
	ana = `
user "ana@zoo.example" {
  first_name = "Ana"
  last_name  = "Diaz"
}
`
	bob = `
user "bob@zoo.example" {
  first_name         = "Bob"
  last_name          = "Ray"
  tenant_permissions = ["AUDIT_LOG_READ"]
}
`
)

// changes creates one of everything and then changes every attribute.
func changes() []providertest.Step {
	const (
		newJobs = `
role "ANALYST" {
  description = "Works on cases and writes stories"
  permissions = ["CASE_CREATE", "CASE_VIEW", "STORY_CREATE", "STORY_VIEW"]
}
role "builder" {
  name        = "Night builder"
  description = "Builds at night"
  permissions = concat(role.ANALYST.permissions, ["DASHBOARD_VIEW"])
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
membership "Hunting" "ana@zoo.example" { role = role.ANALYST }
`
	)
	return []providertest.Step{
		{
			Name: "a tenant gets its access",
			HCL:  zooed("") + jobs + teams + ana + bob,
			Expect: map[string]schema.Action{
				"role.ANALYST": schema.Create, "role.Night builder": schema.Create,
				"team.SOC": schema.Create, "team.Hunting": schema.Create,
				"user.ana@zoo.example": schema.Create, "user.bob@zoo.example": schema.Create,
				"membership.SOC/ana@zoo.example":     schema.Create,
				"membership.SOC/bob@zoo.example":     schema.Create,
				"membership.Hunting/ana@zoo.example": schema.Create,
			},
		},
		{
			Name:   "roles change, and compose",
			HCL:    zooed("") + newJobs + teams + ana + bob,
			Expect: map[string]schema.Action{"role.ANALYST": schema.Update, "role.Night builder": schema.Update},
		},
	}
}
