package partoo_test

import (
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// oddities are steps about rare users and about objects that cannot be deleted or found.
func oddities() []providertest.Step {
	const (
		olga = `
user "olga@zoo.example" {
  first_name  = "Olga"
  last_name   = "Oak"
  role        = "ORG_MANAGER"
  custom_role = "reviewer"
}
`
		dee = `
user "dee@zoo.example" {
  first_name  = "Dee"
  last_name   = "Low"
  role        = "BUSINESS_MANAGER"
  custom_role = "reviewer"
  businesses  = ["` + savanna + `"]
  disabled    = true
}
`
	)
	return []providertest.Step{
		{
			Name:   "an organization manager and a disabled user are created",
			HCL:    org + olga + dee,
			Expect: map[string]schema.Action{"user.olga@zoo.example": schema.Create, "user.dee@zoo.example": schema.Create},
		},
		{
			Name:   "both users are deleted",
			HCL:    owned(`manage "user" { on_removal = "delete" }`) + `removed "user" "olga@zoo.example" {}` + "\n" + `removed "user" "dee@zoo.example" {}`,
			Expect: map[string]schema.Action{"user.olga@zoo.example": schema.Delete, "user.dee@zoo.example": schema.Delete},
		},
		{
			Name:     "the last administrator cannot be deactivated",
			HCL:      org + `removed "user" "admin@zoo.example" {}`,
			Expect:   map[string]schema.Action{"user.admin@zoo.example": schema.Deactivate},
			Findings: []string{"plan/self-lockout", "plan/last-administrator"},
		},
		{
			Name:     "a built-in role that does not exist",
			HCL:      org + `builtin_role "REGIONAL_MANAGER" { permissions = [] }`,
			Expect:   map[string]schema.Action{"builtin_role.REGIONAL_MANAGER": schema.Refuse},
			Findings: []string{"plan/not-found"},
		},
	}
}
