package emulator

import (
	"strings"
	"testing"
	"time"
)

// create is a POST /user with the least that it needs, and more fields.
func create(email, fields string) string {
	return `POST /user {"email":"` + email + `","first_name":"A","last_name":"B"` + fields + `}`
}

// find searches for the one user with the address.
func find(email string) string { return "GET /user/search?email=" + email }

func TestUserReads(t *testing.T) {
	s := seeded(t, zoo)
	play(t, s, []step{
		{"", "GET /user/" + groupID, `200 {"id":"` + groupID + `","email":"group@zoo.example","first_name":"Gr","last_name":"Oup","org_id":42,
			"role":"GROUP_MANAGER","custom_role":"editor","accesses":[[1,3]],"business_ids":[],"sidebar_pages":null,"lang":"en","status":"active",
			"disabled":false,"sso_only":false,"receive_reviews_email_notifications":false,"provider":"partoo","created_at":1700000000,
			"shadow_user_id":null,"available_features":["business_edition","review_management"]}`},
		{"", "GET /user/" + storeID + "?display_business_ids=false", `200 ~"accesses":[],"sidebar_pages"`},
		{"", "GET /user/" + storeID + "?display_business_ids=maybe", `400 ~display_business_ids`},
		{"", "GET /user/none", missing},
		{"group", "GET /user/me", `200 ~"permissions":["business_edit","business_edit_name"]`},
		{"", "GET /user/" + storeID + "/businesses", `200 ~"code":"CRAB"`},
		{"", "GET /user/" + groupID + "/businesses", `200 ~"count":2`},
		{"", "GET /user/" + adminID + "/businesses", `200 ~"count":4`},
		{"", "GET /user/none/businesses", missing},
	})
	if crab := hexID("business", "CRAB"); !strings.Contains(read(t, send(t, s, "admin", "GET /user/"+storeID)), `"business_ids":["`+crab+`"]`) {
		t.Error("a BUSINESS_MANAGER does not show its businesses")
	}
}

func TestUserSearch(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"", find("Group@Zoo.example"), `200 ~"id":"` + groupID + `"`},
		{"", find("nobody@zoo.example"), `200 ~"count":0`},
		{"", find("nonsense"), `400 ~"email"`},
		{"", "GET /user/search?query=oup", `200 ~"count":1`},
		{"", "GET /user/search?role=GROUP_MANAGER,BUSINESS_MANAGER", `200 ~"count":2`},
		{"", "GET /user/search?role=ADMIN", `400 ~"role"`},
		{"", "GET /user/search?status=active", `200 ~"count":4`},
		{"", "GET /user/search?status=invited", `200 ~"count":0`},
		{"", "GET /user/search?status=gone", `400 ~"status"`},
		{"", "GET /user/search?order_by=-email&per_page=1", `200 ~store@zoo.example`},
		{"", "GET /user/search?order_by=first_name&per_page=1&page=2", `200 ~"first_name":"Gr"`},
		{"", "GET /user/search?order_by=age", `400 ~order_by`},
		{"", "GET /user/search/count", `200 {"count":4}`},
		{"", "GET /user/search/count?role=ORG_ADMIN", `200 {"count":1}`},
		{"", "GET /user/search/count?role=X", `400 `},
		{"", create("new@zoo.example", ""), "200 "},
		{"", "GET /user/search?order_by=-email&per_page=2", `200 ~provider@zoo.example`},
		{"", "GET /user/search/count?role=ORG_ADMIN", `200 {"count":2}`},
	})
}

