package emulator

import (
	"fmt"
	"testing"
)

func TestRoles(t *testing.T) {
	const at = `"2023-11-14T22:13:20.250Z"`
	play(t, soc(t), []step{
		{"", "GET /admin/roles", `200 ~"count":9`},
		{"", "GET /admin/roles/TEAM_ADMIN", `200 {"id":"TEAM_ADMIN","name":"TEAM_ADMIN","type":"default",
			"description":"Does everything in the team and manages its members","permissions":["ALLOW_ALL"],"created_at":null,"updated_at":null}`},
		{"", "GET /admin/roles/ANALYST", `200 {"id":"1","name":"ANALYST","type":"custom","description":"Works on cases and reads stories",
			"permissions":["CASE_VIEW","CASE_CREATE","STORY_VIEW","RECORD_VIEW"],"created_at":` + at + `,"updated_at":` + at + `}`},
		{"", "GET /admin/roles/1", `200 ~"name":"ANALYST"`},
		{"", "GET /admin/roles/3", missing},
		{"", `POST /admin/roles {"name":"MY_ROLE","permissions":["STORY_CREATE","STORY_CREATE"]}`, `201 {"id":"3","name":"MY_ROLE","type":"custom","description":null,
			"permissions":["STORY_CREATE"],"created_at":` + at + `,"updated_at":` + at + `}`},
		{"", `PATCH /admin/roles/3 {"permissions":["CASE_CREATE"]}`, `200 ~"permissions":["CASE_CREATE"]`},
		{"", `PATCH /admin/roles/MY_ROLE {"description":"Mine","name":"OTHER"}`, `200 ~"name":"MY_ROLE","type":"custom","description":"Mine","permissions":["CASE_CREATE"]`},
		{"", "DELETE /admin/roles/3", `204 -`},
		{"", "DELETE /admin/roles/3", missing},
	})
}

func TestRolesRefused(t *testing.T) {
	play(t, soc(t), []step{
		{"", `POST /admin/roles {}`, `422 {"errors":[{"message":"name is missing","details":"name"},{"message":"permissions is missing","details":"permissions"}]}`},
		{"", `POST /admin/roles {"name":"","permissions":[]}`, `422 ~name can't be blank`},
		{"", `POST /admin/roles {"name":7,"permissions":"x"}`, `422 {"errors":[{"message":"name is not a string","details":"name"},{"message":"permissions is not a list of strings","details":"permissions"}]}`},
		{"", `POST /admin/roles {"name":"A","permissions":null}`, `422 ~permissions can't be null`},
		{"", `POST /admin/roles {"name":"A","permissions":["ALLOW_ALL"]}`, `422 ~permissions cannot hold ALLOW_ALL`},
		{"", `POST /admin/roles {`, `400 ~not a JSON object`},
		{"", `PATCH /admin/roles/VIEWER {"permissions":[]}`, `422 ~default role`},
		{"", "DELETE /admin/roles/VIEWER", `422 ~default role`},
		{"", "DELETE /admin/roles/ANALYST", `422 ~in use`},
		{"", "PUT /admin/roles/ANALYST {}", missing},
	})
}

func TestAtMost25CustomRoles(t *testing.T) {
	s := soc(t)
	create := func(n int) string { return fmt.Sprintf(`POST /admin/roles {"name":"R%d","permissions":[]}`, n) }
	for n := range 23 {
		play(t, s, []step{{"", create(n), "201 "}})
	}
	play(t, s, []step{
		{"", create(23), `422 ~A tenant can have 25 custom roles`},
		{"", "DELETE /admin/roles/R0", "204 "},
		{"", create(23), `201 ~"id":"26"`},
	})
}

// A role that only the mapping names is held, too.
func TestRoleOfTheMappingIsHeld(t *testing.T) {
	s := soc(t)
	play(t, s, []step{
		{"", `POST /admin/roles {"name":"MAPPED","permissions":[]}`, "201 "},
		{"", `POST /admin/scim_user_group_mapping {"user_group_mapping":{"mappings":[{"group_name":"g","team_name":"Detection","role_name":"MAPPED"}]}}`, "200 "},
		{"", "DELETE /admin/roles/MAPPED", "422 ~in use"},
	})
}

// An id comes before a name.
func TestRoleNamedByNumber(t *testing.T) {
	play(t, soc(t), []step{
		{"", `POST /admin/roles {"name":"1","permissions":[]}`, "201 "},
		{"", "GET /admin/roles/1", `200 ~"name":"ANALYST"`},
		{"", "GET /admin/roles/3", `200 ~"name":"1"`},
		{"", `POST /admin/roles {"name":"A/B C","permissions":[]}`, "201 "},
		{"", "GET /admin/roles/A%2FB%20C", `200 ~"id":"4"`},
	})
}
