package emulator

import (
	"cmp"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
)

// A reading plays requests under each value of a variant. The answer to the last
// one tells the values apart; those before must not fail on the way.
type reading struct {
	variant string
	script  []string
	want    map[string]string // by value, as in a step
	with    []string          // other variants
	key     string
}

const (
	newRole   = `POST /admin/roles {"name":"New role","permissions":["STORY_CREATE","CASE_CREATE"]}`
	oddRole   = `POST /admin/roles {"name":"ODD","permissions":["CASE_VIEW","NO_SUCH"]}`
	inviteBo  = `POST /teams/1/invite_member {"user_id":4,"role":"ANALYST"}`
	mapping   = "GET /admin/scim_user_group_mapping"
	withTeams = "GET /admin/users?include=team_memberships"
)

func readings() []reading {
	type by = map[string]string
	return []reading{
		// The wire.
		{variant: "errors", script: []string{`POST /teams {}`}, want: by{
			"object": `422 {"errors":[{"message":"name is missing","details":"name"}]}`, "array": `422 [{"message":"name is missing","details":"name"}]`,
			"error": `422 {"error":"name is missing"}`, "message": `422 {"message":"name is missing"}`, "strings": `422 {"errors":["name is missing"]}`,
			"fields": `422 {"errors":{"name":["is missing"]}}`, "text": "422 name is missing", "empty": "422 -", "mixed": `422 {"error":"name is missing"}`}},
		{variant: "errors", script: []string{"GET /admin/users/99"}, want: by{
			"object": missing, "array": `404 [{"message":"Not found","details":""}]`, "error": `404 {"error":"Not found"}`, "message": `404 {"message":"Not found"}`,
			"strings": `404 {"errors":["Not found"]}`, "fields": `404 {"errors":{"base":["Not found"]}}`, "text": "404 Not found", "empty": "404 -",
			"mixed": `404 [{"message":"Not found","details":""}]`}},

		// Roles.
		{variant: "team-admin", script: []string{"GET /admin/roles/TEAM_ADMIN"}, want: by{"sentinel": `200 ~["ALLOW_ALL"]`, "list": `200 ~"STORY_MANAGE"`}},
		{variant: "role-name", script: []string{newRole}, want: by{"kept": `201 ~"name":"New role"`, "upper": `201 ~"name":"NEW_ROLE"`}},

		// Teams.
		{variant: "creator-member", script: []string{`POST /teams {"name":"T"}`, "GET /teams/9/members"}, key: person, want: by{"no": `200 ~"members":[]`, "yes": `200 ~"email":"olu@soc.example"`}},
		{variant: "group-members", script: []string{"GET /teams/3/members"}, want: by{"open": "200 ", "closed": missing}},
		{variant: "group-members", script: []string{`PUT /teams/3 {"name":"F"}`}, want: by{"open": "200 ", "closed": missing}},
		{variant: "group-members", script: []string{"DELETE /teams/3"}, want: by{"open": "204 ", "closed": "204 "}},

		// Members.
		{variant: "member-role", script: []string{"GET /teams/1/members"}, want: by{"name": `200 ~"role":"ENGINEER"`, "id": `200 ~"role":"2"`}},
		{variant: "member-role", script: []string{withTeams}, want: by{"name": `200 ~"role":"ANALYST"`, "id": `200 ~"role":"1"`}},
		{variant: "role-write", script: []string{inviteBo}, want: by{"both": "200 ", "name": "200 ", "id": "422 ~role"}},
		{variant: "role-write", script: []string{`POST /teams/1/invite_member {"user_id":4,"role":"1"}`}, want: by{"both": "200 ", "name": "422 ~role", "id": "200 "}},
		{variant: "role-write", script: []string{`POST /teams/1/invite_member {"user_id":4,"role":"EDITOR"}`}, want: by{"both": "200 ", "name": "200 ", "id": "200 "}},
		{variant: "reinvite", script: []string{`POST /teams/1/invite_member {"user_id":3,"role":"EDITOR"}`}, want: by{"update": `200 ~"role":"EDITOR"`, "ignore": `200 ~"role":"ENGINEER"`, "error": "422 ~member already"}},
		{variant: "reinvite", script: []string{`POST /teams/1/invite_member {"user_id":3,"role":"EDITOR"}`, "GET /teams/1/members"}, want: by{"update": `200 !ENGINEER`, "ignore": `200 ~ENGINEER`, "error": "200 ~ENGINEER"}},
		{variant: "owners-listed", script: []string{"GET /teams/1/members"}, want: by{"no": `200 ~"count":3`, "yes": `200 ~"email":"olu@soc.example","is_admin":true`}},

		// Users.
		{variant: "service-users", script: []string{"GET /admin/users"}, want: by{"hidden": `200 ~"count":5`, "listed": `200 ~"count":7`}},
		{variant: "service-users", script: []string{"GET /teams/2/members"}, want: by{"hidden": `200 ~"count":3`, "listed": `200 ~intake@soc.example`}},
		{variant: "service-users", script: []string{`POST /teams/2/remove_member {"user_id":7}`}, want: by{"hidden": missing, "listed": `200 {"deleted_id":7}`}},
		{variant: "include-key", script: []string{withTeams}, want: by{"team_memberships": `200 ~"team_memberships":[{`, "memberships": `200 ~"memberships":[{`, "absent": "200 !memberships\""}},
		{variant: "include-pending", script: []string{withTeams}, want: by{"yes": `200 ~"team_memberships":[{"team_id":1,"team_name":"Detection","role":"VIEWER"}`, "no": "200 !VIEWER"}},
		{variant: "user-attributes", script: []string{"GET /admin/users/3"}, want: by{"all": `200 ~"tenant_permissions":`, "no-permissions": `200 ~"is_active":`, "oldest": "200 !is_active"}},
		{variant: "user-attributes", script: []string{"GET /admin/users/4"}, want: by{"all": "200 ", "no-permissions": "200 !tenant_permissions", "oldest": "200 !tenant_permissions"}},
		{variant: "user-by-email", script: []string{"GET /admin/users/ANA@soc.example"}, want: by{"yes": `200 ~"ana@soc`, "no": "404 "}},
		{variant: "user-put", script: []string{`PUT /admin/users/1 {"first_name":"O"}`}, want: by{"partial": `200 ~"admin":true`, "defaults": `200 ~"admin":false`}},
		{variant: "user-put", script: []string{`PUT /admin/users/3 {"is_active":false}`, `PUT /admin/users/3 {"first_name":"A"}`}, want: by{"partial": `200 ~"is_active":false`, "defaults": `200 ~"is_active":true`}},
		{variant: "tenant-permissions", script: []string{`PUT /admin/users/2 {"tenant_permissions":["TUNNEL_MANAGE"]}`}, want: by{"replace": `200 ~["TUNNEL_MANAGE"]`, "merge": `200 ~["TUNNEL_MANAGE","AUDIT_LOG_READ"]`}},
		{variant: "delete-user", script: []string{"DELETE /admin/users/3", "GET /admin/users/3"}, want: by{"at-once": missing, "queued": `200 ~"is_active":false`}},

		// Single sign-on.
		{variant: "scim", script: []string{inviteBo}, want: by{"off": "200 ", "on": "422 ~Managed", "enhanced-jit": "422 ~Managed"}},
		{variant: "scim", script: []string{`PUT /admin/users/3 {"admin":true}`}, want: by{"off": "200 ", "on": "422 ~Managed", "enhanced-jit": "200 "}},
		{variant: "mapping-read", script: []string{mapping}, want: by{"bare": `200 !user_group_mapping`, "wrapped": `200 ~{"user_group_mapping":{"mappings"`}},
		{variant: "mapping-rows", script: []string{mapping}, want: by{"new": `200 ~"group_name"`, "old": `200 ~"sso_group"`}},
		{variant: "mapping-rows", script: []string{`POST /admin/scim_user_group_mapping {"user_group_mapping":{"mappings":[{"group_name":"g","team_name":"T","role_name":"team_admin"},{"group_name":"h","team_name":"T","role_name":"ANALYST"}]}}`},
			want: by{"new": `200 ~"role_name":"team_admin"`, "old": `200 ~{"role_name":"ANALYST","sso_group":"h"`}},
		{variant: "owners-group", script: []string{mapping}, want: by{"string": `200 ~"tenant_owners_group":"soc-owners"`, "array": `200 ~"tenant_owners_groups":["soc-owners"]`, "hidden": "200 !owners"}},
	}
}