func TestCreateUser(t *testing.T) {
	crab := hexID("business", "CRAB")
	play(t, seeded(t, zoo), []step{
		{"", create("a@zoo.example", `,"custom_role":"editor"`), `200 {"id":"` + hexID("user", "#1") + `","status":"success"}`},
		{"", find("a@zoo.example"), `200 ~"role":"ORG_ADMIN","custom_role":null,"accesses":[],"business_ids":[]`}, // the trap
		{"", create("b@zoo.example", `,"role":"GROUP_MANAGER","accesses":[[1],[3,5]],"business_ids":["`+crab+`"]`), "200 "},
		{"", find("b@zoo.example"), `200 ~"role":"GROUP_MANAGER","custom_role":"GROUP_MANAGER","accesses":[[1],[3,5]],"business_ids":[]`},
		{"", create("c@zoo.example", `,"role":"BUSINESS_MANAGER","business_ids":["`+crab+`"],"accesses":[[1]],"org_id":7`), "200 "},
		{"", find("c@zoo.example"), `200 ~"org_id":42,"role":"BUSINESS_MANAGER","custom_role":"BUSINESS_MANAGER","accesses":[],"business_ids":["` + crab + `"]`},
		{"", create("d@zoo.example", `,"role":"ORG_MANAGER","custom_role":"editor","status":"invited","disabled":true,"lang":"pt-br"`), "200 "},
		{"", find("d@zoo.example"), `200 ~"custom_role":"editor","accesses":[],"business_ids":[],"sidebar_pages":null,"lang":"pt-br","status":"invited","disabled":false`},
		{"", create("e@zoo.example", `,"send_invitation":true,"password":"weak"`), "200 "},
		{"", find("e@zoo.example"), `200 ~"status":"invited"`},
		{"", create("f@zoo.example", `,"password":"Str0ng!pass","sidebar_pages":["posts"]`), "200 "},
		{"", find("f@zoo.example"), `200 ~"sidebar_pages":["posts"],"lang":"en","status":"active"`},
	})
}

func TestCreateUserRefusals(t *testing.T) {
	s := seeded(t, zoo)
	play(t, s, []step{
		{"", `POST /user {}`, `400 {"error":{"json":{"email":"Missing data for required field.","first_name":"Missing data for required field.","last_name":"Missing data for required field."}}}`},
		{"", create("no address", ""), `400 ~"email":"Not a valid email address."`},
		{"", create("GROUP@zoo.example", ""), `400 {"error":{"json":{"email":"Must be unique."}}}`},
		{"", create("elsewhere@zoo.example", ""), `400 ~unique`},
		{"", create("x@zoo.example", `,"role":"ADMIN"`), `400 ~"role":"Not a valid choice."`},
		{"", create("x@zoo.example", `,"role":"PROVIDER"`), `400 ~"role"`},
		{"", create("x@zoo.example", `,"role":7`), `400 ~"role"`},
		{"", create("x@zoo.example", `,"custom_role":"none"`), `400 ~"custom_role":"Unknown custom role."`},
		{"", create("x@zoo.example", `,"role":"GROUP_MANAGER","accesses":[["Birds"]]`), `400 ~"accesses":"Not a valid list of lists of integers."`},
		{"", create("x@zoo.example", `,"role":"GROUP_MANAGER","accesses":[1]`), `400 ~"accesses"`},
		{"", create("x@zoo.example", `,"role":"GROUP_MANAGER","accesses":[[99]]`), `400 ~"accesses":"Unknown group."`},
		{"", create("x@zoo.example", `,"role":"BUSINESS_MANAGER","business_ids":["c-CRAB"]`), `400 ~"business_ids":"Unknown business: c-CRAB."`},
		{"", create("x@zoo.example", `,"lang":"xx"`), `400 ~"lang"`},
		{"", create("x@zoo.example", `,"status":"gone"`), `400 ~"status"`},
		{"", create("x@zoo.example", `,"password":"weak"`), `400 ~"password"`},
		{"", create("x@zoo.example", `,"sso_only":true`), `400 ~"sso_only"`},
		{"", create("x@zoo.example", `,"sidebar_pages":["POSTS"]`), `400 ~"sidebar_pages"`},
		{"", create("x@zoo.example", `,"first_name":null`), `400 ~"first_name"`},
		{"", create("x@zoo.example", `,"send_invitation":"True"`), `400 ~"send_invitation"`},
		{"group", create("x@zoo.example", ""), denied},
		{"store", create("x@zoo.example", ""), denied},
		{"", "GET /user/search/count", `200 {"count":4}`},
	})
	for _, e := range s.Entries(0) {
		if e.Effect || strings.Contains(string(e.Body), "weak") {
			t.Errorf("entry %d: effect %v, body %s", e.Seq, e.Effect, e.Body)
		}
	}
}

