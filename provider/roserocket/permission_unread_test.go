package roserocket_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/roserocket"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Where permissions cannot be read, what is known of them is what was written last.
func TestConformanceUnseen(t *testing.T) {
	providertest.Run(t, providertest.Suite{
		Provider: roserocket.Provider(),
		Start: func(t testing.TB, variants []string) providertest.Product {
			if !slices.ContainsFunc(variants, func(v string) bool { return strings.HasPrefix(v, "permissions-get=") }) {
				variants = append(slices.Clone(variants), "permissions-get=404")
			}
			return startFreight(t, variants)
		},
		Variants: [][]string{{"permissions-get=405"}},
		RunOnce: [][]string{
			{"option=recomputes-fields"}, {"option=from-fields"}, {"write=reset"}, {"write=merge"}, {"hidden=none"}, {"hidden=none-enabled"},
			{"derived=lowered"}, {"derived=stored"}, {"unknown-key=400"}, {"unknown-key=403"}, {"unknown-key=empty"}, {"boards-follow=yes"},
			{"extra-keys=some"}, {"tokens=short"}, {"account=manager"},
		},
		NotUndone: map[string][]string{"permission": {"It is not known what these had before"}, "user_group": {"has no call that deletes one"}},
		KnownLimitations: []providertest.KnownLimitation{
			providertest.Fails("permission", "403", "account=manager"),
		},
		ExpectedFollowups: []string{"roserocket/unseen-permission"},
		Steps:             unseenStory(),
		AdaptStep:         adapt,
		Contract:          providertest.MustOpenContract(t),
		NotCovered: map[string]string{
			"permission.role": "a permission has no other", "permission.object": "a permission has no other",
			"user_group.name": "the API has no call for it", "user_group.description": "the API has no call for it",
		},
	})
}

func unseenStory() []providertest.Step {
	taught := strings.Replace(org, "}\n", "  literals = { full = \"full\", read_only = \"readOnly\", custom = \"custom\" }\n}\n", 1)
	const whole = `
permission "sales" "payStub" {
  data   = "custom"
  boards = { payStub = true }
  record = { create = false, delete = false }
  fields = {
    read = ["fullId", "total"]
    hide = ["amount"]
  }
}
`
	told := []string{"roserocket/unseen", "roserocket/unverified"}
	return []providertest.Step{
		{
			Name:     "whoever knows nothing has to say everything",
			HCL:      taught + `permission "sales" "payStub" { data = "none" }`,
			Expect:   updates("permission.sales/payStub"),
			Findings: []string{"roserocket/unseen", "roserocket/unseen-permission"},
		},
		{
			Name:     "a permission is written as the file says it",
			HCL:      taught + whole + `user_group "Sales" { members = ["` + ana + `"] }`,
			Expect:   map[string]schema.Action{"permission.sales/payStub": schema.Update, "user_group.Sales": schema.Create},
			Findings: told,
		},
		{
			Name: "what is written is remembered, so that a part is enough",
			HCL: taught + `
permission "sales" "payStub" {
  record = { create = true }
  fields = { edit = ["amount"], others = "keep" }
}
user_group "Sales" { members = ["` + ben + `"] }
`,
			Expect: updates("permission.sales/payStub", "user_group.Sales"), Findings: told,
		},
		{
			Name:   "a word",
			HCL:    taught + `permission "sales" "payStub" { data = "read_only" }`,
			Expect: updates("permission.sales/payStub"), Findings: told,
		},
		{
			Name:     "what somebody else does is not seen",
			Before:   taught + whole,
			HCL:      taught + `permission "sales" "payStub" { data = "read_only" }`,
			Expect:   nil,
			Findings: []string{"roserocket/unseen"},
		},
		{
			Name: "a document is the baseline, into which a part is written",
			HCL: taught + `
permission "driver" "payStub" {
  document = jsonencode({
    boards = [{ key = "payStub", isDisabled = false }]
    record = { isCreateAllowed = false, isDeleteAllowed = false }
    data = { option = "readOnly", fields = [
      { key = "fullId", permissionType = "viewer", isDisabled = false, isDerived = false, isSystemGenerated = true, isConnection = false },
      { key = "amount", permissionType = "viewer", isDisabled = false, isDerived = false, isSystemGenerated = true, isConnection = false },
      { key = "total", permissionType = "viewer", isDisabled = false, isDerived = true, isSystemGenerated = true, isConnection = false },
    ] }
  })
  fields = { hide = ["amount"], others = "keep" }
}
`,
			Expect: updates("permission.driver/payStub"), Findings: told,
		},
		{
			Name: "nothing at all",
			HCL: taught + `
permission "sales" "payStub" {
  data   = "none"
  boards = { payStub = false }
}
`,
			Expect: updates("permission.sales/payStub"), Findings: told,
		},
	}
}