func TestVariants(t *testing.T) {
	apart := map[string]bool{"retry-after": true} // by TestTooMany
	values := map[string][]string{}
	for _, v := range Variants() {
		values[v.Name] = v.Values
	}
	for _, r := range readings() {
		answers := map[string]bool{}
		if len(r.want) != len(values[r.variant]) {
			t.Errorf("%s has values %v, the reading has %v", r.variant, values[r.variant], r.want)
		}
		for _, value := range values[r.variant] {
			s := soc(t, append([]string{r.variant + "=" + value}, r.with...)...)
			answers[r.want[value]] = true
			key, last := cmp.Or(r.key, DefaultKey), len(r.script)-1
			for _, request := range r.script[:last] {
				ask(t, s, key, request)
			}
			res, body := ask(t, s, key, r.script[last])
			if diff := providertest.CompareAnswer(res.StatusCode, body, r.want[value]); diff != "" {
				t.Errorf("%s=%s %s: %s", r.variant, value, r.script[last], diff)
			}
		}
		apart[r.variant] = apart[r.variant] || len(answers) > 1
	}
	for _, v := range Variants() {
		if !apart[v.Name] {
			t.Errorf("nothing tells the values of %s apart", v.Name)
		}
	}
}

func TestTooMany(t *testing.T) {
	for variant, want := range map[string][3]string{
		"retry-after=seconds": {"60", "Retry later", "text/plain; charset=utf-8"},
		"retry-after=date":    {"Tue, 14 Nov 2023 22:14:20 GMT", "Retry later", "text/plain; charset=utf-8"},
		"retry-after=absent":  {"", "Retry later", "text/plain; charset=utf-8"},
	} {
		s := open(t, Options{Rate: 1, Variants: []string{variant}})
		play(t, s, []step{{"", "GET /teams", "200 "}})
		res, body := ask(t, s, DefaultKey, "GET /teams")
		got := [3]string{res.Header.Get("Retry-After"), body, res.Header.Get("Content-Type")}
		if res.StatusCode != 429 || got != want {
			t.Errorf("%s: %d %q", variant, res.StatusCode, got)
		}
	}
}

func TestErrorsOfMixedPaths(t *testing.T) {
	play(t, soc(t, "errors=mixed"), []step{
		{"", "GET /admin/roles/99", missing},
		{"", "GET /admin/users/99", `404 [{"message":"Not found","details":""}]`},
		{"", "GET /teams/99", `404 {"error":"Not found"}`},
		{"", `POST /teams/99/invite_member {}`, `404 {"message":"Not found"}`},
		{weak, "GET /admin/scim_user_group_mapping", `404 {"errors":{"base":["Not found"]}}`},
		{weak, "GET /audit_logs", "404 Not found"},
	})
}

func TestVariantTable(t *testing.T) { providertest.CheckVariants(t, Variants()) }
