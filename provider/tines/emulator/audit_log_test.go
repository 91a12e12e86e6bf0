package emulator

import (
	"strings"
	"testing"
	"time"
)

func TestAuditRow(t *testing.T) {
	s := soc(t)
	play(t, s, []step{
		{person, `POST /teams/1/remove_member {"user_id":5}`, "200 "},
		{"", "GET /audit_logs", `200 {"audit_logs":[{"id":1,"created_at":"2023-11-14T22:13:20Z","updated_at":"2023-11-14T22:13:20Z","operation_name":"TeamMemberRemoval",
			"inputs":{"inputs":{"teamId":1,"userId":5}},"outputs":{},"request_ip":"127.0.0.1","request_user_agent":"rolecall-test","tenant_id":1,
			"user_id":1,"user_email":"olu@soc.example","user_name":"Olu Owner"}],
			"meta":{"current_page":"http://tines.emulator/api/v1/audit_logs?page=1&per_page=20","previous_page":null,"next_page":null,"next_page_number":null,"per_page":20,"pages":1,"count":1}}`},
		{"", `POST /teams/1/remove_member {"user_id":5}`, "404 "},
		{"", "GET /audit_logs", `200 ~"count":1`},
	})
}

// Every change is logged under its name, by the service account of the key.
func TestAuditNames(t *testing.T) {
	s := soc(t)
	for _, tt := range []struct{ request, name string }{
		{`POST /admin/roles {"name":"R","permissions":[]}`, "CustomRoleCreation"},
		{`PATCH /admin/roles/R {"description":"D"}`, "CustomRoleUpdate"},
		{"DELETE /admin/roles/R", "CustomRoleDeletion"},
		{`POST /teams {"name":"T"}`, "TeamCreation"},
		{`PUT /teams/9 {"name":"U"}`, "TeamUpdate"},
		{`POST /teams/9/invite_member {"user_id":4}`, "TeamMembersAddition"},
		{`POST /teams/9/invite_member {"user_id":4,"role":"EDITOR"}`, "TeamMemberRoleUpdate"},
		{"DELETE /teams/9", "TeamDestruction"},
		{`POST /admin/users {"email":"x@soc.example"}`, "UsersInvitation"},
		{`PUT /admin/users/8 {"admin":true}`, "UserEdit"},
		{"DELETE /admin/users/8", "UserDeletion"},
		{`POST /admin/scim_user_group_mapping {"user_group_mapping":{}}`, "TenantConfigChange"},
	} {
		if res, _ := ask(t, s, DefaultKey, tt.request); res.StatusCode >= 300 {
			t.Errorf("%s: %d", tt.request, res.StatusCode)
		}
		_, got := ask(t, s, DefaultKey, "GET /audit_logs?per_page=1")
		if !strings.Contains(got, `"operation_name":"`+tt.name+`"`) || !strings.Contains(got, `"user_email":"api@soc.example"`) {
			t.Errorf("%s is logged as %s", tt.request, got)
		}
	}
}

func TestAuditFilters(t *testing.T) {
	c := newClock()
	s := open(t, Options{Rate: -1, Clock: c.time})
	play(t, s, []step{{"", `POST /teams {"name":"T"}`, "201 "}})
	c.now = c.now.Add(time.Hour)
	play(t, s, []step{
		{person, `POST /teams {"name":"U"}`, "201 "},
		{"", "DELETE /teams/9", "204 "},
		{"", "GET /audit_logs", `200 ~"count":3`},
		{"", "GET /audit_logs?after=2023-11-14T22:30:00Z", `200 ~"count":2`},
		{"", "GET /audit_logs?after=2023-11-14T22:13:20%2B00:00", `200 ~"count":3`},
		{"", "GET /audit_logs?after=yesterday", "422 ~after is not a time"},
		{"", "GET /audit_logs?per_page=2", `200 ~"id":3,`},
		{"", "GET /audit_logs?per_page=2&page=2", `200 ~"id":1,`},
	})
}
