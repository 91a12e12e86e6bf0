package emulator

import "testing"

func TestMembers(t *testing.T) {
	play(t, soc(t), []step{
		{"", "GET /teams/1/members", `200 {"members":[
			{"id":2,"first_name":"Dana","last_name":"Detection","email":"dana@soc.example","is_admin":false,"created_at":"2023-11-14T22:13:20Z","last_seen":null,"invitation_accepted":true,"role":"TEAM_ADMIN"},
			{"id":3,"first_name":"Ana","last_name":"Analyst","email":"ana@soc.example","is_admin":false,"created_at":"2023-11-14T22:13:20Z","last_seen":null,"invitation_accepted":true,"role":"ENGINEER"},
			{"id":5,"first_name":"Noor","last_name":"New","email":"noor@soc.example","is_admin":false,"created_at":"2023-11-14T22:13:20Z","last_seen":null,"invitation_accepted":false,"role":"VIEWER"}],
			"meta":{"current_page":"http://tines.emulator/api/v1/teams/1/members?page=1&per_page=20","previous_page":null,"next_page":null,"next_page_number":null,"per_page":20,"pages":1,"count":3}}`},
		{"", `POST /teams/1/invite_member {"user_id":4,"role":"ANALYST"}`, `200 ~"email":"bo@soc.example"`},
		{"", `POST /teams/1/invite_member {"email":"BO@soc.example","role":"2"}`, `200 ~"role":"ENGINEER"`},
		{"", `POST /teams/1/invite_member {"email":"olu@soc.example"}`, `200 ~"role":"VIEWER"`},
		{"", `POST /teams/1/remove_member {"user_id":4}`, `200 {"deleted_id":4}`},
		{"", `POST /teams/1/remove_member {"user_id":4}`, missing},
		{"", "GET /teams/1/members", `200 ~"count":4`},
		{"", "GET /teams/9/members", missing},
	})
}

func TestInvitationsRefused(t *testing.T) {
	play(t, soc(t), []step{
		{"", `POST /teams/1/invite_member {}`, "422 ~user_id or email is needed"},
		{"", `POST /teams/1/invite_member {"user_id":4,"email":"bo@soc.example"}`, "422 ~user_id or email is needed"},
		{"", `POST /teams/1/invite_member {"user_id":"4"}`, "422 ~user_id is not a number"},
		{"", `POST /teams/1/invite_member {"user_id":99}`, "422 ~user_id is not that of a user"},
		{"", `POST /teams/1/invite_member {"user_id":6}`, "422 ~user_id is not that of a user"},
		{"", `POST /teams/1/invite_member {"email":"bo"}`, "422 ~email is invalid"},
		{"", `POST /teams/1/invite_member {"email":""}`, "422 ~email can't be blank"},
		{"", `POST /teams/1/invite_member {"user_id":4,"role":"BOSS"}`, "422 ~role is not a role"},
		{"", `POST /teams/1/invite_member {"user_id":4,"role":"viewer"}`, "422 ~role is not a role"},
		{"", `POST /teams/1/remove_member {}`, "422 ~user_id is missing"},
		{"", "GET /teams/1/members", `200 ~"count":3`},
		{"", "GET /admin/users", `200 ~"count":5`},
	})
}

// An invitation by an unknown address makes a user, who is pending.
func TestInvitingAnUnknownAddress(t *testing.T) {
	play(t, soc(t), []step{
		{"", `POST /teams/1/invite_member {"email":"new@soc.example","role":"EDITOR"}`,
			`200 ~{"id":8,"first_name":"","last_name":"","email":"new@soc.example","is_admin":false,"created_at":"2023-11-14T22:13:20Z","last_seen":null,"invitation_accepted":false,"role":"EDITOR"}`},
		{"", "GET /admin/users/8", `200 ~"is_active":true`},
		{"", "GET /audit_logs", `200 ~"operation_name":"UsersInvitation"`},
		{"", `POST /teams/1/invite_member {"email":"other@soc.example","role":"BOSS"}`, "422 "},
		{"", "GET /admin/users", `200 ~"count":6`},
	})
}

func TestLastMemberStays(t *testing.T) {
	s := soc(t)
	play(t, s, []step{
		{"", `POST /teams/2/remove_member {"user_id":2}`, "200 "},
		{"", `POST /teams/2/remove_member {"user_id":3}`, "200 "},
		{"", `POST /teams/2/remove_member {"user_id":4}`, "422 ~last member"},
		{"", `POST /teams/2/invite_member {"user_id":3}`, "200 "},
		{"", `POST /teams/2/remove_member {"user_id":4}`, "200 "},
	})
}

// Tenant owners are members of every case group.
func TestCaseGroupMembers(t *testing.T) {
	play(t, soc(t), []step{
		{"", "GET /teams/3/members", `200 ~"email":"olu@soc.example"`},
		{"", "GET /teams/3/members", `200 ~"role":"ANALYST"`},
		{"", "GET /teams/3/members", `200 ~"count":2`},
		{"", `POST /teams/3/invite_member {"user_id":3,"role":"CASE_MANAGER"}`, "200 "},
		{"", `POST /teams/3/remove_member {"user_id":4}`, "200 "},
	})
}

func TestSCIM(t *testing.T) {
	play(t, soc(t, "scim=on"), []step{
		{"", `POST /teams/1/invite_member {"user_id":4}`, "422 ~Managed by"},
		{"", `POST /teams/1/remove_member {"user_id":5}`, "422 ~Managed by"},
		{"", `POST /admin/users {"email":"new@soc.example"}`, "422 ~Managed by"},
		{"", `PUT /admin/users/4 {"first_name":"B"}`, "422 ~Managed by"},
		{"", `POST /admin/roles {"name":"R","permissions":[]}`, "201 "},
		{"", `POST /teams {"name":"T"}`, "201 "},
		{"", "DELETE /admin/users/4", "204 "},
		{"", "GET /teams/1/members", "200 "},
	})
}

// Enhanced JIT has members in its hands, and leaves users alone.
func TestEnhancedJIT(t *testing.T) {
	play(t, soc(t, "scim=enhanced-jit"), []step{
		{"", `POST /teams/1/invite_member {"user_id":4}`, "422 ~Managed by"},
		{"", `POST /teams/1/remove_member {"user_id":5}`, "422 ~Managed by"},
		{"", `POST /admin/users {"email":"new@soc.example"}`, "201 "},
		{"", `PUT /admin/users/4 {"first_name":"B"}`, "200 "},
	})
}
