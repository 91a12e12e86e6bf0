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
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A place is an emulated organization with a client.
type place struct {
	connection
	emulator *emulator.Server
	t        *testing.T
	mark     int // requests before the ones that are looked at
}

const testKey = "key-of-the-owner"

// seed is a small organization: two sections, a role, people of each sort.
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

// open starts an emulator; the choices may be *emulator.Seed, Settings, func
// (*emulator.Options), or variants.
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
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
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

// requests lists what was asked since reset, in order.
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
	out := map[string]schema.Object{}
	for o, err := range p.List(context.Background(), kind) {
		if err != nil {
			p.t.Fatal(err)
		}
		out[o.Addr.Key] = o
	}
	return out
}

// whole lists a kind and completes what is thin.
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
	want := declare(kind, values)
	got, err := p.Apply(context.Background(), provider.Request{Action: schema.Create, Addr: want.Addr, Want: &want, Changed: want.Set})
	if err != nil {
		p.t.Fatal(err)
	}
	p.same(want, got)
	return got
}

// change writes values over a live object, as a plan would.
func (p *place) change(have schema.Object, values map[string]any) schema.Object {
	p.t.Helper()
	want, changed := have.Clone(), schema.Mask(0)
	for name, value := range values {
		i := want.Kind.Index(name)
		want.Kind.Attributes[i].SetAny(want.Body, value)
		want.Set, changed = want.Set.With(i), changed.With(i)
	}
	want.Rekey()
	action := schema.Update
	if want.Addr != have.Addr {
		action = schema.Rename
	}
	got, err := p.Apply(context.Background(), provider.Request{Action: action, Addr: want.Addr, Have: &have, Want: &want, Changed: changed})
	if err != nil {
		p.t.Fatal(err)
	}
	p.same(want, got)
	return got
}

// same compares what was wanted with what came of it.
func (p *place) same(want, got schema.Object) {
	p.t.Helper()
	if got.Addr != want.Addr || got.ID == "" || got.Incomplete {
		p.t.Errorf("came back as %s with id %q, thin %t; want %s", got.Addr, got.ID, got.Incomplete, want.Addr)
	}
	for i := range want.Kind.Attributes {
		if a := &want.Kind.Attributes[i]; want.Set.Has(i) && a.Comparable() && !a.Equal(want.Body, got.Body) {
			p.t.Errorf("%s %s is %v, want %v", want.Addr, a.Name, a.Any(got.Body), a.Any(want.Body))
		}
	}
}

func (p *place) do(action schema.Action, have schema.Object) {
	p.t.Helper()
	got, err := p.Apply(context.Background(), provider.Request{Action: action, Addr: have.Addr, Have: &have})
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
