package emulator

import "testing"

// Variants that no other test is about, one by one.
func TestVariants(t *testing.T) {
	const dot = `POST /custom_role {"name":"A. B","api_id":"a","permissions":[]}`
	for _, tt := range []struct {
		variant string
		steps   []step
	}{
		{"conflict-status=409", []step{{"", `POST /custom_role {"name":"E","api_id":"editor","permissions":[]}`, `409 ~already`}}},
		{"conflict-status=422", []step{{"", `POST /custom_role {"name":"E","api_id":"editor","permissions":[]}`, `422 ~already`}, {"", `POST /custom_role {}`, "400 "}}},
		{"role-dot=allowed", []step{{"", dot, "200 "}}},
		{"role-dot=refused", []step{{"", dot, `400 ~"name"`}}},
		{"role-org=query", []step{{"provider", `POST /custom_role {"name":"A","api_id":"a","permissions":[],"org_id":42}`, `400 ~"org_id"`}}},
		{"role-org=body", []step{{"provider", `POST /custom_role?org_id=42 {"name":"A","api_id":"a","permissions":[]}`, `400 ~"org_id"`}}},
		{"custom-fields=catalogue", []step{{"", "GET /permissions", "200 ~" + fieldPermission}, {"", "GET /custom_role/GROUP_MANAGER", "200 ~" + fieldPermission}}},
		{"custom-fields=roles", []step{{"", "GET /custom_role/GROUP_MANAGER", "200 ~" + fieldPermission}}},
		{"disabled-for-roles=user-roles", []step{{"", "GET /permissions", `200 ~["BUSINESS_MANAGER"]`}}},
		{"org-manager=builtin", []step{{"", "GET /custom_role/ORG_MANAGER", `200 ~"is_builtin":true`}}},
		{"group-update=none", []step{{"", `POST /sections {"name":"S"}`, "200 "}, {"", `PUT /sections/1/groups/1 {"name":"G"}`, "405 "}}},
		{"delete-section=missing", []step{{"", "DELETE /sections/1", "405 "}}},
		{"lapsed-permission=refused", []step{
			{"", `POST /custom_role/editor {"permissions":["` + lapsing + `"]}`, "200 "}, {"", `POST /custom_role/editor {"permissions":["` + lapsing + `"]}`, `400 ~No longer`}}},
		{"lapsed-permission=dropped", []step{
			{"", `POST /custom_role/editor {"permissions":["` + lapsing + `"]}`, "200 "}, {"", `POST /custom_role/editor {"permissions":["` + lapsing + `"]}`, "200 "},
			{"", "GET /custom_role/editor", `200 ~"permissions":[]`}}},
	} {
		t.Run(tt.variant, func(t *testing.T) { play(t, seeded(t, zoo, tt.variant), tt.steps) })
	}
}
