package emulator

import (
	"strings"
	"testing"
)

// create is a POST /user with the least that it needs, and more fields.
func create(email, fields string) string {
	return `POST /user {"email":"` + email + `","first_name":"A","last_name":"B"` + fields + `}`
}

// find searches for the one user with the address.
func find(email string) string { return "GET /user/search?email=" + email }

func TestUserReads(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"", "GET /user/" + groupID, `200 {"id":"` + groupID + `","email":"group@zoo.example","first_name":"Gr","last_name":"Oup","org_id":42,
			"role":"GROUP_MANAGER","custom_role":"editor","accesses":[[1,3]],"business_ids":[],"lang":"en","status":"active",
			"disabled":false,"sso_only":false,"sidebar_pages":null}`},
		{"", "GET /user/" + storeID + "?display_business_ids=false", `200 ~"accesses":[],"lang"`},
		{"", "GET /user/" + storeID + "?display_business_ids=maybe", `400 ~display_business_ids`},
		{"", "GET /user/none", missing},
		{"group", "GET /user/me", `200 ~"permissions":["business_edit","business_edit_name"]`},
		{"", "GET /user/" + storeID, `200 ~"business_ids":["` + hexID("business", "CRAB") + `"]`},
	})
}

func TestUserSearch(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"", find("Group@Zoo.example"), `200 ~"id":"` + groupID + `"`},
		{"", find("nobody@zoo.example"), `200 ~"count":0`},
		{"", find("nonsense"), `400 ~"email"`},
		{"", "GET /user/search?status=active", `200 ~"count":4`},
		{"", "GET /user/search?status=invited", `200 ~"count":0`},
		{"", "GET /user/search?status=gone", `400 ~"status"`},
		{"", create("a@zoo.example", ""), "200 "},
		{"", "GET /user/search?order_by=email&per_page=1", `200 ~a@zoo.example`},
		{"", "GET /user/search?order_by=age", `400 ~order_by`},
	})
}

func TestCreateUser(t *testing.T) {
	crab := hexID("business", "CRAB")
	play(t, seeded(t, zoo), []step{
		{"", create("a@zoo.example", `,"custom_role":"editor"`), `200 {"id":"` + hexID("user", "#1") + `","status":"success"}`},
		{"", find("a@zoo.example"), `200 ~"role":"ORG_ADMIN","custom_role":"editor","accesses":[],"business_ids":[]`}, // the trap
		{"", create("b@zoo.example", `,"role":"GROUP_MANAGER","accesses":[[1],[3,5]],"business_ids":["`+crab+`"]`), "200 "},
		{"", find("b@zoo.example"), `200 ~"role":"GROUP_MANAGER","custom_role":"GROUP_MANAGER","accesses":[[1],[3,5]],"business_ids":[]`},
		{"", create("c@zoo.example", `,"role":"BUSINESS_MANAGER","business_ids":["`+crab+`"],"accesses":[[1]],"org_id":7`), "200 "},
		{"", find("c@zoo.example"), `200 ~"org_id":42,"role":"BUSINESS_MANAGER","custom_role":"BUSINESS_MANAGER","accesses":[[1]],"business_ids":["` + crab + `"]`}, // kept, and without a meaning
		{"", create("d@zoo.example", `,"role":"ORG_MANAGER","custom_role":"editor","status":"invited","disabled":true,"lang":"pt-br"`), "200 "},
		{"", find("d@zoo.example"), `200 ~"custom_role":"editor","accesses":[],"business_ids":[],"lang":"pt-br","status":"invited","disabled":false`},
		{"", create("e@zoo.example", `,"send_invitation":true`), "200 "},
		{"", find("e@zoo.example"), `200 ~"status":"invited"`},
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
		{"", create("x@zoo.example", `,"sso_only":true`), `400 ~"sso_only"`},
		{"", create("x@zoo.example", `,"first_name":null`), `400 ~"first_name"`},
		{"", create("x@zoo.example", `,"send_invitation":"True"`), `400 ~"send_invitation"`},
		{"group", create("x@zoo.example", ""), denied},
		{"store", create("x@zoo.example", ""), denied},
	})
	for _, e := range s.Entries(0) {
		if e.Effect {
			t.Errorf("entry %d has an effect: %s", e.Seq, e.Body)
		}
	}
}

