package tines

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// A memberPlace is an emulated tenant with a client.
type memberPlace struct {
	connection
	providertest.RequestLog
	emulator *emulator.Server
	t        *testing.T
}

const placeKey = "key-of-the-owner"

// placeSeed is a tenant with two teams, a case group, two custom roles, and a
// mapping of two rows.
func placeSeed() *emulator.Seed {
	return &emulator.Seed{
		Roles: []emulator.SeedRole{
			{ID: 11, Name: "ANALYST", Permissions: []string{"CASE_CREATE"}},
			{ID: 12, Name: "WRITER", Permissions: []string{"STORY_CREATE"}},
		},
		Users: []emulator.SeedUser{
			{ID: 1, Email: "owner@zoo.example", Admin: true},
			{ID: 2, Email: "Ana@zoo.example"}, {ID: 3, Email: "ben@zoo.example"}, {ID: 4, Email: "cem@zoo.example"},
			{ID: 5, Email: "dea@zoo.example", Pending: true},
		},
		Teams: []emulator.SeedTeam{
			{ID: 21, Name: "SOC", Members: []emulator.SeedMember{{Email: "Ana@zoo.example", Role: "ANALYST"}, {Email: "ben@zoo.example", Role: "VIEWER"}, {Email: "dea@zoo.example", Role: "WRITER", Pending: true}},
				Groups: []emulator.SeedTeam{{ID: 23, Name: "Phishing", Members: []emulator.SeedMember{{Email: "ben@zoo.example", Role: "EDITOR"}}}}},
			{ID: 22, Name: "IT", Members: []emulator.SeedMember{{Email: "ben@zoo.example", Role: "TEAM_ADMIN"}}},
		},
		Keys: []emulator.SeedKey{{Key: placeKey, Kind: "personal", User: "owner@zoo.example"}},
		Mapping: emulator.Mapping{OwnersGroup: "Owners", Rows: []emulator.MappingRow{
			{Group: "Analysts", Team: "SOC", Role: "ANALYST"}, {Group: "Admins", Team: "IT", Role: "TEAM_ADMIN"},
		}},
	}
}

// placed starts an emulator; the choices may be *emulator.Seed, Settings, or variants.
func placed(t *testing.T, choices ...any) *memberPlace {
	t.Helper()
	o := emulator.Options{Seed: placeSeed(), Rate: -1}
	var settings Settings
	for _, c := range choices {
		switch c := c.(type) {
		case *emulator.Seed:
			o.Seed = c
		case Settings:
			settings = c
		case func(map[string]emulator.Access):
			o.Watch = c
		case string:
			o.Variants = append(o.Variants, c)
		default:
			t.Fatalf("no choice: %T", c)
		}
	}
	s, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	p := &memberPlace{emulator: s, t: t, RequestLog: providertest.RequestLog{Emulator: s.Server}}
	p.connect(settings)
	return p
}

// connect starts anew, as another process would.
func (p *memberPlace) connect(settings Settings) {
	p.t.Helper()
	c, err := Provider().Connect(context.Background(), provider.Options{
		Tenant: "tines", Settings: schema.Object{Kind: &settingsKind, Body: &settings}, Key: placeKey, UserAgent: "rolecall/test",
		Endpoint: emulator.BaseURL, Transport: p.emulator.Transport(), Index: &schema.Index{},
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.connection = c.(connection)
	p.ResetRequests()
}

// all lists a kind by key.
func (p *memberPlace) all(kind *schema.Kind) map[string]schema.Object {
	p.t.Helper()
	return providertest.MustList(p.t, p.connection, kind)
}

// members lists memberships as "team/user role", those that cannot be written marked.
func (p *memberPlace) members() []string {
	p.t.Helper()
	var out []string
	all := p.all(&membershipKind)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		o := all[key]
		line := key + " " + o.Body.(*Membership).Role
		if o.Frozen != 0 {
			line += " (frozen)"
		}
		out = append(out, line)
	}
	return out
}

// fault arms a trouble.
func (p *memberPlace) fault(f faults.Fault) { p.emulator.Inject(f) }

func member(team, user, role string) schema.Object {
	return inFile(&membershipKind, &Membership{Team: team, User: user, Role: role}, membershipLive)
}

func mappingRow(group, team, role string) schema.Object {
	return inFile(&mappingKind, &MappingRow{Group: group, Team: team, Role: role}, mappingLive)
}

// inFile makes an object as the files would.
func inFile(kind *schema.Kind, body any, set schema.Mask) schema.Object {
	o := schema.Object{Kind: kind, Body: body, Set: set, Pos: schema.Pos{File: "soc.hcl", Line: 7, Column: 1}}
	o.Addr = schema.Address{Provider: "tines", Kind: kind.Name, Key: kind.KeyOf(body)}
	return o
}

// create, change and remove make one change through Apply.
func (p *memberPlace) create(o schema.Object) (schema.Object, error) {
	return p.Apply(context.Background(), providertest.CreateRequest(o))
}

func (p *memberPlace) change(key string, want schema.Object) (schema.Object, error) {
	have := p.all(want.Kind)[key]
	p.ResetRequests()
	return p.Apply(context.Background(), provider.Request{Action: schema.Update, Addr: want.Addr, Have: &have, Want: &want, Changed: want.Kind.Mask("role")})
}

func (p *memberPlace) remove(kind *schema.Kind, key string) error {
	have := p.all(kind)[key]
	p.ResetRequests()
	_, err := p.Apply(context.Background(), providertest.RemoveRequest(schema.Delete, have))
	return err
}

// must fails the test with an error and its advice.
func (p *memberPlace) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(fmt.Sprint(err, " | ", provider.Hint(err)))
	}
}
