package emulator

import (
	"strings"
	"testing"
)

func TestPermissions(t *testing.T) {
	s := seeded(t, zoo)
	if names := s.catalogue().names(); len(names) != 56 {
		t.Errorf("the catalogue has %d names", len(names))
	}
	play(t, s, []step{
		{"", "GET /permissions", `200 ~{"name":"business_edit_name","order":101,"feature":"business_edition","depends_on":"business_edit","disabled_for_roles":[]}`},
		{"", "GET /permissions", `200 ~{"name":"business_edit","order":100,"feature":"business_edition","depends_on":null,"disabled_for_roles":[]}`},
	})
	play(t, seeded(t, zoo, "depends-on=array"), []step{
		{"", "GET /permissions", `200 ~"depends_on":["business_edit"]`},
		{"", "GET /permissions", `200 ~"depends_on":null`},
	})
}

func TestRoleLifeCycle(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"", `POST /custom_role {"name":"Store editor","api_id":"store_editor","description":"Edits","permissions":["business_edit","business_edit_name"]}`,
			`200 {"status":"success","api_id":"store_editor"}`},
		{"", "GET /custom_role/store_editor", `200 {"name":"Store editor","api_id":"store_editor","description":"Edits","org_id":42,"is_builtin":false,
			"permissions":["business_edit","business_edit_name"]}`},
		{"", `POST /custom_role/store_editor {"permissions":["review_read"]}`, `200 {"status":"success","api_id":"store_editor"}`},
		{"", "GET /custom_role/store_editor", `200 ~"permissions":["review_read"]`},
		{"", `POST /custom_role/store_editor {"api_id":"shop","description":null}`, `200 {"status":"success","api_id":"shop"}`},
		{"", "GET /custom_role/store_editor", missing},
		{"", "GET /custom_role/shop", `200 ~"description":null`},
		{"", "DELETE /custom_role/shop", `200 {"status":"success","api_id":"shop"}`},
		{"", "DELETE /custom_role/shop", missing},
		{"", "GET /custom_role/a%20b%3Fc", missing},
		{"", `POST /custom_role {"name":"Odd","api_id":"a b?c","permissions":[]}`, `200 `},
		{"", "GET /custom_role/a%20b%3Fc", `200 ~"api_id":"a b?c"`},
	})
}

func TestRoleRefusals(t *testing.T) {
	long := strings.Repeat("x", 101)
	role := func(fields string) string {
		return `POST /custom_role {"name":"A","api_id":"a","permissions":[]` + fields + `}`
	}
	play(t, seeded(t, zoo), []step{
		{"", `POST /custom_role {}`, `400 {"error":{"json":{"name":"Missing data for required field.","api_id":"Missing data for required field.","permissions":"Missing data for required field."}}}`},
		{"", role(`,"name":""`), `400 ~Shorter`},
		{"", role(`,"name":"` + long + `"`), `400 ~Longer`},
		{"", role(`,"name":"a|b"`), `400 ~pattern`},
		{"", role(`,"name":7`), `400 ~"name":"Not a valid string."`},
		{"", role(`,"name":null`), `400 ~"name"`},
		{"", role(`,"api_id":"editor"`), `400 {"error":{"json":{"api_id":"A role with this api_id already exists."}}}`},
		{"", role(`,"api_id":"GROUP_MANAGER"`), `400 ~already exists`},
		{"", role(`,"description":""`), `400 ~"description":"Shorter`},
		{"", role(`,"description":"` + long + long + `"`), `400 ~Longer`},
		{"", role(`,"permissions":null`), `400 ~"permissions"`},
		{"", role(`,"permissions":"business_edit"`), `400 ~list of strings`},
		{"", role(`,"permissions":["busines_edit"]`), `400 {"error":{"json":{"permissions":"Unknown permission: busines_edit."}}}`},
		{"", role(`,"permissions":["business_edit_name"]`), `400 {"error":{"json":{"permissions":"Permission business_edit_name depends on business_edit."}}}`},
		{"", role(`,"nonsense":1`), `200 `},
		{"", `POST /custom_role/none {}`, missing},
		{"", `POST /custom_role/editor {"api_id":"a"}`, `400 ~already exists`},
		{"group", "DELETE /custom_role/editor", denied},
		{"group", `POST /custom_role/editor {}`, denied},
		{"group", "GET /custom_role/editor", `200 `},
		{"", "DELETE /custom_role/editor", `400 ~assigned to users`},
		{"", "DELETE /custom_role/GROUP_MANAGER", denied},
	})
}

