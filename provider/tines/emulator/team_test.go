package emulator

import "testing"

func TestTeams(t *testing.T) {
	play(t, soc(t), []step{
		{"", "GET /teams", `200 ~"teams":[{"id":1,"name":"Detection"},{"id":2,"name":"Response"}]`},
		{"", "GET /teams?scope=standard", `200 ~"count":2`},
		{"", "GET /teams?scope=all", `200 ~"count":7`},
		{"", "GET /teams/2", `200 {"id":2,"name":"Response","groups":[{"id":3,"name":"Forensics"}]}`},
		{"", "GET /teams/3", `200 {"id":3,"name":"Forensics","groups":[]}`},
		{"", "GET /teams/02", missing},
		{"", `POST /teams {"name":"Intel"}`, `201 {"id":9,"name":"Intel"}`},
		{"", `POST /teams {"name":"Intel"}`, `201 {"id":10,"name":"Intel"}`},
		{"", `POST /teams {}`, "422 ~name is missing"},
		{"", "GET /teams/9/members", `200 ~"members":[]`},
		{"", `PUT /teams/9 {"name":"Threat intel"}`, `200 {"id":9,"name":"Threat intel"}`},
		{"", `PUT /teams/9 {"name":""}`, "422 ~name can't be blank"},
		{"", `PUT /teams/9 {}`, "422 ~name is missing"},
		{"", "DELETE /teams/9", "204 -"},
		{"", "DELETE /teams/9", missing},
	})
}

// The id of a case group deletes it; that of its team takes it along.
func TestDeletingTeamsAndCaseGroups(t *testing.T) {
	s := soc(t)
	play(t, s, []step{
		{"", "DELETE /teams/3", "204 "},
		{"", "GET /teams/2", `200 ~"groups":[]`},
		{"", "GET /admin/users?include=team_memberships", `200 !Forensics`},
	})
	s = soc(t)
	play(t, s, []step{
		{"", "DELETE /teams/2", "204 "},
		{"", "GET /teams/3", missing},
		{weak, "GET /teams", `200 ~"teams":[]`},
	})
	for p := range s.pairs {
		if p.team != 1 {
			t.Errorf("membership %s is left", p)
		}
	}
}

func TestPersonalTeams(t *testing.T) {
	play(t, soc(t), []step{
		{"", "GET /teams/6/members", `200 ~"email":"ana@soc.example","is_admin":false,"created_at":"2023-11-14T22:13:20Z","last_seen":null,"invitation_accepted":true,"role":"TEAM_ADMIN"}]`},
		{"", "DELETE /teams/6", "422 ~personal team"},
		{"", `PUT /teams/6 {"name":"Mine"}`, "422 ~personal team"},
		{"", `POST /teams/6/invite_member {"user_id":2}`, "422 ~personal team"},
		{"", `POST /teams/6/remove_member {"user_id":3}`, "422 ~personal team"},
	})
}

// A renamed team keeps its members and loses its rows of the mapping.
func TestRenamedTeam(t *testing.T) {
	play(t, soc(t), []step{
		{"", `PUT /teams/2 {"name":"Incidents"}`, "200 "},
		{"", "GET /teams/2/members", `200 ~"count":3`},
		{"", "GET /admin/scim_user_group_mapping", `200 ~"team_name":"Response"`},
	})
}
