package emulator

import "testing"

func TestUsers(t *testing.T) {
	const at = `"2023-11-14T22:13:20.250Z"`
	play(t, soc(t), []step{
		{"", "GET /admin/users", `200 ~"count":5`},
		{"", "GET /admin/users/2", `200 {"id":2,"scim_uid":null,"email":"dana@soc.example","first_name":"Dana","last_name":"Detection","admin":false,
			"tenant_permissions":["AUDIT_LOG_READ"],"is_active":true,"created_at":` + at + `,"updated_at":` + at + `,"last_seen":null}`},
		{"", "GET /admin/users?filter=TENANT_OWNER", `200 ~"count":1`},
		{"", "GET /admin/users?filter=VIEWER", `422 ~filter is not`},
		{"", "GET /admin/users?include=everything", `422 ~include is not`},
		{"", "GET /admin/users?include=team_memberships", `200 ~"team_memberships":[{"team_id":1,"team_name":"Detection","role":"ENGINEER"},{"team_id":2,"team_name":"Response","role":"ANALYST"},{"team_id":6,"team_name":"Personal (ana@soc.example)","role":"TEAM_ADMIN"}]`},
		{"", "GET /admin/users", `200 !team_memberships`},
		{"", `POST /admin/users {"email":"eve@soc.example","first_name":"Eve","tenant_permissions":["TUNNEL_MANAGE","X"],"is_active":false}`,
			`201 {"id":8,"scim_uid":null,"email":"eve@soc.example","first_name":"Eve","last_name":"","admin":false,"tenant_permissions":["TUNNEL_MANAGE"],"is_active":false,"created_at":` + at + `,"updated_at":` + at + `,"last_seen":null}`},
		{"", `POST /admin/users {"email":"EVE@soc.example"}`, "422 ~email has already been taken"},
		{"", `POST /admin/users {}`, "422 ~email is missing"},
		{"", `POST /admin/users {"email":"eve"}`, "422 ~email is invalid"},
		{"", `PUT /admin/users/8 {"last_name":"Ng","is_active":true}`, `200 ~"first_name":"Eve","last_name":"Ng","admin":false,"tenant_permissions":["TUNNEL_MANAGE"],"is_active":true`},
		{"", `PUT /admin/users/8 {"tenant_permissions":["AUDIT_LOG_READ"],"admin":true}`, `200 ~"admin":true,"tenant_permissions":["AUDIT_LOG_READ"]`},
		{"", `PUT /admin/users/8 {"email":"ana@soc.example"}`, "422 ~email has already been taken"},
		{"", `PUT /admin/users/8 {"email":"Eve.Ng@soc.example"}`, `200 ~"email":"Eve.Ng@soc.example"`},
		{"", `PUT /admin/users/8 {"admin":"yes"}`, "422 ~admin is not a boolean"},
		{"", "GET /admin/users?filter=TENANT_OWNER", `200 ~"count":2`},
		{"", "DELETE /admin/users/8", "204 -"},
		{"", "GET /admin/users/8", missing},
		{"", "GET /admin/users/6", missing},
	})
}

// A deleted user takes memberships, personal team and keys along, and the last
// place in a team.
func TestDeletedUserLeavesNothing(t *testing.T) {
	s := soc(t)
	play(t, s, []step{
		{"", "DELETE /admin/users/4", "204 "},
		{"", "GET /teams/2/members", `200 !bo@soc.example`},
		{"", "GET /teams/3/members", `200 ~"count":1`},
		{"", "GET /teams/7", missing},
		{"", "DELETE /admin/users/1", "204 "},
		{person, "GET /teams", "401 "},
		{"", `POST /admin/users {"email":"bo@soc.example"}`, `201 ~"id":8`},
	})
}

// A personal key ends with its user, the others do not.
func TestKeysOfInactiveUsers(t *testing.T) {
	s := soc(t, "service-users=listed")
	play(t, s, []step{
		{person, "GET /admin/roles", "200 "},
		{"", `PUT /admin/users/1 {"is_active":false}`, "200 "},
		{person, "GET /admin/roles", `401 ~Invalid API token`},
		{"", `PUT /admin/users/7 {"is_active":false}`, "200 "},
		{weak, "GET /teams", `200 ~"count":1`},
	})
}

func TestQueuedDeletion(t *testing.T) {
	c := newClock()
	s := open(t, Options{Variants: []string{"delete-user=queued"}, Rate: -1, Clock: c.time})
	play(t, s, []step{
		{"", "DELETE /admin/users/3", "204 "},
		{"", "GET /admin/users/3", `200 ~"is_active":false`},
		{"", `PUT /admin/users/3 {"is_active":true}`, "422 ~being deleted"},
		{"", "DELETE /admin/users/3", "204 "},
		{"", "GET /teams/1/members", `200 ~"id":3,`},
	})
	c.now = c.now.Add(minute)
	play(t, s, []step{
		{"", "GET /admin/users/3", missing},
		{"", "GET /teams/1/members", `200 !"id":3,`},
	})
}