func TestBuiltinRoles(t *testing.T) {
	s := seeded(t, zoo)
	play(t, s, []step{
		{"", `POST /custom_role/GROUP_MANAGER {"name":"Chief","permissions":[]}`, `400 {"error":{"json":{"name":"Cannot be modified on a built-in role."}}}`},
		{"", "GET /custom_role/GROUP_MANAGER", `200 ~"org_id":null,"is_builtin":true`},
		{"", `POST /custom_role/GROUP_MANAGER {"permissions":["review_read"]}`, `200 {"status":"success","api_id":"GROUP_MANAGER"}`},
		{"", "GET /custom_role/GROUP_MANAGER", `200 {"name":"Group Manager","api_id":"GROUP_MANAGER","description":"Built-in role for group managers","org_id":42,"is_builtin":true,"permissions":["review_read"]}`},
		{"", "GET /custom_role", `200 ~"count":3`},
		{"", `POST /custom_role/GROUP_MANAGER {"permissions":[]}`, `200 `},
		{"", "GET /custom_role", `200 ~"count":3`},
	})
	for variant, want := range map[string]string{"both-rows": `~"count":4`, "global": `~"org_id":null,"is_builtin":true},{"name":"Editor"`} {
		play(t, seeded(t, zoo, "builtin-rows="+variant), []step{
			{"", `POST /custom_role/GROUP_MANAGER {"permissions":["review_read"]}`, "200 "},
			{"", "GET /custom_role", "200 " + want},
			{"", "GET /custom_role/GROUP_MANAGER", `200 ~"permissions":["review_read"]`},
		})
	}
	play(t, seeded(t, zoo, "builtin-ids=lower"), []step{{"", "GET /custom_role/group_manager", "200 "}})
	play(t, seeded(t, zoo, "builtin-ids=opaque"), []step{{"", "GET /custom_role/builtin_2", `200 ~Group Manager`}})
}

func TestRoleVariants(t *testing.T) {
	for _, tt := range []struct {
		variant string
		steps   []step
	}{
		{"role-path=org", []step{{"", "GET /custom_role", "404 "}, {"", "GET /org/42/custom_role/editor", "200 "}, {"provider", "GET /org/7/custom_role", "404 "}}},
		{"role-path=both", []step{{"", "GET /custom_role", "200 "}, {"", "GET /org/42/custom_role", "200 "}}},
		{"role-update=put", []step{{"", `POST /custom_role/editor {}`, "405 "}, {"", `PUT /custom_role/editor {"name":"E"}`, "200 "}}},
		{"role-update=both", []step{{"", `POST /custom_role/editor {}`, "200 "}, {"", `PUT /custom_role/editor {}`, "200 "}}},
		{"set-update=merge", []step{{"", `POST /custom_role/editor {"permissions":["review_read"]}`, "200 "},
			{"", "GET /custom_role/editor", `200 ~["business_edit","business_edit_name","review_read"]`}}},
		{"role-name=unique", []step{{"", `POST /custom_role {"name":"Editor","api_id":"e2","permissions":[]}`, `400 ~"name"`}}},
		{"disabled-for-roles=user-roles", []step{{"", "GET /permissions", `200 ~["BUSINESS_MANAGER"]`}}},
		{"org-manager=builtin", []step{{"", "GET /custom_role/ORG_MANAGER", `200 ~"is_builtin":true`}}},
	} {
		t.Run(tt.variant, func(t *testing.T) { play(t, seeded(t, zoo, tt.variant), tt.steps) })
	}
}

func TestRestrictedKey(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"narrow", "GET /user/me", `200 ~"permissions":["business_edit","review_read"]`},
		{"narrow", `POST /custom_role {"name":"A","api_id":"a","permissions":["review_management"]}`, denied},
		{"narrow", `POST /custom_role {"name":"B","api_id":"b","permissions":["review_read"]}`, "200 "},
		{"narrow", `POST /user {"email":"x@zoo.example","first_name":"X","last_name":"Y","role":"GROUP_MANAGER","accesses":[]}`, denied},
		{"narrow", `POST /user {"email":"x@zoo.example","first_name":"X","last_name":"Y","role":"GROUP_MANAGER","custom_role":"b"}`, "200 "},
		{"narrow", `POST /user {"email":"y@zoo.example","first_name":"X","last_name":"Y"}`, denied},
	})
}
