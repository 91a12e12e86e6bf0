package tines

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// What an older tenant does not show of a user is not set, is not taken for a no, and is
// not written.
func TestOlderTenants(t *testing.T) {
	for reading, missing := range map[string][]string{
		"user-attributes=no-permissions": {"tenant_permissions"},
		"user-attributes=oldest":         {"tenant_permissions", "active"},
	} {
		t.Run(reading, func(t *testing.T) {
			p := placed(t, reading)
			ana := p.all(&userKind)["ana@zoo.example"]
			for _, name := range []string{"admin", "tenant_permissions", "active"} {
				if shown := !slices.Contains(missing, name); ana.Has(name) != shown {
					t.Errorf("%s is set: %t", name, !shown)
				}
			}
			if inactive(&ana) {
				t.Error("who may be active counts as inactive")
			}
			p.run(providertest.ChangeRequest(ana, map[string]any{"first_name": "Anna"}))
			var sent map[string]any
			for _, e := range p.emulator.Entries(p.mark) {
				if e.Method == http.MethodPut {
					p.must(json.Unmarshal(e.Body, &sent))
				}
			}
			_, active := sent["is_active"]
			_, permissions := sent["tenant_permissions"]
			if sent["first_name"] != "Anna" || sent["admin"] != false || permissions || active == slices.Contains(missing, "active") {
				t.Errorf("sent %v", sent)
			}
			eva := creation(&userKind, &User{Email: "eva@zoo.example"}, "email")
			for _, name := range []string{"tenant_permissions", "active"} {
				set := p.unshown(name, provider.View{Desired: declared(ana, name)})
				created := p.unshown(name, provider.View{Desired: declared(*eva.Want, name), Changes: []provider.Request{eva}})
				to := ana.Clone()
				to.Addr.Key = "anna@zoo.example"
				renaming := provider.Request{Action: schema.Rename, Addr: to.Addr, Have: &ana, Want: &to, Changed: userKind.Mask("email")}
				renamed := p.unshown(name, provider.View{Desired: declared(to, name), Changes: []provider.Request{renaming}})
				if want := slices.Contains(missing, name); set != want || created != want || renamed != want {
					t.Errorf("%s is refused: %t in a file, %t of a new user, %t of a renamed one", name, set, created, renamed)
				}
				if p.unshown(name, provider.View{Desired: declared(ana, "first_name")}) {
					t.Errorf("%s is refused where no file sets it", name)
				}
			}
			if refused := p.unshown("active", provider.View{Changes: []provider.Request{providertest.RemoveRequest(schema.Deactivate, ana)}}); refused != slices.Contains(missing, "active") {
				t.Errorf("to deactivate a user is refused: %t", refused)
			}
		})
	}
}

// declared is a user as a file has it that sets the attribute and leaves it empty, which
// looks the same as what is not shown.
func declared(o schema.Object, attribute string) []schema.Object {
	return []schema.Object{inFile(&userKind, &User{Email: o.Addr.Key}, userKind.Mask("email", attribute))}
}

// unshown reports whether a plan is refused because the tenant does not show an attribute.
func (p *memberPlace) unshown(attribute string, v provider.View) bool {
	p.t.Helper()
	v.Live = map[string][]schema.Object{"user": slices.Collect(maps.Values(p.all(&userKind)))}
	found, err := p.Check(context.Background(), v)
	p.must(err)
	return slices.ContainsFunc(found, func(f schema.Finding) bool {
		return f.Code == "tines/unshown-attribute" && f.Attribute == attribute && f.Severity == schema.Error
	})
}

// A deafTenant does not read the bodies of requests, as a tenant might that only takes
// parameters of the query. It notes the addresses of writes.
type deafTenant struct {
	next   http.RoundTripper
	writes *[]string
}