func TestUpdateUser(t *testing.T) {
	user := "POST /user/" + groupID + " "
	get := "GET /user/" + groupID
	crab := hexID("business", "CRAB")
	play(t, seeded(t, zoo), []step{
		{"", user + `{"lang":"fr"}`, `200 {"id":"` + groupID + `","status":"success"}`},
		{"", get, `200 ~"custom_role":"editor","accesses":[[1,3]],"business_ids":[],"sidebar_pages":null,"lang":"fr"`},
		{"", user + `{"custom_role":null}`, "200 "},
		{"", get, `200 ~"custom_role":"GROUP_MANAGER"`},
		{"", user + `{"accesses":[]}`, "200 "},
		{"", get, `200 ~"accesses":[]`},
		{"", user + `{"accesses":[[1]],"email":"GROUP@zoo.example","disabled":true,"receive_reviews_email_notifications":true}`, "200 "},
		{"", get, `200 ~"disabled":true,"sso_only":false,"receive_reviews_email_notifications":true`},
		{"", user + `{"role":"BUSINESS_MANAGER","business_ids":["` + crab + `"]}`, "200 "},
		{"", get, `200 ~"role":"BUSINESS_MANAGER","custom_role":"BUSINESS_MANAGER","accesses":[],"business_ids":["` + crab + `"]`},
		{"", user + `{"role":"ORG_ADMIN"}`, "200 "},
		{"", get, `200 ~"role":"ORG_ADMIN","custom_role":null,"accesses":[],"business_ids":[]`},
		{"", user + `{"email":"admin@zoo.example"}`, `400 ~unique`},
		{"", user + `{"disabled":null}`, `400 ~"disabled"`},
		{"", "POST /user/none {}", missing},
		{"group", "GET /user/me", "401 "}, // it is disabled
		{"store", user + `{}`, denied},
		{"", user + `{"email":"moved@zoo.example"}`, "200 "},
		{"", find("group@zoo.example"), `200 ~"count":0`},
		{"", find("moved@zoo.example"), `200 ~"count":1`},
	})
}

func TestDeletingAUserDeletesItsKeys(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"group", "GET /user/me", "200 "},
		{"", "DELETE /user/" + groupID, `200 {"id":"` + groupID + `","status":"success"}`},
		{"", "DELETE /user/" + groupID, missing},
		{"group", "GET /user/me", "401 "},
		{"store", "DELETE /user/" + storeID, denied},
		{"", create("group@zoo.example", ""), `200 {"id":"` + hexID("user", "#1") + `","status":"success"}`}, // another id
		{"", "DELETE /user/" + adminID, "200 "},
		{"", "GET /user/me", "401 "},
	})
}

func TestInvite(t *testing.T) {
	c := newClock()
	s := open(t, Options{Seed: parse(t, zoo), Clock: c.time, Rate: -1})
	invite := "POST /user/" + hexID("user", "#1") + "/invite"
	play(t, s, []step{
		{"", "POST /user/" + groupID + "/invite", `400 ~already accepted`},
		{"", "POST /user/none/invite", missing},
		{"", create("x@zoo.example", `,"send_invitation":true`), "200 "},
		{"", invite, `400 ~5 minutes`},
		{"group", invite, denied},
	})
	c.now = c.now.Add(5 * time.Minute)
	play(t, s, []step{{"", invite, `200 {"status":"success"}`}, {"", invite, `400 `}})
}

