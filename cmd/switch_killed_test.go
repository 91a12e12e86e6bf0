//go:build unix

package cmd_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

// An organization with 20,000 users, of whom some lack sidebar pages: the report and the plan read a
// page for every hundred users and little more. Apply is killed while it assigns roles. Then
// nothing is switched, and the next apply goes on and switches.
func TestKilledSwitch(t *testing.T) {
	const users, limited, spare = 20_000, 40, 30
	legacy := false
	seed := &partooemulator.Seed{
		Org:     partooemulator.SeedOrg{ID: 42, Name: "Zoo Retail", HasSwitched: &legacy},
		Users:   []partooemulator.SeedUser{{Email: "admin@zoo.example", FirstName: "Ada", LastName: "Min", Role: "ORG_ADMIN"}},
		APIKeys: []partooemulator.SeedKey{{Key: "zoo", User: "admin@zoo.example"}},
	}
	for i := range users {
		u := partooemulator.SeedUser{Email: fmt.Sprintf("store%05d@zoo.example", i), FirstName: "Store", LastName: fmt.Sprint(i), Role: "BUSINESS_MANAGER"}
		if i < limited {
			u.Sidebar = []string{"bulk_modification", "diffusion", "feedback_management", "messages", "posts", "presence_analytics", "review_analytics", "review_management"}
		}
		seed.Users = append(seed.Users, u)
	}
	s := newPauseBefore(t, seed)
	s.write(fmt.Sprintf("provider \"partoo\" {\n  org_id   = 42\n  endpoint = %q\n  requests_per_minute = 60000\n}\n", s.web.URL+"/v2"))
	var sent atomic.Int64
	s.mu.Lock()
	s.front = func(*http.Request) { sent.Add(1) }
	s.mu.Unlock()
	budget := func(what string, more int64) {
		t.Helper()
		if n := sent.Swap(0); n > users/100+spare+more {
			t.Errorf("%s took %d requests", what, n)
		}
	}

	r := s.start("partoo", "legacy", "--generate", ".")
	s.end(r, 0)
	budget("partoo legacy", 0)
	if want := fmt.Sprintf("Wrote 1 role, 2 builtin roles, %d users and 1 permission system", limited); !strings.Contains(r.out.String(), want) {
		t.Fatalf("%q is not said:\n%s", want, r.out.String())
	}
	r = s.start("plan", "--detailed-exitcode")
	s.end(r, 2)
	budget("plan", 0)
	if strings.Contains(r.out.String(), "gains") || strings.Contains(r.out.String(), "loses") {
		t.Errorf("somebody gains or loses rights:\n%s", r.out.String())
	}

	apply := []string{"apply", "--auto-approve", "--confirm", "Zoo Retail"}
	s.holdUp(limited / 2)
	r = s.start(apply...)
	<-s.arrived
	if err := r.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.end(r, -1)
	s.goOn()
	if s.switched() {
		t.Error("the organization has switched before everybody had a role")
	}
	s.holdUp(0)
	sent.Store(0)
	s.end(s.start(apply...), 0)
	budget("apply", users/100+3*(limited+2)) // everybody is read again before the switch
	if !s.switched() {
		t.Error("the organization has not switched")
	}
	s.end(s.start("plan", "--detailed-exitcode"), 0)
}

// switched reports whether the organization has switched to custom roles.
func (s *pause) switched() bool {
	s.t.Helper()
	var status struct {
		HasSwitched bool `json:"has_switched"`
	}
	s.read("/org/42/switch_to_custom_roles", &status)
	return status.HasSwitched
}
