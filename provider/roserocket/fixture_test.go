package roserocket

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

const (
	anaID = "00000000-0000-4000-8000-000000000101"
	benID = "00000000-0000-4000-8000-000000000102"
)

// A fixture is a client with the emulator that it is connected to.
type fixture struct {
	*client
	t        *testing.T
	emulator *emulator.Server
	crowd    *crowd
	mark     int
}

func seed() *emulator.Seed {
	no := false
	return &emulator.Seed{
		ServiceAccountRole: "admin",
		Users:              []emulator.SeedUser{{ID: anaID, Email: "ana@freight.example"}, {ID: benID, Email: "ben@freight.example"}},
		Objects: []emulator.Object{
			{Key: "order", Boards: []string{"order"}, Fields: []emulator.Field{
				{Key: "status"}, {Key: "notes"}, {Key: "cost"}, {Key: "margin", Derived: true},
			}},
			{Key: "contact", Boards: []string{"contact"}, Fields: []emulator.Field{{Key: "email"}}},
		},
		Permissions: []emulator.SeedPermission{
			{Roles: []string{"guest"}, Access: "readOnly"},
			{Roles: []string{"driver"}, Objects: []string{"order"}, Delete: &no, Hide: []string{"cost"}},
		},
		Groups: []emulator.SeedGroup{{Name: "Dispatch", Description: "Plans loads", Members: []string{anaID}}},
	}
}

// settings are those that the emulator knows.
func settings() Settings {
	d := emulator.DefaultLogin()
	return Settings{Endpoint: embedded, OrgID: d.OrgID, ClientID: d.ClientID, UserID: d.UserID}
}

// An otherKey is another key than the emulator's.
type otherKey string

// tryOpen starts an emulator. The choices may be Settings, a seed, an otherKey, what Recall
// answers, how many requests a token is good for, and variants.
func tryOpen(t *testing.T, choices ...any) (*fixture, error) {
	t.Helper()
	o, s, key := emulator.Options{Seed: seed()}, settings(), emulator.DefaultLogin().ClientSecret
	var recall func(schema.Address) (schema.Object, bool)
	for _, c := range choices {
		switch c := c.(type) {
		case Settings:
			s = c
		case *emulator.Seed:
			o.Seed = c
		case otherKey:
			key = string(c)
		case func(schema.Address) (schema.Object, bool):
			recall = c
		case int:
			o.TokenRequests = c
		case string:
			o.Variants = append(o.Variants, c)
		}
	}
	e, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &fixture{t: t, emulator: e, crowd: &crowd{next: e.Transport()}}
	c, err := Provider().Connect(t.Context(), provider.Options{
		Tenant: "roserocket", Settings: schema.Object{Kind: &settingsKind, Body: &s}, Key: key, Endpoint: emulator.BaseURL,
		Transport: p.crowd, Index: &schema.Index{}, LastWritten: recall, Wait: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		return nil, err
	}
	p.client = c.(*client)
	return p, nil
}

func open(t *testing.T, choices ...any) *fixture {
	t.Helper()
	p, err := tryOpen(t, choices...)
	if err != nil {
		t.Fatal(err)
	}
	p.reset()
	return p
}

// A crowd is a transport that counts how many requests are under way.
type crowd struct {
	next http.RoundTripper

	mu        sync.Mutex
	now, most int
	orgs      map[string]bool
}

func (c *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.now++
	c.most = max(c.most, c.now)
	if c.orgs == nil {
		c.orgs = map[string]bool{}
	}
	if !strings.HasSuffix(r.URL.Path, tokenPath) {
		c.orgs[r.Header.Get("x-org-id")] = true
	}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.now--
		c.mu.Unlock()
	}()
	return c.next.RoundTrip(r)
}

func (p *fixture) reset() { p.mark = len(p.emulator.Entries(0)) }

// asked compares the requests since the last call with what is expected.
func (p *fixture) asked(want ...string) {
	p.t.Helper()
	var got []string
	for _, e := range p.emulator.Entries(0)[p.mark:] {
		got = append(got, e.Method+" "+strings.TrimPrefix(e.Path, emulator.Prefix))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("requests (-want +got):\n%s", diff)
	}
	p.reset()
}

// resolved resolves blocks, and gives them back with what was found.
func (p *fixture) resolved(blocks ...schema.Object) ([]schema.Object, []schema.Finding) {
	p.t.Helper()
	r, err := p.Resolve(p.t.Context(), blocks)
	if err != nil {
		p.t.Fatal(err)
	}
	return blocks, r.Findings
}

func codes(findings []schema.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Severity.String()+" "+f.Code)
	}
	return out
}

// keyOnly is a block as planning asks for it.
func keyOnly(o schema.Object) schema.Object {
	p := o.Body.(*Permission)
	return declared(p.Role, p.Object, Permission{})
}

func (p *fixture) live(o schema.Object) schema.Object {
	p.t.Helper()
	got, err := p.Read(p.t.Context(), o)
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}

// change writes what the block sets over a live object, as a plan would.
func (p *fixture) change(have, block schema.Object) schema.Object {
	p.t.Helper()
	want := have.Clone()
	for i := range want.Kind.Attributes {
		if a := &want.Kind.Attributes[i]; block.Set.Has(i) && a.Comparable() {
			a.Merge(want.Body, block.Body)
			want.Set = want.Set.With(i)
		}
	}
	got, err := p.Apply(p.t.Context(), provider.Request{Action: schema.Update, Addr: want.Addr, Have: &have, Want: &want})
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}
