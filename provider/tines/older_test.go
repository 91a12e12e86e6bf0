package tines

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// An olderTenant leaves members out of its answers, as older self-hosted versions do. It
// notes what is written.
type olderTenant struct {
	next   http.RoundTripper
	leaves *regexp.Regexp
	bodies *[]string
}

func (o olderTenant) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		*o.bodies = append(*o.bodies, string(sent))
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	answer, err := o.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	body = o.leaves.ReplaceAll(body, nil)
	answer.Header.Del("Content-Length")
	answer.ContentLength = int64(len(body))
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// What an older tenant does not show of a user is not set, is not taken for a no, and is
// not written.
func TestOlderTenants(t *testing.T) {
	p := placed(t)
	var bodies []string
	o := olderTenant{p.emulator.Transport(), regexp.MustCompile(`"(tenant_permissions":\[[^]]*\]|is_active":\w+),`), &bodies}
	c, err := Provider().Connect(context.Background(), provider.Options{
		Tenant: "tines", Settings: schema.Object{Kind: &settingsKind, Body: &Settings{}}, Key: placeKey, UserAgent: "rolecall/test",
		Endpoint: emulator.BaseURL, Transport: o, Index: &schema.Index{}, Wait: func(context.Context, time.Duration) error { return nil },
	})
	p.must(err)
	p.client = c.(*client)
	ana := p.all(&userKind)["ana@zoo.example"]
	for _, name := range []string{"tenant_permissions", "active"} {
		if ana.Has(name) {
			t.Errorf("%s is set", name)
		}
	}
	if inactive(&ana) || !ana.Has("admin") {
		t.Errorf("%+v", ana.Body)
	}
	_, err = p.Apply(context.Background(), edit(ana, map[string]any{"first_name": "Anna"}))
	p.must(err)
	if sent := bodies[len(bodies)-1]; strings.Contains(sent, "is_active") || strings.Contains(sent, "tenant_permissions") || !strings.Contains(sent, `"admin":false`) {
		t.Errorf("sent %s", sent)
	}
	for _, r := range []provider.Request{edit(ana, map[string]any{"active": true}), edit(ana, map[string]any{"tenant_permissions": []string{}}), removal(schema.Deactivate, ana)} {
		found, err := p.Check(context.Background(), provider.View{Changes: []provider.Request{r}, Live: map[string][]schema.Object{"user": {ana}}})
		p.must(err)
		if !slices.ContainsFunc(found, func(f schema.Finding) bool { return f.Code == "tines/unshown-attribute" && f.Severity == schema.Error }) {
			t.Errorf("%s: %v", r.Action, found)
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
