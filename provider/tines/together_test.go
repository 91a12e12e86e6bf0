package tines_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// An intake is a tenant with a plan that creates many objects of one kind.
type intake struct {
	t      *testing.T
	server *emulator.Server
	sent   func() int
	client provider.Client
	index  *schema.Index
	plan   *plan.Plan
}

func newIntake(t *testing.T, seed *emulator.Seed, files string, variants ...string) *intake {
	t.Helper()
	seed.Keys = []emulator.SeedKey{{Key: "owner", Kind: "personal", User: "owner@zoo.example"}}
	seed.Users = append(seed.Users, emulator.SeedUser{Email: "owner@zoo.example", Admin: true})
	s, err := emulator.New(emulator.Options{Seed: seed, Rate: -1, Variants: variants})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte("provider \"tines\" { endpoint = \"emulator\" }\n"+files), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, diags := config.Load(dir, config.Options{Products: []*schema.Product{&tines.Provider().Product}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	in := &intake{t: t, server: s, index: &schema.Index{}}
	transport := s.Transport()
	in.sent = transport.Requests
	tenant := cfg.Tenants[0]
	if in.client, err = tines.Provider().Connect(t.Context(), provider.Options{
		Tenant: tenant.Name, Settings: tenant.Settings, Key: "owner", Endpoint: emulator.BaseURL, Transport: transport, Index: in.index,
		Wait: func(context.Context, time.Duration) error { return nil },
	}); err != nil {
		t.Fatal(err)
	}
	if in.plan, err = live.Plan(t.Context(), live.Input{Client: in.client, Tenant: tenant, Index: in.index, Endpoint: emulator.BaseURL}); err != nil {
		t.Fatal(err)
	}
	return in
}

func (in *intake) apply(o apply.Options) (report *apply.Report, sent int) {
	in.t.Helper()
	o.Wait = func(context.Context, time.Duration) error { return nil }
	before := in.sent()
	report, err := apply.Run(in.t.Context(), in.plan, in.client, in.index, o)
	if err != nil {
		in.t.Fatal(err)
	}
	return report, in.sent() - before
}

const newUsers = `
user "u" {
  for_each = toset([for i in range(1000) : format("u%04d@zoo.example", i)])
  email    = each.key
}
`

// newMembers puts the same users into a team.
const newMembers = `
team "SOC" {
  members = { for i in range(1000) : format("u%04d@zoo.example", i) => "ANALYST" }
}
`

// teamOfMany is a team of 700 members, and 1,000 users who are to join it.
func teamOfMany() *emulator.Seed {
	seed := &emulator.Seed{Roles: []emulator.SeedRole{{ID: 11, Name: "ANALYST", Permissions: []string{"CASE_CREATE"}}}}
	team := emulator.SeedTeam{ID: 21, Name: "SOC"}
	for i := range 1_700 {
		email := fmt.Sprintf("u%04d@zoo.example", i)
		seed.Users = append(seed.Users, emulator.SeedUser{Email: email})
		if i >= 1_000 {
			team.Members = append(team.Members, emulator.SeedMember{Email: email})
		}
	}
	seed.Teams = []emulator.SeedTeam{team}
	return seed
}

// Many new objects take at most 1.1 requests each: pages show before the writes that none
// of them exists, and after the last one that all are as wanted. The estimate says so.
func TestManyTogether(t *testing.T) {
	for name, in := range map[string]*intake{
		"users":                newIntake(t, &emulator.Seed{}, newUsers),
		"members":              newIntake(t, teamOfMany(), newMembers),
		"members, role by id":  newIntake(t, teamOfMany(), newMembers, "role-write=id", "member-role=id"),
		"owners are listed":    newIntake(t, teamOfMany(), newMembers, "owners-listed=yes"),
		"users and then teams": newIntake(t, &emulator.Seed{Teams: []emulator.SeedTeam{{Name: "SOC"}}}, newUsers+strings.ReplaceAll(newMembers, "ANALYST", "VIEWER")),
	} {
		n := len(in.plan.Changes)
		report, sent := in.apply(apply.Options{Parallelism: 4})
		if !report.OK() || report.Count(apply.Done) != n {
			t.Errorf("%s: %d of %d done: %v", name, report.Count(apply.Done), n, report.Err())
		}
		if sent < n || sent > n+n/10 {
			t.Errorf("%s: %d requests for %d objects", name, sent, n)
		}
		if in.plan.Requests.Estimated < sent || in.plan.Requests.Estimated > sent+sent/20 {
			t.Errorf("%s: estimated %d requests, sent %d", name, in.plan.Requests.Estimated, sent)
		}
	}
}

// What somebody else did meanwhile is found all the same: an object that exists before the
// first write, or is created by somebody else in the midst of it, is not created, and one that is otherwise, or gone, after the last write is not
// taken for done.
func TestManyTogetherWithOthers(t *testing.T) {
	for name, in := range map[string]*intake{"users": newIntake(t, &emulator.Seed{}, newUsers), "members": newIntake(t, teamOfMany(), newMembers)} {
		behind := func(method, path, body string) {
			r, err := http.NewRequest(method, emulator.BaseURL+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer owner")
			r.Header.Set("Content-Type", "application/json")
			answer, err := in.server.Transport().RoundTrip(r)
			if err != nil || answer.StatusCode >= 300 {
				t.Errorf("%s %s %s: %v, %v", method, path, body, answer, err)
			}
		}
		create := func(email, detail string) {
			if name == "users" {
				behind("POST", "/admin/users", `{"email":"`+email+`"`+detail+`}`)
			} else {
				behind("POST", "/teams/21/invite_member", `{"email":"`+email+`","role":"`+map[bool]string{true: "VIEWER", false: "ANALYST"}[detail != ""]+`"}`)
			}
		}
		create("u0001@zoo.example", "")
		if name == "members" {
			create("u0002@zoo.example", `,"admin":true`)
		}
		started := 0
		report, _ := in.apply(apply.Options{Parallelism: 1, Observe: func(e apply.Event) {
			if e.Result != nil {
				return
			}
			if started++; started == 500 {
				create("u0999@zoo.example", "")
			}
			if started == 1_000 { // the others are accepted and not verified
				id := in.idOf("u0003@zoo.example")
				if name == "users" {
					behind("PUT", "/admin/users/"+id, `{"first_name":"Other","admin":true,"is_active":true}`)
					behind("DELETE", "/admin/users/"+in.idOf("u0004@zoo.example"), "")
				} else {
					behind("POST", "/teams/21/invite_member", `{"user_id":`+id+`,"role":"VIEWER"}`)
					behind("POST", "/teams/21/remove_member", `{"user_id":`+in.idOf("u0004@zoo.example")+`}`)
				}
			}
		}})
		want := map[string]apply.Status{"u0004@zoo.example": apply.Failed}
		if name == "members" {
			want["u0002@zoo.example"], want["u0003@zoo.example"] = apply.Stale, apply.Diverged
		}
		for i := range report.Results {
			r := &report.Results[i]
			email := r.Change.Addr.Key[strings.LastIndex(r.Change.Addr.Key, "/")+1:]
			status, other := want[email]
			if !other {
				status = apply.Done
			}
			if r.Status != status || r.Noop != (email == "u0001@zoo.example" || email == "u0999@zoo.example") {
				t.Errorf("%s: %s is %s, no-op: %t: %v", name, r.Change.Addr, r.Status, r.Noop, r.Err)
			}
		}
	}
}

func (in *intake) idOf(email string) string {
	in.t.Helper()
	found, err := in.client.Find(in.t.Context(), schema.Object{Kind: tines.Provider().Kind("user"), Addr: schema.Address{Provider: "tines", Kind: "user", Key: email}})
	if err != nil {
		in.t.Fatal(err)
	}
	return found.ID
}

// Where the look before the first write fails, nothing is written.
func TestManyTogetherUnseen(t *testing.T) {
	in := newIntake(t, teamOfMany(), newMembers)
	before := len(in.server.Entries(0))
	in.server.Inject(faults.Fault{Method: "GET", Path: "/teams/21/members", Times: -1, Status: 403})
	report, _ := in.apply(apply.Options{Parallelism: 4})
	for _, e := range in.server.Entries(0)[before:] {
		if e.Method != http.MethodGet {
			t.Fatalf("%s %s was sent", e.Method, e.Path)
		}
	}
	if report.Count(apply.Failed) != 1_000 {
		t.Errorf("%d failed", report.Count(apply.Failed))
	}
}
