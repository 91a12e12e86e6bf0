package tines_test

import (
	"slices"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
)

// TestProvisionedConformance tells what is left to files where an identity provider
// places people: roles, teams, and the mapping that decides where people come.
func TestProvisionedConformance(t *testing.T) {
	for _, tenant := range []struct{ variant, setting string }{
		{"scim=on", "scim"}, {"scim=enhanced-jit", "enhanced_jit"},
	} {
		t.Run(tenant.setting, func(t *testing.T) {
			providertest.Run(t, providertest.Suite{
				Provider: tines.Provider(), Start: func(t testing.TB, variants []string) providertest.Product {
					return startZoo(t, append([]string{tenant.variant}, variants...))
				},
				RunOnce: [][]string{{"mapping-read=wrapped"}, {"mapping-rows=old"}, {"owners-group=array"}, {"owners-group=hidden"}},
				Steps:   provisioned(tenant.setting), NotCovered: excusedBut("role", "team", "scim_mapping"),
				NotUndone: map[string][]string{"team": {"Deleting teams is not allowed"}},
			})
		})
	}
}

func provisioned(setting string) []providertest.Step {
	block := func(lines string) string { return zooed("  provisioning = \"" + setting + "\"\n" + lines) }
	const rows = `
scim_mapping "Analysts" "SOC" { role = role.ANALYST }
scim_mapping "Everybody" "SOC" { role = "VIEWER" }
`
	return []providertest.Step{
		{
			Name: "groups bring roles, and nobody is invited",
			HCL: block("") + rows + `
role "ANALYST" {
  description = "Works on cases"
  permissions = ["CASE_CREATE", "CASE_VIEW"]
}
team "SOC" { members = { "ivy@zoo.example" = role.ANALYST } }
`,
			Expect: map[string]schema.Action{
				"role.ANALYST": schema.Create, "team.SOC": schema.Create,
				"scim_mapping.Analysts/SOC": schema.Create, "scim_mapping.Everybody/SOC": schema.Create,
			},
			Observed: map[string]schema.Action{"membership.SOC/ivy@zoo.example": schema.Create},
		},
		{
			Name: "a role may do more",
			HCL: block("") + `
role "ANALYST" {
  description = "Works on cases, and on stories"
  permissions = ["CASE_CREATE", "CASE_VIEW", "STORY_VIEW"]
}
`,
			Expect: map[string]schema.Action{"role.ANALYST": schema.Update},
		},
		{
			Name: "a role and a team get other names, and groups bring the one in the other",
			HCL: block("") + `
role "HUNTER" {
  permissions = ["CASE_CREATE", "CASE_VIEW", "STORY_VIEW"]
  previously  = ["ANALYST"]
}
team "Security" { previously = ["SOC"] }
`,
			Expect: map[string]schema.Action{
				"role.HUNTER": schema.Create, "role.ANALYST": schema.Delete, "team.Security": schema.Rename,
				"scim_mapping.Analysts/Security": schema.Update,
			},
		},
		{
			Name: "groups bring nothing any more",
			HCL: block(`  allow_team_deletion = true
  manage "scim_mapping" { mode = "authoritative" }
  limits { allow_empty = true }`) + `
removed "role" "HUNTER" {}
removed "team" "Security" {}
`,
			Expect: map[string]schema.Action{
				"scim_mapping.IT people/IT": schema.Delete, "scim_mapping.Analysts/Security": schema.Delete,
				"scim_mapping.Everybody/Security": schema.Delete, "team.Security": schema.Delete, "role.HUNTER": schema.Delete,
			},
		},
	}
}

// excusedBut excuses everything that the kinds besides these can do: TestConformance is about it.
func excusedBut(kinds ...string) map[string]string {
	out := map[string]string{}
	for _, k := range tines.Provider().Kinds {
		if slices.Contains(kinds, k.Name) {
			continue
		}
		for i := range k.Attributes {
			out[k.Name+"."+k.Attributes[i].Name] = "TestConformance is about it"
		}
		for _, action := range []string{"create", "update", "rename", "delete", "deactivate"} {
			out[k.Name+" "+action] = "TestConformance is about it"
		}
	}
	return out
}
