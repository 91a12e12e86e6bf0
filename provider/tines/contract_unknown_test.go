package tines_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// edited is a road on which every object in a good answer is changed.
func edited(t *testing.T, change func(map[string]any)) road {
	return func(next http.RoundTripper) http.RoundTripper { return &editor{t, next, change} }
}

type editor struct {
	t      *testing.T
	next   http.RoundTripper
	change func(map[string]any)
}

func (e *editor) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := e.next.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	d := json.NewDecoder(answer.Body)
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		e.t.Errorf("the emulator's answer: %v", err)
	}
	e.walk(v)
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if err := answer.Body.Close(); err != nil {
		return nil, err
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	answer.Header.Del("Content-Length")
	return answer, nil
}

func (e *editor) walk(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			e.walk(item)
		}
	case map[string]any:
		for _, item := range v {
			e.walk(item)
		}
		e.change(v)
	}
}

// withNewFields adds fields of every type to an object.
func withNewFields(o map[string]any) {
	o["added_text"] = "new"
	o["added_number"] = 1e300
	o["added_null"] = nil
	o["added_list"] = []any{[]any{}, map[string]any{"id": "other"}, true}
	o["added_object"] = map[string]any{"id": 7, "name": "new", "permissions": "all", "teams": []any{}}
}

// withNewWords puts words into an object that no documentation has, where the
// files of the example say nothing about it.
func withNewWords(o map[string]any) {
	has := func(name string) bool { _, there := o[name]; return there }
	switch {
	case o["name"] == "CASE_MANAGER":
		o["permissions"] = append(o["permissions"].([]any), "TELEPORT_VIEW")
	case has("operation_name"):
		o["operation_name"] = "Teleportation"
	case has("scim_uid"):
		o["status"] = "dreaming"
	}
}

// A role that was given a permission which nothing else has keeps it when only its
// description changes.
func TestUnknownPermissionsSurviveAnUpdate(t *testing.T) {
	c, sent := unknownZoo(t, func(o map[string]any) {
		if list, ok := o["permissions"].([]any); ok && o["name"] == "KEEPER" {
			o["permissions"] = append(list, "TELEPATHY")
		}
	})
	kind := c.kind("role")
	have := c.one(kind, "KEEPER")
	if p := have.Body.(*tines.Role).Permissions; !slices.Contains(p, "TELEPATHY") {
		t.Fatalf("read %v", p)
	}
	want := have.Clone()
	want.Body.(*tines.Role).Description = "Keeps the zoo"
	if _, err := c.Apply(context.Background(), provider.Request{
		Action: schema.Update, Addr: have.Addr, Have: &have, Want: &want, Changed: kind.Mask("description"),
	}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{`PATCH /api/v1/admin/roles/` + have.ID + ` {"description":"Keeps the zoo"}`}, *sent); d != "" {
		t.Errorf("writes:\n%s", d)
	}
}

// A tenant permission that nobody knows stays with its user when the name changes.
func TestUnknownTenantPermissionsSurviveAnUpdate(t *testing.T) {
	c, sent := unknownZoo(t, func(o map[string]any) {
		if o["email"] == vet && o["tenant_permissions"] != nil {
			o["tenant_permissions"] = []any{"TELEPATHY"}
		}
	})
	kind := c.kind("user")
	have := c.one(kind, vet)
	want := have.Clone()
	want.Body.(*tines.User).FirstName = "Verena"
	if _, err := c.Apply(context.Background(), provider.Request{
		Action: schema.Update, Addr: have.Addr, Have: &have, Want: &want, Changed: kind.Mask("first_name"),
	}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{`PUT /api/v1/admin/users/` + have.ID + `?admin=false&first_name=Verena&is_active=true&last_name=Novak {"admin":false,"first_name":"Verena",` +
		`"is_active":true,"last_name":"Novak","tenant_permissions":["TELEPATHY"]}`}, *sent); d != "" {
		t.Errorf("writes:\n%s", d)
	}
}

const vet = "vet@zoo.example"

// A keeper is a connection to the little zoo of these tests.
type keeper struct {
	provider.Client
	t *testing.T
}

// unknownZoo connects to an emulator whose answers are changed, and returns what
// is written too.
func unknownZoo(t *testing.T, change func(map[string]any)) (keeper, *[]string) {
	t.Helper()
	s, err := emulator.New(emulator.Options{Rate: -1, Variants: []string{"unknown-permission=keep"}, Seed: &emulator.Seed{
		Roles: []emulator.SeedRole{{Name: "KEEPER", Permissions: []string{"CASE_VIEW"}}},
		Users: []emulator.SeedUser{
			{Email: "owner@zoo.example", FirstName: "Olu", LastName: "Owner", Admin: true},
			{Email: vet, FirstName: "Vera", LastName: "Novak"},
		},
		Keys: []emulator.SeedKey{{Key: "k", Kind: "personal", User: "owner@zoo.example"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	tr := &trip{t: t}
	c, err := tines.Provider().Connect(context.Background(), provider.Options{
		Tenant: "tines", Settings: schema.Object{Kind: tines.Provider().Settings, Body: &tines.Settings{Tenant: "https://zoo.tines.com"}}, Key: "k", Endpoint: emulator.BaseURL,
		Transport: &witness{tr, edited(t, change)(s.Transport())}, Index: &schema.Index{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return keeper{c, t}, &tr.writes
}

func (k keeper) kind(name string) *schema.Kind {
	k.t.Helper()
	return tines.Provider().Product.Kind(name)
}

// one finds an object and reads the whole of it.
func (k keeper) one(kind *schema.Kind, key string) schema.Object {
	k.t.Helper()
	for o, err := range k.List(context.Background(), kind) {
		if err != nil {
			k.t.Fatal(err)
		}
		if strings.EqualFold(o.Addr.Key, key) {
			whole, err := k.Client.(provider.Reader).Read(context.Background(), o)
			if err != nil {
				k.t.Fatal(err)
			}
			return whole
		}
	}
	k.t.Fatalf("there is no %s %s", kind.Name, key)
	return schema.Object{}
}
