package tines

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
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
	p.ResetRequests()
	if r.Have != nil {
		if _, err := p.Read(ctx, *r.Have); err != nil {
			p.t.Fatal(err)
		}
	} else if _, err := p.Find(ctx, *r.Want); !errors.Is(err, provider.ErrNotFound) {
		p.t.Fatal(err)
	}
	got, err := p.Apply(ctx, r)
	p.must(err)
	if n := len(p.Requests()); n != price {
		p.t.Errorf("%s %s took %d requests, and the price is %d:\n%v", r.Action, r.Addr, n, price, p.Requests())
	}
	for _, e := range p.Entries() {
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

func TestRoleWrites(t *testing.T) {
	p := placed(t)
	made := p.run(creation(&roleKind, &Role{Name: "RESPONDER", Description: "Answers", Permissions: []string{"CASE_CREATE", "STORY_CREATE"}}, "name", "description", "permissions"))
	made = p.run(providertest.ChangeRequest(made, map[string]any{"permissions": []string{"CASE_CREATE"}}))
	made = p.run(providertest.ChangeRequest(made, map[string]any{"description": ""}))
	p.run(providertest.RemoveRequest(schema.Delete, made))
}

func TestTeamWrites(t *testing.T) {
	p := placed(t, Settings{AllowTeamDeletion: true})
	p.all(&teamKind)
	made := p.run(creation(&teamKind, &Team{Name: "Forensics"}, "name"))
	p.run(providertest.RemoveRequest(schema.Delete, p.run(providertest.ChangeRequest(made, map[string]any{"name": "Malware"}))))
}

// What an update of a user does not change is sent along: Tines may take an omitted
// attribute for its default, which demotes an owner and reactivates a leaver.
func TestUserWrites(t *testing.T) {
	p := placed(t, "user-put=defaults")
	made := p.run(creation(&userKind, &User{Email: "eva@zoo.example", FirstName: "Eva", Admin: true}, "email", "first_name", "admin"))
	made = p.run(providertest.ChangeRequest(made, map[string]any{"first_name": "Ewa", "last_name": "Nowak"}))
	if u := made.Body.(*User); !u.Admin || !u.Active {
		t.Errorf("a new name took rights: %+v", u)
	}
	made = p.run(providertest.ChangeRequest(made, map[string]any{"admin": false, "tenant_permissions": []string{"AUDIT_LOG_READ"}}))
	made = p.run(providertest.ChangeRequest(made, map[string]any{"email": "ewa@zoo.example"}))
	p.run(providertest.RemoveRequest(schema.Deactivate, made))
	made = p.run(providertest.ChangeRequest(p.all(&userKind)["ewa@zoo.example"], map[string]any{"last_name": "Nowak-Diaz"}))
	if !inactive(&made) {
		t.Error("a new name reactivated a leaver")
	}
	p.run(providertest.RemoveRequest(schema.Delete, made))
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
	for _, asked := range p.Requests() {
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
