package partoo

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A place is a client of an emulated organization.
type place struct {
	connection
	emulator *emulator.Server
	t        *testing.T
	mark     int // requests before reset
}

const testKey = "key-of-the-owner"

// seed is a small organization with sections, groups, a role and users.
func seed() *emulator.Seed {
	return &emulator.Seed{
		Org: emulator.SeedOrg{ID: 42, Name: "Zoo", SSO: true},
		Businesses: []emulator.SeedBusiness{
			{ID: "b1", Code: "0001", Name: "Aviary"}, {ID: "b2", Code: "0002", Name: "Vivarium"}, {ID: "b3", Code: "0003", Name: "Savanna"},
		},
		Sections: []emulator.SeedSection{
			{ID: 1, Name: "Class", Groups: []emulator.SeedGroup{{ID: 11, Name: "Birds", Businesses: []string{"0001", "0003"}}}},
			{ID: 2, Name: "Continent", Groups: []emulator.SeedGroup{{ID: 21, Name: "Europe", Businesses: []string{"0001"}}, {ID: 22, Name: "Africa"}}},
			{ID: 3, Name: "Fed", HasPuller: true, Groups: []emulator.SeedGroup{{ID: 31, Name: "Inner", HasPuller: true}}},
		},
		CustomRoles: []emulator.SeedRole{{APIID: "editor", Name: "Editor", Description: "Edits", Permissions: []string{"business_edit"}}},
		Users: []emulator.SeedUser{
			{Email: "owner@zoo.example", FirstName: "O", LastName: "W", Role: "ORG_ADMIN"},
			{Email: "Ana@zoo.example", FirstName: "Ana", LastName: "Diaz", Role: "GROUP_MANAGER", CustomRole: "editor", Lang: "es",
				Accesses: [][]string{{"Continent/Europe", "Class/Birds"}, {"Continent/Africa"}}},
			{Email: "ben@zoo.example", FirstName: "Ben", LastName: "Ray", Role: "BUSINESS_MANAGER", Businesses: []string{"0002"}, Status: "invited"},
		},
		APIKeys: []emulator.SeedKey{{Key: testKey, User: "owner@zoo.example"}},
	}
}

// open starts an emulator and connects. The choices may be an *emulator.Seed, Settings, an
// apiKey, or variants.
func open(t *testing.T, choices ...any) *place {
	t.Helper()
	p, err := tryOpen(t, choices...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tryOpen(t *testing.T, choices ...any) (*place, error) {
	t.Helper()
	o := emulator.Options{Seed: seed(), Rate: -1}
	settings, key := Settings{OrgID: 42}, testKey
	for _, c := range choices {
		switch c := c.(type) {
		case *emulator.Seed:
			o.Seed = c
		case Settings:
			settings = c
		case apiKey:
			key = string(c)
		case string:
			o.Variants = append(o.Variants, c)
		}
	}
	s, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	c, err := Provider().Connect(context.Background(), provider.Options{
		Tenant: "partoo", Settings: schema.Object{Kind: &settingsKind, Body: &settings}, Key: key,
		Endpoint: emulator.BaseURL, Transport: s.Transport(), Index: &schema.Index{},
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		return nil, err
	}
	p := &place{connection: c.(connection), emulator: s, t: t}
	p.reset()
	return p, nil
}

type apiKey string

// reset forgets the requests so far.
func (p *place) reset() { p.mark = len(p.emulator.Entries(0)) }

// requests lists the requests since reset, in order.
func (p *place) requests() []string {
	var out []string
	for _, e := range p.emulator.Entries(0)[p.mark:] {
		out = append(out, strings.TrimSpace(e.Method+" "+e.Path+" "+string(e.Body)))
	}
	return out
}

func (p *place) asked(want ...string) {
	p.t.Helper()
	if diff := cmp.Diff(want, p.requests()); diff != "" {
		p.t.Errorf("requests (-want +got):\n%s", diff)
	}
	p.reset()
}

// all lists a kind by key.
func (p *place) all(kind *schema.Kind) map[string]schema.Object {
	p.t.Helper()
	return providertest.MustList(p.t, p.connection, kind)
}

// whole lists a kind and reads objects that are incomplete in the list.
func (p *place) whole(kind *schema.Kind) map[string]schema.Object {
	p.t.Helper()
	out := p.all(kind)
	for key, o := range out {
		if o.Incomplete {
			out[key] = p.readNow(o)
		}
	}
	return out
}

func (p *place) readNow(o schema.Object) schema.Object {
	p.t.Helper()
	got, err := p.Read(context.Background(), o)
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}

func (p *place) create(kind *schema.Kind, values map[string]any) schema.Object {
	p.t.Helper()
	return p.write(providertest.CreateRequest(declare(kind, values)))
}

func (p *place) change(have schema.Object, values map[string]any) schema.Object {
	p.t.Helper()
	return p.write(providertest.ChangeRequest(have, values))
}

// write makes a change and checks what is read back.
func (p *place) write(r provider.Request) schema.Object {
	p.t.Helper()
	got, err := p.Apply(p.t.Context(), r)
	if err != nil {
		p.t.Fatal(err)
	}
	providertest.CheckReadBack(p.t, r, got)
	return got
}

func (p *place) do(action schema.Action, have schema.Object) {
	p.t.Helper()
	got, err := p.Apply(p.t.Context(), providertest.RemoveRequest(action, have))
	if err != nil || got.Body != nil {
		p.t.Fatalf("%s: %v, %v", action, got, err)
	}
}

func (p *place) gone(o schema.Object) {
	p.t.Helper()
	if _, err := p.Read(context.Background(), o); !errors.Is(err, provider.ErrNotFound) {
		p.t.Errorf("%s is still there, or: %v", o.Addr, err)
	}
}

func cut(p *place, when faults.Cut, path string) {
	p.emulator.Inject(faults.Fault{Method: "POST", Path: path, Cut: when})
}
