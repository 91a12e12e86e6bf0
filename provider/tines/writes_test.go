package tines

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

func creation(kind *schema.Kind, body any, names ...string) provider.Request {
	return providertest.CreateRequest(inFile(kind, body, kind.Mask(names...)))
}

// run makes a change as apply does, with the look before it, and holds the number
// of requests against the price.
func (p *memberPlace) run(r provider.Request) schema.Object {
	p.t.Helper()
	ctx, price := context.Background(), p.EstimateRequests(r)
	if _, err := (users{p.client}).foundByAddress(ctx); err != nil { // planning a new user asks that
		p.t.Fatal(err)
	}
	p.reset()
	if r.Have != nil {
		if _, err := p.Read(ctx, *r.Have); err != nil {
			p.t.Fatal(err)
		}
	} else if _, err := p.Find(ctx, *r.Want); !errors.Is(err, provider.ErrNotFound) {
		p.t.Fatal(err)
	}
	got, err := p.Apply(ctx, r)
	p.must(err)
	if n := len(p.requests()); n != price {
		p.t.Errorf("%s %s took %d requests, and the price is %d:\n%v", r.Action, r.Addr, n, price, p.requests())
	}
	for _, e := range p.emulator.Entries(0)[p.mark:] {
		if e.Method != http.MethodGet && e.Query != "" { // it would end up in the logs of servers
			p.t.Errorf("%s %s has the query %s", e.Method, e.Path, e.Query)
		}
	}
	switch {
	case r.Want != nil:
		providertest.CheckReadBack(p.t, r, got)
	case got.Body != nil:
		p.t.Errorf("%s left %+v", r.Addr, got)
	}
	return got
}

// Every reading of the documentation that bears on roles, teams and users.
var readings = []string{
	"user-put=defaults", "email-case=lower", "missing-right=403", "errors=empty", "per-page=refuse", "role-name=upper",
}

func TestRoleWrites(t *testing.T) {
	for _, reading := range readings {
		t.Run(reading, func(t *testing.T) {
			p := placed(t, reading)
			made := p.run(creation(&roleKind, &Role{Name: "RESPONDER", Description: "Answers", Permissions: []string{"CASE_CREATE", "STORY_CREATE"}}, "name", "description", "permissions"))
			made = p.run(providertest.ChangeRequest(made, map[string]any{"permissions": []string{"CASE_CREATE"}}))
			made = p.run(providertest.ChangeRequest(made, map[string]any{"description": ""}))
			if got := made.Body.(*Role).Description; got != "" {
				t.Errorf("the description is %q", got)
			}
			p.run(providertest.RemoveRequest(schema.Delete, made))
			if _, err := p.Read(context.Background(), made); !errors.Is(err, provider.ErrNotFound) {
				t.Error(err)
			}
		})
	}
}

func TestTeamWrites(t *testing.T) {
	for _, reading := range readings {
		t.Run(reading, func(t *testing.T) {
			p := placed(t, reading, Settings{AllowTeamDeletion: true})
			p.all(&teamKind)
			made := p.run(creation(&teamKind, &Team{Name: "Forensics"}, "name"))
			p.run(providertest.ChangeRequest(made, map[string]any{"name": "Malware"}))
			made.Body = &Team{Name: "Malware"}
			made.Rekey()
			p.run(providertest.RemoveRequest(schema.Delete, made))
		})
	}
}

func TestUserWrites(t *testing.T) {
	for _, reading := range readings {
		t.Run(reading, func(t *testing.T) {
			p := placed(t, reading)
			made := p.run(creation(&userKind, &User{Email: "eva@zoo.example", FirstName: "Eva", Admin: true}, "email", "first_name", "admin"))
			if !made.Body.(*User).Active {
				t.Error("a new user is not active")
			}
			made = p.run(providertest.ChangeRequest(made, map[string]any{"first_name": "Ewa", "last_name": "Nowak"}))
			if u := made.Body.(*User); !u.Admin || !u.Active {
				t.Errorf("a new name took rights: %+v", u)
			}
			made = p.run(providertest.ChangeRequest(made, map[string]any{"admin": false, "tenant_permissions": []string{"AUDIT_LOG_READ"}}))
			p.run(providertest.ChangeRequest(made, map[string]any{"email": "ewa@zoo.example"}))
			made = p.all(&userKind)["ewa@zoo.example"]
			p.run(providertest.RemoveRequest(schema.Deactivate, made))
			made = p.all(&userKind)["ewa@zoo.example"]
			if !inactive(&made) {
				t.Error("who left is still active")
			}
			made = p.run(providertest.ChangeRequest(made, map[string]any{"last_name": "Nowak-Diaz"}))
			if !inactive(&made) {
				t.Error("a new name brought a leaver back")
			}
			p.run(providertest.RemoveRequest(schema.Delete, made))
		})
	}
}