func TestUpdateUser(t *testing.T) {
	user := "POST /user/" + groupID + " "
	get := "GET /user/" + groupID
	crab := hexID("business", "CRAB")
	play(t, seeded(t, zoo), []step{
		{"", user + `{"lang":"fr"}`, `200 {"id":"` + groupID + `","status":"success"}`},
		{"", get, `200 ~"custom_role":"editor","accesses":[[1,3]],"business_ids":[],"lang":"fr"`},
		{"", user + `{"custom_role":null}`, "200 "},
		{"", get, `200 ~"custom_role":"GROUP_MANAGER"`},
		{"", user + `{"accesses":[]}`, "200 "},
		{"", get, `200 ~"accesses":[]`},
		{"", user + `{"accesses":[[1]],"email":"GROUP@zoo.example","disabled":true}`, "200 "},
		{"", get, `200 ~"disabled":true,"sso_only":false`},
		{"", user + `{"role":"BUSINESS_MANAGER","business_ids":["` + crab + `"]}`, "200 "},
		{"", get, `200 ~"role":"BUSINESS_MANAGER","custom_role":"BUSINESS_MANAGER","accesses":[[1]],"business_ids":["` + crab + `"]`},
		{"", user + `{"role":"ORG_ADMIN"}`, "200 "},
		{"", get, `200 ~"role":"ORG_ADMIN","custom_role":null,"accesses":[[1]],"business_ids":[]`},
		{"", user + `{"custom_role":"editor"}`, "200 "},
		{"", get, `200 ~"role":"ORG_ADMIN","custom_role":"editor"`},
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

func TestUserVariants(t *testing.T) {
	user, get := "POST /user/"+groupID+" ", "GET /user/"+groupID
	for _, tt := range []struct {
		variant string
		steps   []step
	}{
		{"user-search=thin", []step{{"", find("group@zoo.example"), `200 ~"role":"GROUP_MANAGER","business_ids":[]`}, {"", get, `200 ~"custom_role":"editor"`}}},
		{"set-update=merge", []step{{"", "POST /user/" + storeID + ` {"business_ids":[]}`, "200 "}, {"", "GET /user/" + storeID, `200 ~"business_ids":["` + hexID("business", "CRAB")}}},
		{"search-status=active", []step{{"", user + `{"status":"invited"}`, "200 "}, {"", "GET /user/search", `200 ~"count":3`}, {"", "GET /user/search?status=invited", `200 ~"count":1`}}},
		{"disabled-filter=disabled", []step{{"", user + `{"disabled":true}`, "200 "}, {"", "GET /user/search?disabled=true", `200 ~"count":1`}, {"", "GET /user/search?disabled=false", `200 ~"count":3`}}},
		{"disabled-filter=ignored", []step{{"", user + `{"disabled":true}`, "200 "}, {"", "GET /user/search?disabled=true", `200 ~"count":4`}}},
		{"search-disabled=hidden", []step{{"", user + `{"disabled":true}`, "200 "}, {"", "GET /user/search", `200 ~"count":3`}, {"", find("group@zoo.example"), `200 ~"count":0`}}},
		{"me-permissions=objects", []step{{"group", "GET /user/me", `200 ~"permissions":[{"name":"business_edit"},{"name":"business_edit_name"}]`}}},
	} {
		t.Run(tt.variant, func(t *testing.T) { play(t, seeded(t, zoo, tt.variant), tt.steps) })
	}
}

func TestSwitch(t *testing.T) {
	play(t, seeded(t, strings.Replace(zoo, `"id": 42,`, `"id": 42, "has_switched": false,`, 1)), []step{
		{"", "GET /org/42/switch_to_custom_roles", `200 {"org_id":42,"has_switched":false,"can_switch":true}`},
	})
}

func TestSSO(t *testing.T) {
	sso := strings.Replace(zoo, `"id": 42,`, `"id": 42, "sso": true,`, 1)
	play(t, seeded(t, sso), []step{
		{"", create("x@zoo.example", `,"sso_only":true,"send_invitation":false`), "200 "},
		{"", find("x@zoo.example"), `200 ~"sso_only":true`},
	})
}
