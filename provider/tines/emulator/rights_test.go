package emulator

import (
	"net/http"
	"testing"
)

// A missing right is answered as if there were nothing.
func TestWeakKeys(t *testing.T) {
	seed := DefaultSeed()
	seed.Users = append(seed.Users, SeedUser{Email: "log@soc.example", Service: true, TenantPermissions: []string{"AUDIT_LOG_READ"}})
	seed.Keys = append(seed.Keys,
		SeedKey{Key: "dana", Kind: "personal", User: "dana@soc.example"},
		SeedKey{Key: "noor", Kind: "personal", User: "noor@soc.example"},
		SeedKey{Key: "log", Kind: "service", User: "log@soc.example"})
	s := open(t, Options{Seed: seed, Rate: -1})
	steps := []step{
		{"", "GET /nothing/here", missing},
		{person, "GET /admin/users", "200 "},
		{person, "GET /audit_logs", "200 "},
		{"log", "GET /audit_logs", "200 "},
		{"log", "GET /teams", `200 ~"teams":[]`},
		{weak, "GET /audit_logs", missing},
		{weak, "GET /teams", `200 ~"teams":[{"id":2,"name":"Response"}]`},
		{weak, "GET /teams/2", `200 ~Forensics`},
		{weak, "GET /teams/3", `200 ~Forensics`},
		{weak, "GET /teams/1", missing},
		{weak, "GET /teams/1/members", missing},
		{weak, "GET /teams/2/members", "200 "},
		{weak, `PUT /teams/2 {"name":"X"}`, missing},
		{weak, `POST /teams/2/invite_member {"user_id":5}`, missing},
		{"dana", `POST /teams/1/invite_member {"user_id":4}`, "200 "},
		{"dana", `POST /teams/2/invite_member {"user_id":5}`, missing},
		{"dana", "GET /teams?scope=all", `200 ~"count":3`},
		{"dana", "GET /audit_logs", "200 "},
		{"noor", "GET /teams/5", missing},
		{"noor", "GET /teams/8", "200 ~Personal"},
		{"noor", "DELETE /teams/1", missing},
		{"dana", "DELETE /teams/1", "204 "},
	}
	for _, key := range []string{weak, "dana", "log"} {
		for _, request := range []string{
			"GET /admin/roles", `POST /admin/roles {"name":"X","permissions":[]}`, "GET /admin/roles/VIEWER", "DELETE /admin/roles/1",
			"GET /admin/users", "GET /admin/users/1", "DELETE /admin/users/1", `POST /admin/users {"email":"x@soc.example"}`,
			"GET /admin/scim_user_group_mapping", `POST /teams {"name":"X"}`,
		} {
			steps = append(steps, step{key, request, missing})
		}
	}
	play(t, s, steps)
}

func TestCredentials(t *testing.T) {
	s := soc(t)
	for _, tt := range []struct {
		name, value string
		status      int
	}{
		{"Authorization", "Bearer emulator-key", 200},
		{"Authorization", "Bearer ", 401},
		{"Authorization", "emulator-key", 401},
		{"X-Other", "emulator-key", 401},
	} {
		req, err := http.NewRequest("GET", BaseURL+"/teams", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(tt.name, tt.value)
		res, err := s.Transport().RoundTrip(req)
		if err != nil || res.StatusCode != tt.status {
			t.Errorf("%s: %s: %v %v", tt.name, tt.value, res, err)
		}
	}
}