func (d deafTenant) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		*d.writes = append(*d.writes, r.URL.String())
		r = r.Clone(r.Context())
		r.Body, r.ContentLength = http.NoBody, 0
	}
	return d.next.RoundTrip(r)
}

// changedOf lists the places of the attributes that a request changes.
func changedOf(r provider.Request) (out []int) {
	for i := range r.Want.Kind.Attributes {
		if r.Changed.Has(i) {
			out = append(out, i)
		}
	}
	return out
}

// What is written is in the body alone: addresses end up in access logs. A tenant that does
// not read the body never makes a change look as if it was made.
func TestWritesAreInTheBody(t *testing.T) {
	p := placed(t)
	var writes []string
	c, err := Provider().Connect(context.Background(), provider.Options{
		Tenant: "tines", Settings: schema.Object{Kind: &settingsKind, Body: &Settings{}}, Key: placeKey, UserAgent: "rolecall/test",
		Endpoint: emulator.BaseURL, Transport: deafTenant{p.emulator.Transport(), &writes}, Index: &schema.Index{},
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	p.must(err)
	p.connection = c.(connection)
	ana, analyst, soc := p.all(&userKind)["ana@zoo.example"], p.all(&roleKind)["ANALYST"], p.all(&teamKind)["SOC"]
	member := p.all(&membershipKind)["SOC/ben@zoo.example"]
	for _, r := range []provider.Request{
		creation(&userKind, &User{Email: "eva@zoo.example", FirstName: "Eva"}, "email", "first_name"),
		creation(&roleKind, &Role{Name: "NEW", Permissions: []string{"CASE_CREATE"}}, "name", "permissions"),
		creation(&teamKind, &Team{Name: "New"}, "name"),
		creation(&membershipKind, &Membership{Team: "SOC", User: "cem@zoo.example", Role: "VIEWER"}, "team", "user", "role"),
		providertest.ChangeRequest(ana, map[string]any{"first_name": "Anna"}),
		providertest.ChangeRequest(analyst, map[string]any{"permissions": []string{"STORY_CREATE"}}),
		providertest.ChangeRequest(soc, map[string]any{"name": "Security"}),
		providertest.RemoveRequest(schema.Delete, member),
	} {
		before := len(writes)
		got, err := p.Apply(context.Background(), r)
		if len(writes) == before {
			t.Errorf("%s %s: nothing was written", r.Action, r.Addr)
		}
		same := func(i int) bool { return r.Want.Kind.Attributes[i].Equal(got.Body, r.Want.Body) }
		if err == nil && (r.Want == nil || !slices.ContainsFunc(changedOf(r), func(i int) bool { return !same(i) })) {
			t.Errorf("%s %s looks as if it was made: %+v", r.Action, r.Addr, got.Body)
		}
	}
	for _, address := range writes {
		if strings.ContainsAny(address, "?@") {
			t.Errorf("written to %s", address)
		}
	}
}

// A user is looked up by the address with one request, and never created twice where the
// tenant does not know that form.
func TestUserByAddress(t *testing.T) {
	for reading, want := range map[string][]string{
		"user-by-email=yes": {"GET /admin/users/eva@zoo.example", "GET /admin/users/cem@zoo.example"},
		"user-by-email=no":  {"GET /admin/users", "GET /admin/users"},
	} {
		t.Run(reading, func(t *testing.T) {
			p := placed(t, reading)
			p.all(&userKind)
			_, err := users{p.client}.foundByAddress(context.Background())
			p.must(err)
			p.reset()
			if _, err := p.Find(context.Background(), inFile(&userKind, &User{Email: "eva@zoo.example"}, userKind.Mask("email"))); !absent(err) {
				t.Error(err)
			}
			got, err := p.Find(context.Background(), inFile(&userKind, &User{Email: "cem@zoo.example"}, userKind.Mask("email")))
			p.must(err)
			if got.ID != "4" {
				t.Errorf("%+v", got)
			}
			p.asked(want...)
		})
	}
}
