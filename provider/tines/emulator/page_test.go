package emulator

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	s := soc(t)
	play(t, s, []step{
		{"", "GET /admin/roles?per_page=4&page=2&x=y", `200 ~"meta":{"current_page":"http://tines.emulator/api/v1/admin/roles?page=2\u0026per_page=4\u0026x=y",` +
			`"previous_page":"http://tines.emulator/api/v1/admin/roles?page=1\u0026per_page=4\u0026x=y","next_page":"http://tines.emulator/api/v1/admin/roles?page=3\u0026per_page=4\u0026x=y","next_page_number":3,"per_page":4,"pages":3,"count":9}`},
		{"", "GET /admin/roles?per_page=4&page=3", `200 ~"next_page":null,"next_page_number":null,"per_page":4`},
		{"", "GET /admin/roles?per_page=4&page=4", `200 ~"admin/roles":[]`},
		{"", "GET /admin/roles?per_page=500", `200 ~"per_page":500,"pages":1`},
		{"", "GET /admin/roles?per_page=1000", `200 ~"per_page":500`},
		{"", "GET /admin/roles?page=0&per_page=0", `200 ~"per_page":1,"pages":9`},
		{"", "GET /admin/roles?page=x", `422 ~page is not a number`},
		{"", "GET /admin/roles?page=9223372036854775807&per_page=500", `200 ~"admin/roles":[]`},
		{"", "GET /audit_logs", `200 ~"pages":0,"count":0`},
	})
}

// The address that a client used is the one in the pages.
func TestPageURLs(t *testing.T) {
	s := soc(t)
	r := httptest.NewRequest("GET", "https://soc.tines.example/api/v1/teams", nil)
	r.Header.Set("Authorization", "Bearer "+DefaultKey)
	r.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `"current_page":"https://soc.tines.example/api/v1/teams?page=1`) {
		t.Error(w.Body)
	}
}

// crowd is a tenant of users, each in three of the teams.
func crowd(users, teams int) *Seed {
	seed := &Seed{Teams: make([]SeedTeam, teams), Users: make([]SeedUser, users)}
	for i := range teams {
		seed.Teams[i].Name = fmt.Sprintf("Team %03d", i)
	}
	for i := range users {
		email := fmt.Sprintf("user%06d@crowd.example", i)
		seed.Users[i] = SeedUser{Email: email, FirstName: "User", LastName: email}
		for j := range 3 {
			t := &seed.Teams[(i+j*7)%teams]
			t.Members = append(t.Members, SeedMember{Email: email, Role: "EDITOR"})
		}
	}
	return seed
}

func BenchmarkPage(b *testing.B) {
	s := open(b, Options{Seed: crowd(20_000, 200), Rate: -1})
	for name, request := range map[string]string{
		"users":       "GET /admin/users?per_page=500&page=40",
		"memberships": "GET /admin/users?per_page=500&page=40&include=team_memberships",
		"members":     "GET /teams/7/members?per_page=500",
		"teams":       "GET /teams?per_page=500&scope=all&page=40",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if res, _ := ask(b, s, DefaultKey, request); res.StatusCode != http.StatusOK {
					b.Fatal(res.StatusCode)
				}
			}
		})
	}
}

func BenchmarkMembership(b *testing.B) {
	s := open(b, Options{Seed: crowd(20_000, 200), Rate: -1, State: b.TempDir() + "/state"})
	n := 0
	for b.Loop() {
		n++
		if res, _ := ask(b, s, DefaultKey, fmt.Sprintf(`POST /teams/1/invite_member {"user_id":%d,"role":"VIEWER"}`, 1+n%20_000)); res.StatusCode != http.StatusOK {
			b.Fatal(res.StatusCode)
		}
	}
}

func BenchmarkStart(b *testing.B) {
	seed := crowd(20_000, 200)
	for b.Loop() {
		if _, err := New(Options{Seed: seed}); err != nil {
			b.Fatal(err)
		}
	}
}