func TestUserVariants(t *testing.T) {
	user, get := "POST /user/"+groupID+" ", "GET /user/"+groupID
	for _, tt := range []struct {
		variant string
		steps   []step
	}{
		{"user-search=thin", []step{{"", find("group@zoo.example"), `200 ~"role":"GROUP_MANAGER","business_ids":[]`}, {"", get, `200 ~"custom_role":"editor"`}}},
		{"search-status=active", []step{{"", user + `{"status":"invited"}`, "200 "}, {"", "GET /user/search/count", `200 {"count":3}`}, {"", "GET /user/search/count?status=invited", `200 {"count":1}`}}},
		{"disabled-filter=disabled", []step{{"", user + `{"disabled":true}`, "200 "}, {"", "GET /user/search?disabled=true", `200 ~"count":1`}, {"", "GET /user/search?disabled=false", `200 ~"count":3`}}},
		{"disabled-filter=ignored", []step{{"", user + `{"disabled":true}`, "200 "}, {"", "GET /user/search?disabled=true", `200 ~"count":4`}}},
		{"search-disabled=hidden", []step{{"", user + `{"disabled":true}`, "200 "}, {"", "GET /user/search", `200 ~"count":3`}, {"", find("group@zoo.example"), `200 ~"count":0`}}},
		{"me-permissions=objects", []step{{"group", "GET /user/me", `200 ~"permissions":[{"name":"business_edit"},{"name":"business_edit_name"}]`}}},
		{"me-permissions=absent", []step{{"group", "GET /user/me", `200 ~"review_management"]}`}}},
		{"grant-admin=refuse", []step{{"", create("x@zoo.example", ""), denied}, {"", user + `{"role":"ORG_MANAGER"}`, denied}, {"provider", create("x@zoo.example", ""), "200 "}}},
		{"admin-custom-role=refuse", []step{{"", create("x@zoo.example", `,"custom_role":"editor"`), "400 "}}},
		{"admin-custom-role=keep", []step{{"", "POST /user/" + adminID + ` {"custom_role":"editor"}`, "200 "}, {"", "POST /user/" + adminID + ` {"lang":"fr"}`, "200 "}, {"", "GET /user/me", `200 ~"custom_role":"editor"`}}},
		{"scope-mismatch=refuse", []step{{"", create("x@zoo.example", `,"accesses":[[1]]`), `400 ~"accesses"`}, {"", user + `{"business_ids":["` + hexID("business", "CRAB") + `"]}`, `400 ~"business_ids"`}}},
		{"role-change=keep", []step{{"", user + `{"role":"ORG_ADMIN"}`, "200 "}, {"", get, `200 ~"role":"ORG_ADMIN","custom_role":null,"accesses":[[1,3]]`}}},
		{"accesses-empty=all", []step{{"", user + `{"accesses":[]}`, "200 "}, {"", get + "/businesses", `200 ~"count":4`}}},
		{"accesses-empty=none", []step{{"", user + `{"accesses":[]}`, "200 "}, {"", get + "/businesses", `200 ~"count":0`}}},
		{"empty-access=all", []step{{"", user + `{"accesses":[[]]}`, "200 "}, {"", get + "/businesses", `200 ~"count":4`}}},
		{"empty-access=none", []step{{"", user + `{"accesses":[[]]}`, "200 "}, {"", get + "/businesses", `200 ~"count":0`}}},
		{"empty-access=refuse", []step{{"", user + `{"accesses":[[]]}`, `400 ~"accesses"`}}},
		{"unknown-fields=refuse", []step{{"", user + `{"preferences":{}}`, `400 ~"preferences":"Unknown field."`}, {"", user + `{"phone":"1"}`, "200 "}}},
		{"set-order=sorted", []step{{"", user + `{"accesses":[[3,1],[2]]}`, "200 "}, {"", get, `200 ~"accesses":[[1,3],[2]]`}}},
		{"set-order=reversed", []step{{"", user + `{"accesses":[[1,3],[2]]}`, "200 "}, {"", get, `200 ~"accesses":[[2],[3,1]]`}}},
	} {
		t.Run(tt.variant, func(t *testing.T) { play(t, seeded(t, zoo, tt.variant), tt.steps) })
	}
}

