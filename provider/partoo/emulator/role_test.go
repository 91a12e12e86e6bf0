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
		{"", `POST /custom_role/duplicate?custom_role_api_id=shop`, `200 {"name":"Store editor - 2","api_id":"shop_2","description":null,"org_id":42,"is_builtin":false}`},
		{"", `POST /custom_role/duplicate {"custom_role_api_id":"shop"}`, `400 ~api_id`},
		{"", `POST /custom_role/duplicate {}`, `400 ~custom_role_api_id`},
		{"", `POST /custom_role/duplicate {"custom_role_api_id":"none"}`, missing},
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
		{"group", `POST /custom_role/duplicate {}`, denied},
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
	for variant, want := range map[string]string{"refuse-changed": "200 ", "forbid": denied, "ignore": "200 "} {
		play(t, seeded(t, zoo, "builtin-fields="+variant), []step{
			{"", `POST /custom_role/GROUP_MANAGER {"name":"Group Manager"}`, want},
		})
	}
	play(t, seeded(t, zoo, "builtin-fields=refuse-changed"), []step{{"", `POST /custom_role/GROUP_MANAGER {"name":"X"}`, "400 "}})
	play(t, seeded(t, zoo, "builtin-ids=lower"), []step{{"", "GET /custom_role/group_manager", "200 "}})
	play(t, seeded(t, zoo, "builtin-ids=opaque"), []step{{"", "GET /custom_role/builtin_2", `200 ~Group Manager`}})
}

func TestRoleVariants(t *testing.T) {
	create := func(fields string) string { return `POST /custom_role {"name":"A","api_id":"a",` + fields + `}` }
	for _, tt := range []struct {
		variant string
		steps   []step
	}{
		{"role-path=org", []step{{"", "GET /custom_role", "404 "}, {"", "GET /org/42/custom_role/editor", "200 "}, {"provider", "GET /org/7/custom_role", "404 "}}},
		{"role-path=both", []step{{"", "GET /custom_role", "200 "}, {"", "GET /org/42/custom_role", "200 "}}},
		{"role-update=put", []step{{"", `POST /custom_role/editor {}`, "405 "}, {"", `PUT /custom_role/editor {"name":"E"}`, "200 "}}},
		{"role-update=both", []step{{"", `POST /custom_role/editor {}`, "200 "}, {"", `PUT /custom_role/editor {}`, "200 "}}},
		{"role-update-body=full", []step{{"", `POST /custom_role/editor {"name":"E"}`, `400 ~"api_id":"Missing`},
			{"", `POST /custom_role/GROUP_MANAGER {"permissions":[]}`, "200 "}}},
		{"role-permissions=merge", []step{{"", `POST /custom_role/editor {"permissions":["review_read"]}`, "200 "},
			{"", "GET /custom_role/editor", `200 ~["business_edit","business_edit_name","review_read"]`}}},
		{"role-name=unique", []step{{"", `POST /custom_role {"name":"Editor","api_id":"e2","permissions":[]}`, `400 ~"name"`}}},
		{"role-id-case=ignored", []step{{"", `POST /custom_role {"name":"E","api_id":"EDITOR","permissions":[]}`, `400 ~already`}, {"", "GET /custom_role/Editor", "200 "}}},
		{"description-characters=any", []step{{"", `POST /custom_role/editor {"description":"a, b"}`, "200 "}}},
		{"description-characters=strict", []step{{"", `POST /custom_role/editor {"description":"a, b"}`, `400 ~"description"`}}},
		{"unknown-permission=drop", []step{{"", create(`"permissions":["nope","review_read"]`), "200 "}, {"", "GET /custom_role/a", `200 ~"permissions":["review_read"]`}}},
		{"dependencies=add", []step{{"", create(`"permissions":["business_edit_name"]`), "200 "}, {"", "GET /custom_role/a", `200 ~["business_edit_name","business_edit"]`}}},
		{"dependencies=drop", []step{{"", create(`"permissions":["business_edit_name","review_read"]`), "200 "}, {"", "GET /custom_role/a", `200 ~"permissions":["review_read"]`}}},
		{"unknown-fields=refuse", []step{{"", create(`"permissions":[],"colour":1`), `400 ~"colour":"Unknown field."`}}},
		{"set-order=sorted", []step{{"", create(`"permissions":["review_read","business_edit"]`), "200 "}, {"", "GET /custom_role/a", `200 ~["business_edit","review_read"]`}}},
		{"set-order=reversed", []step{{"", "GET /custom_role/editor", `200 ~["business_edit_name","business_edit"]`}}},
		{"rename-held-role=follow", []step{{"", `POST /custom_role/editor {"api_id":"e"}`, "200 "}, {"", "GET /user/" + groupID, `200 ~"custom_role":"e"`}}},
		{"rename-held-role=dangle", []step{{"", `POST /custom_role/editor {"api_id":"e"}`, "200 "}, {"", "GET /user/" + groupID, `200 ~"custom_role":"editor"`}}},
		{"rename-held-role=refuse", []step{{"", `POST /custom_role/editor {"api_id":"e"}`, "400 "}}},
		{"delete-held-role=fallback", []step{{"", "DELETE /custom_role/editor", "200 "}, {"", "GET /user/" + groupID, `200 ~"custom_role":"GROUP_MANAGER"`}}},
		{"delete-held-role=dangle", []step{{"", "DELETE /custom_role/editor", "200 "}, {"", "GET /user/" + groupID, `200 ~"custom_role":"editor"`}}},
	} {
		t.Run(tt.variant, func(t *testing.T) { play(t, seeded(t, zoo, tt.variant), tt.steps) })
	}
}

func TestRestrictedKey(t *testing.T) {
	stronger := `POST /custom_role {"name":"A","api_id":"a","permissions":["review_management"]}`
	within := `POST /custom_role {"name":"B","api_id":"b","permissions":["review_read"]}`
	play(t, seeded(t, zoo), []step{
		{"narrow", "GET /user/me", `200 ~"permissions":["business_edit","review_read"]`},
		{"narrow", stronger, denied},
		{"narrow", within, "200 "},
		{"narrow", "GET /custom_role?only_available_roles=true", `200 ~"count":1,`},
		{"", "GET /custom_role?only_available_roles=true", `200 ~"count":4,`},
		{"group", "GET /custom_role?only_available_roles=True", `200 ~"count":1,`},
		{"narrow", `POST /user {"email":"x@zoo.example","first_name":"X","last_name":"Y","role":"GROUP_MANAGER","accesses":[]}`, denied},
		{"narrow", `POST /user {"email":"x@zoo.example","first_name":"X","last_name":"Y","role":"GROUP_MANAGER","custom_role":"b"}`, "200 "},
		{"narrow", `POST /user {"email":"y@zoo.example","first_name":"X","last_name":"Y"}`, denied},
		{"narrow", `POST /business/c-CRAB {"name":"Big crab"}`, "200 "},
		{"group", `POST /business/c-EAGLE {"name":"Old eagle"}`, "200 "},
		{"group", `POST /business/c-CRAB {"name":"Old crab"}`, missing},
	})
	play(t, seeded(t, zoo, "restricted-key=closed"), []step{
		{"narrow", within, denied}, {"narrow", "DELETE /user/" + groupID, denied}, {"narrow", `POST /sections {"name":"S"}`, denied},
		{"narrow", "GET /custom_role", "200 "},
	})
	play(t, seeded(t, zoo, "restricted-key=open"), []step{{"narrow", stronger, "200 "}})
}
