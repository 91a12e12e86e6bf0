package tines

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
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
			for _, e := range p.Entries() {
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
			p.ResetRequests()
			if _, err := p.Find(context.Background(), inFile(&userKind, &User{Email: "eva@zoo.example"}, userKind.Mask("email"))); !absent(err) {
				t.Error(err)
			}
			got, err := p.Find(context.Background(), inFile(&userKind, &User{Email: "cem@zoo.example"}, userKind.Mask("email")))
			p.must(err)
			if got.ID != "4" {
				t.Errorf("%+v", got)
			}
			p.CheckRequests(p.t, want...)
		})
	}
}