func TestSwitch(t *testing.T) {
	before := strings.Replace(zoo, `"id": 42,`, `"id": 42, "has_switched": false,`, 1)
	on := `POST /org/42/switch_to_custom_roles {"switch_to_custom_roles":true}`
	assign := "POST /user/" + storeID + ` {"custom_role":"editor"}`
	s := seeded(t, before)
	play(t, s, []step{
		{"", "GET /org/42/switch_to_custom_roles", `200 {"org_id":42,"has_switched":false,"can_switch":true}`},
		{"", assign, "200 "},
		{"store", on, denied},
		{"", `POST /org/42/switch_to_custom_roles {}`, `400 ~switch_to_custom_roles`},
		{"", on, `200 {"status":"success","org_id":42}`},
		{"", "GET /org/42/switch_to_custom_roles", `200 {"org_id":42,"has_switched":true,"can_switch":false}`},
		{"", "GET /custom_role/GROUP_MANAGER", `200 ~"org_id":42,"is_builtin":true,"permissions":["business_edit","business_edit_country","business_edit_city","business_edit_categories","business_edit_website_url","business_edit_open_hours","business_edit_photo_cover","business_edit_phone_number","review_reply_positive_reviews"`},
		{"", `POST /org/42/switch_to_custom_roles {"switch_to_custom_roles":false}`, "200 "},
		{"", "GET /org/42/switch_to_custom_roles", `200 ~"has_switched":false`},
	})
	play(t, seeded(t, before, "custom-role-before-switch=refuse"), []step{
		{"", assign, `400 ~"custom_role"`}, {"", "DELETE /custom_role/editor", denied}, {"", `POST /custom_role {}`, denied},
		{"", on, "200 "}, {"", assign, "200 "},
	})
	play(t, seeded(t, before, "custom-role-before-switch=ignore"), []step{
		{"", assign, "200 "}, {"", "GET /user/" + storeID, `200 ~"custom_role":"BUSINESS_MANAGER"`},
	})
	locked := strings.Replace(zoo, `"id": 42,`, `"id": 42, "can_switch": false,`, 1)
	play(t, seeded(t, locked), []step{{"", on, denied}})
}

func TestBusinessFields(t *testing.T) {
	fields := strings.Replace(zoo, `"sections": [`, `"business_fields": [{"name":"contact","fields":[{"name":"phone_number","enabled":true,"enabled_for_subroles":false}]}],
		"sections": [`, 1)
	play(t, seeded(t, fields), []step{
		{"", "GET /org/42/business_fields", `200 [{"name":"contact","fields":[{"name":"phone_number","enabled":true,"enabled_for_subroles":false}]}]`},
		{"group", "GET /org/42/business_fields", denied},
		{"group", "GET /business/c-EAGLE/business_fields", `200 [{"name":"contact","fields":[{"name":"phone_number","enabled":false,"enabled_for_subroles":false}]}]`},
		{"group", "GET /business/c-CRAB/business_fields", missing},
	})
}

func TestSSO(t *testing.T) {
	sso := strings.Replace(zoo, `"id": 42,`, `"id": 42, "sso": true,`, 1)
	play(t, seeded(t, sso), []step{
		{"", create("x@zoo.example", `,"sso_only":true,"send_invitation":false,"password":null`), "200 "},
		{"", find("x@zoo.example"), `200 ~"sso_only":true`},
	})
}

func TestKeys(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"", "GET /api_keys", `200 ~"count":7`},
		{"group", "GET /api_keys", `200 ~"count":1`},
		{"", "GET /api_keys?status=disabled", `200 ~"count":1`},
		{"", "GET /api_keys?status=expired", `200 ~"count":1`},
		{"", "GET /api_keys?status=inactive", `200 ~"count":2`},
		{"", "GET /api_keys?type=bot", `200 ~"user_name":"Pro Vider"`},
		{"", "GET /api_keys?search_text=GROUP", `200 ~"count":1`},
		{"", "GET /api_keys/" + hexID("api_key", "narrow"), `200 ~"has_restricted_permissions":true`},
		{"group", "GET /api_keys/" + hexID("api_key", "narrow"), missing},
		{"", "GET /api_keys?include_all_permissions=x", "400 "},
	})
}