// What was created without an answer is found, and not made twice.
func TestLostAnswer(t *testing.T) {
	for _, r := range []provider.Request{
		creation(&roleKind, &Role{Name: "RESPONDER", Permissions: []string{"CASE_CREATE"}}, "name", "permissions"),
		creation(&teamKind, &Team{Name: "Forensics"}, "name"),
		creation(&userKind, &User{Email: "eva@zoo.example"}, "email"),
	} {
		for _, when := range []faults.Cut{faults.CutBefore, faults.CutAfter} {
			p := placed(t)
			p.fault(faults.Fault{Method: http.MethodPost, Cut: when, Times: 1})
			if _, err := p.Apply(context.Background(), r); !errors.Is(err, provider.ErrAmbiguous) {
				t.Errorf("%s: %v", r.Addr, err)
			}
			_, err := p.Find(context.Background(), *r.Want)
			if (err == nil) != (when == faults.CutAfter) || err != nil && !errors.Is(err, provider.ErrNotFound) {
				t.Errorf("%s, cut %s: %v", r.Addr, when, err)
			}
		}
	}
}

// A creation may be answered without a body.
func TestCreatedWithoutBody(t *testing.T) {
	s := script{"POST /teams": {"201 "}, "GET /teams": {teamsOK}}
	c, err := s.connect(Settings{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Apply(context.Background(), creation(&teamKind, &Team{Name: "SOC"}, "name"))
	if err != nil || got.ID != "21" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDefaultRolesAreFrozen(t *testing.T) {
	p := placed(t)
	all := p.all(&roleKind)
	for _, name := range []string{"TEAM_ADMIN", "EDITOR", "VIEWER"} {
		if o := all[name]; o.Frozen != schema.Everything || o.ID != name || o.Body.(*Role).Type != typeDefault {
			t.Errorf("%+v", o)
		}
	}
	if o := all["ANALYST"]; o.Frozen != 0 || o.ID != "11" {
		t.Errorf("%+v", o)
	}
}

func TestManagedElsewhere(t *testing.T) {
	s := placeSeed()
	s.Users[1].ScimUID = "00u1"
	if o := placed(t, s).all(&userKind)["ana@zoo.example"]; o.Frozen != schema.Everything || o.Body.(*User).SCIMUID != "00u1" {
		t.Errorf("%+v", o)
	}
}

// Only what the list of teams shows is written to: the case group 23 has an id of
// the same sort.
func TestCaseGroupsStay(t *testing.T) {
	p := placed(t, Settings{AllowTeamDeletion: true})
	group := schema.Object{Kind: &teamKind, ID: "23", Body: &Team{Name: "Phishing"}, Set: teamLive}
	group.Addr = schema.Address{Provider: "tines", Kind: "team", Key: "Phishing"}
	for _, r := range []provider.Request{providertest.RemoveRequest(schema.Delete, group), providertest.ChangeRequest(group, map[string]any{"name": "Other"})} {
		_, err := p.Apply(context.Background(), r)
		if err == nil || errors.Is(err, provider.ErrNotFound) {
			t.Errorf("%s: %v", r.Action, err)
		}
	}
	for _, asked := range p.requests() {
		if asked != "GET /teams" {
			t.Errorf("asked %s", asked)
		}
	}
	p = placed(t)
	if _, err := p.Apply(context.Background(), providertest.RemoveRequest(schema.Delete, p.all(&teamKind)["SOC"])); err == nil {
		t.Error("a team was deleted that nobody allowed to delete")
	}
}

func TestTwoTeamsOfOneName(t *testing.T) {
	s := placeSeed()
	s.Teams = append(s.Teams, emulator.SeedTeam{ID: 29, Name: "SOC"})
	_, err := placed(t, s).Find(context.Background(), inFile(&teamKind, &Team{Name: "SOC"}, teamLive))
	if diff := cmp.Diff(`look up team: several teams are called "SOC", with the ids 21 and 29`, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

func TestMinutes(t *testing.T) {
	c, err := script{}.connect(Settings{})
	if err != nil {
		t.Fatal(err)
	}
	user := creation(&userKind, &User{Email: "eva@zoo.example"}, "email")
	team := creation(&teamKind, &Team{Name: "SOC"}, "name")
	if got := c.EstimateMinutes([]provider.Request{user}); got != 0 {
		t.Errorf("without a budget: %v", got)
	}
	c.Budgets = map[string]int{"": 100, usersClass: 10}
	many := []provider.Request{user, user, user, user, user, user, team}
	if got := c.EstimateMinutes(many); got != 1 {
		t.Errorf("18 requests at 10 a minute: %v", got)
	}
	if got := c.EstimateMinutes([]provider.Request{team}); got != 0 {
		t.Errorf("3 requests at 100 a minute: %v", got)
	}
}
