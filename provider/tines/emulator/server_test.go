package emulator

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const minute = time.Minute

func TestRates(t *testing.T) {
	for _, tt := range []struct {
		path  string
		limit int
	}{{"/admin/users", 500}, {"/audit_logs", 1000}, {"/teams", 5000}} {
		c := newClock()
		s := open(t, Options{Clock: c.time})
		for i := range tt.limit {
			if res, _ := ask(t, s, DefaultKey, "GET "+tt.path); res.StatusCode != 200 {
				t.Fatalf("%s, request %d: %d", tt.path, i, res.StatusCode)
			}
		}
		c.now = c.now.Add(18500 * time.Millisecond)
		res, got := ask(t, s, DefaultKey, "GET "+tt.path+"?page=1")
		if res.StatusCode != 429 || res.Header.Get("Retry-After") != "42" || got != "Retry later" {
			t.Errorf("%s: %d, Retry-After %q, %q", tt.path, res.StatusCode, res.Header.Get("Retry-After"), got)
		}
		play(t, s, []step{{person, "GET " + tt.path, "200 "}, {"", "GET /admin/roles", map[bool]string{true: "429 ", false: "200 "}[tt.path == "/teams"]}, {"wrong", "GET " + tt.path, "401 "}})
		c.now = c.now.Add(42 * time.Second)
		play(t, s, []step{{"", "GET " + tt.path, "200 "}})
	}
}

func TestRateOfOptions(t *testing.T) {
	s := open(t, Options{Rate: 2})
	play(t, s, []step{
		{"", "GET /teams", "200 "}, {"", "GET /admin/roles", "200 "}, {"", "GET /teams", "429 "},
		{"", "GET /admin/users/1", "200 "}, {"", "GET /admin/users", "200 "}, {"", "GET /admin/users", "429 "},
	})
	s = open(t, Options{Rate: -1})
	for range 600 {
		play(t, s, []step{{"", "GET /admin/users/1", "200 "}})
	}
}

func TestStateSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".rolecall", "tines.json")
	o := Options{State: path, Rate: -1, Clock: newClock().time}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	play(t, s, []step{
		{"", `POST /admin/roles {"name":"R","permissions":["CASE_VIEW"]}`, "201 "},
		{"", `POST /teams {"name":"T"}`, "201 "},
		{"", `POST /teams/9/invite_member {"email":"new@soc.example","role":"R"}`, "200 "},
		{"", `POST /teams/1/remove_member {"user_id":5}`, "200 "},
		{"", "DELETE /admin/users/4", "204 "},
	})
	killed, err := os.ReadFile(path) // as a kill would leave it
	if err != nil {
		t.Fatal(err)
	}
	pages := []string{"GET /admin/roles", "GET /admin/users?include=team_memberships", "GET /teams?scope=all", "GET /teams/1/members", "GET /teams/9/members", "GET /audit_logs"}
	before := map[string]string{}
	for _, p := range pages {
		_, before[p] = ask(t, s, DefaultKey, p)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	closed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"killed": killed, "closed": closed, "torn": append(bytes.Clone(killed), `[{"t":"user","id":"torn`...)} {
		t.Run(name, func(t *testing.T) {
			o := o
			o.State = filepath.Join(t.TempDir(), "state")
			if err := os.WriteFile(o.State, data, 0o600); err != nil {
				t.Fatal(err)
			}
			s := open(t, o)
			for p, want := range before {
				if _, got := ask(t, s, DefaultKey, p); got != want {
					t.Errorf("%s is\n%s\nnot\n%s", p, got, want)
				}
			}
			play(t, s, []step{
				{"", `POST /admin/roles {"name":"S","permissions":[]}`, `201 ~"id":"4"`},
				{"", `POST /teams {"name":"U"}`, `201 ~"id":11`},
				{"", `POST /admin/users {"email":"x@soc.example"}`, `201 ~"id":9`},
			})
		})
	}
}

// What everybody can do is told after each change, and only then.
func TestWatch(t *testing.T) {
	var moments []map[string]Access
	s := open(t, Options{Watch: func(m map[string]Access) { moments = append(moments, m) }})
	play(t, s, []step{
		{"", "GET /teams", "200 "},
		{"", `POST /teams/1/invite_member {"user_id":5,"role":"ANALYST"}`, "200 "},
		{"", `POST /teams/1/invite_member {"user_id":5,"role":"NONE"}`, "422 "},
		{"", `PUT /admin/users/5 {"is_active":false}`, "200 "},
		{"", `PUT /admin/users/5 {"is_active":true,"admin":true}`, "200 "},
	})
	if len(moments) != 4 {
		t.Fatalf("%d moments", len(moments))
	}
	for i, want := range []string{
		"CASE_VIEW in team 1, CREDENTIAL_VIEW in team 1, DASHBOARD_VIEW in team 1, EVENT_VIEW in team 1, MEMBER_VIEW in team 1, RECORD_VIEW in team 1, RESOURCE_VIEW in team 1, STORY_VIEW in team 1, WORKBENCH_VIEW in team 1",
		"CASE_CREATE in team 1, CASE_VIEW in team 1, RECORD_VIEW in team 1, STORY_VIEW in team 1",
		"",
	} {
		if got := strings.Join(moments[i]["noor@soc.example"].Words(), ", "); got != want {
			t.Errorf("moment %d: %s", i, got)
		}
	}
	owner := moments[3]["noor@soc.example"].Words()
	for _, want := range []string{"owns the tenant", "AUDIT_LOG_READ in the tenant", "STORY_MANAGE in team 2", "CASE_VIEW in team 3"} {
		if !slices.Contains(owner, want) {
			t.Errorf("an owner cannot: %s", want)
		}
	}
	if got := moments[0]["dana@soc.example"]; !slices.Contains(got.Words(), "MEMBER_MANAGE in team 1") || slices.Contains(got.Words(), "MEMBER_MANAGE in team 2") {
		t.Errorf("a team admin can %v", got.Words())
	}
}

// A team that gets another name is the same team: nobody gains or loses by it, and what
// two teams of one name allow is not mixed up.
func TestWatchWhileTeamsAreRenamed(t *testing.T) {
	var moments []map[string]Access
	s := open(t, Options{Watch: func(m map[string]Access) { moments = append(moments, m) }})
	play(t, s, []step{
		{"", `POST /teams/1/invite_member {"user_id":5,"role":"ANALYST"}`, "200 "},
		{"", `PUT /teams/1 {"name":"Security"}`, "200 "},
		{"", `PUT /teams/2 {"name":"Security"}`, "200 "},
	})
	if len(moments) != 4 {
		t.Fatalf("%d moments", len(moments))
	}
	noor := func(moment int) Access { return moments[moment]["noor@soc.example"] }
	want := noor(1).Words()
	if !slices.Contains(want, "CASE_CREATE in team 1") {
		t.Errorf("an analyst can %v", want)
	}
	for n := 2; n < 4; n++ {
		if got := noor(n).Words(); !slices.Equal(got, want) {
			t.Errorf("moment %d: %v, want %v", n, got, want)
		}
	}
	if before, after := noor(1).NamedWords(), noor(2).NamedWords(); !slices.Contains(before, "CASE_CREATE in Detection") || !slices.Contains(after, "CASE_CREATE in Security") {
		t.Errorf("by name an analyst can %v and then %v", before, after)
	}
}
