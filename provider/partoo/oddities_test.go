package partoo_test

import (
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// oddities are turns about what Partoo's documentation leaves open.
func oddities() []providertest.Step {
	const (
		tags = `
role "reviewer" {
  name        = "Reviewer"
  description = "Reads reviews"
  permissions = ["review_management", "review_flag", "review_tags_manage"]
}
`
		commas = `
role "reviewer" {
  name        = "Reviewer"
  description = "Reads reviews, and answers"
  permissions = ["review_management", "review_flag", "review_tags_manage"]
}
`
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
			Name:   "a role gets a permission that a plan can take away, and a description",
			HCL:    org + tags,
			Expect: map[string]schema.Action{"role.reviewer": schema.Update},
		},
		{
			Name:   "the role gets a description with a comma",
			HCL:    org + commas,
			Expect: map[string]schema.Action{"role.reviewer": schema.Update},
		},
		{
			Name:   "the role is as it was",
			HCL:    org + jobs,
			Expect: map[string]schema.Action{"role.reviewer": schema.Update},
		},
		{
			Name:   "somebody looks after the whole organization, and somebody is prepared",
			HCL:    org + olga + dee,
			Expect: map[string]schema.Action{"user.olga@zoo.example": schema.Create, "user.dee@zoo.example": schema.Create},
		},
		{
			Name:   "both leave",
			HCL:    owned(`manage "user" { on_removal = "delete" }`) + `removed "user" "olga@zoo.example" {}` + "\n" + `removed "user" "dee@zoo.example" {}`,
			Expect: map[string]schema.Action{"user.olga@zoo.example": schema.Delete, "user.dee@zoo.example": schema.Delete},
		},
		{
			Name:     "the last administrator cannot go",
			HCL:      org + `removed "user" "admin@zoo.example" {}`,
			Expect:   map[string]schema.Action{"user.admin@zoo.example": schema.Deactivate},
			Findings: []string{"plan/self-lockout", "plan/last-administrator"},
		},
		{
			Name:     "a built-in role that there is not",
			HCL:      org + `builtin_role "REGIONAL_MANAGER" { permissions = [] }`,
			Expect:   map[string]schema.Action{"builtin_role.REGIONAL_MANAGER": schema.Refuse},
			Findings: []string{"plan/not-found"},
		},
	}
}
