package tines_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// withNewFields adds fields of every type to an object.
func withNewFields(_ string, o map[string]any) {
	o["added_text"] = "new"
	o["added_number"] = 1e300
	o["added_null"] = nil
	o["added_list"] = []any{[]any{}, map[string]any{"id": "other"}, true}
	o["added_object"] = map[string]any{"id": 7, "name": "new", "permissions": "all", "teams": []any{}}
}

// withNewWords puts words into an object that no documentation has, where the
// files of the example say nothing about it.
func withNewWords(_ string, o map[string]any) {
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
	c, sent := unknownZoo(t, func(_ string, o map[string]any) {
		if list, ok := o["permissions"].([]any); ok && o["name"] == "KEEPER" {
			o["permissions"] = append(list, "TELEPATHY")
		}
	})
	kind := tines.Provider().Product.Kind("role")
	have := providertest.MustRead(t, c, kind, "KEEPER")
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
	if d := cmp.Diff([]string{`PATCH /api/v1/admin/roles/` + have.ID + ` {"description":"Keeps the zoo"}`}, sent.Lines()); d != "" {
		t.Errorf("writes:\n%s", d)
	}
}

// A tenant permission that nobody knows stays with its user when the name changes.
func TestUnknownTenantPermissionsSurviveAnUpdate(t *testing.T) {
	c, sent := unknownZoo(t, func(_ string, o map[string]any) {
		if o["email"] == vet && o["tenant_permissions"] != nil {
			o["tenant_permissions"] = []any{"TELEPATHY"}
		}
	})
	kind := tines.Provider().Product.Kind("user")
	have := providertest.MustRead(t, c, kind, vet)
	want := have.Clone()
	want.Body.(*tines.User).FirstName = "Verena"
	if _, err := c.Apply(context.Background(), provider.Request{
		Action: schema.Update, Addr: have.Addr, Have: &have, Want: &want, Changed: kind.Mask("first_name"),
	}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{`PUT /api/v1/admin/users/` + have.ID + ` {"admin":false,"first_name":"Verena",` +
		`"is_active":true,"last_name":"Novak","tenant_permissions":["TELEPATHY"]}`}, sent.Lines()); d != "" {
		t.Errorf("writes:\n%s", d)
	}
}

const vet = "vet@zoo.example"

// unknownZoo connects to an emulator whose answers are changed, and returns what
// is written too.
func unknownZoo(t *testing.T, change func(path string, o map[string]any)) (provider.Client, *providertest.Writes) {
	t.Helper()
	s, err := emulator.New(emulator.Options{Rate: -1, Seed: &emulator.Seed{
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
	sent := &providertest.Writes{}
	c, err := tines.Provider().Connect(context.Background(), provider.Options{
		Tenant: "tines", Settings: schema.Object{Kind: tines.Provider().Settings, Body: &tines.Settings{Tenant: "https://zoo.tines.com"}}, Key: "k", Endpoint: emulator.BaseURL,
		Transport: sent.RecordWrites(providertest.EditObjects(t, change)(s.Transport())), Index: &schema.Index{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, sent
}
