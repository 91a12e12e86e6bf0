package partoo_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// withNewFields adds fields of every type to an object.
func withNewFields(_ string, o map[string]any) {
	o["added_text"] = "new"
	o["added_number"] = 1e300
	o["added_null"] = nil
	o["added_list"] = []any{[]any{}, map[string]any{"id": "other"}, true}
	o["added_object"] = map[string]any{"id": 7, "name": "new", "permissions": "all", "users": []any{}}
}

const vet = "vet@zoo.example"

// withNewWords puts words into an object that no documentation has, where the
// zoo's files say nothing about it.
func withNewWords(_ string, o map[string]any) {
	has := func(name string) bool { _, there := o[name]; return there }
	switch {
	case has("email"):
		o["status"], o["provider"], o["available_features"] = "dreaming", "martian", []any{"teleport"}
		o["sidebar_pages"] = []any{"hologram"}
		if o["email"] == vet {
			o["role"], o["lang"] = "REGION_MANAGER", "tlh"
		}
	case has("depends_on"):
		o["feature"], o["disabled_for_roles"] = "teleport", []any{"REGION_MANAGER"}
	case has("code"):
		o["status"] = "on_the_moon"
	}
}

// What an unknown word says stays in the product through an update of something
// else: only what changes is sent.
func TestUnknownWordsSurviveAnUpdate(t *testing.T) {
	c, sent := unknownZoo(t, withNewWords)
	kind := partoo.Provider().Product.Kind("user")
	have := providertest.MustRead(t, c, kind, vet)
	body := have.Body.(*partoo.User)
	if body.Role != "REGION_MANAGER" || body.Lang != "tlh" || body.Status != "dreaming" {
		t.Fatalf("%+v", body)
	}
	want := have.Clone()
	want.Body.(*partoo.User).FirstName = "Verena"
	got, err := c.Apply(context.Background(), provider.Request{
		Action: schema.Update, Addr: have.Addr, Have: &have, Want: &want, Changed: kind.Mask("first_name"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{`POST /v2/user/` + have.ID + ` {"first_name":"Verena"}`}, sent.Lines()); d != "" {
		t.Errorf("writes:\n%s", d)
	}
	if d := cmp.Diff(want.Body, got.Body); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
}

// A role that was given a permission which the catalogue does not know keeps it
// when only its name changes, although its permissions are always sent whole.
func TestUnknownPermissionsSurviveAnUpdate(t *testing.T) {
	c, sent := unknownZoo(t, func(string, map[string]any) {})
	kind := partoo.Provider().Product.Kind("role")
	have := providertest.MustRead(t, c, kind, "keeper")
	if p := have.Body.(*partoo.Role).Permissions; !slices.Contains(p, "telepathy") {
		t.Fatalf("read %v", p)
	}
	want := have.Clone()
	want.Body.(*partoo.Role).Name = "Warden"
	want.Body.(*partoo.Role).Permissions = nil
	want.Set = kind.Mask("api_id", "name")
	if _, err := c.Apply(context.Background(), provider.Request{
		Action: schema.Update, Addr: have.Addr, Have: &have, Want: &want, Changed: kind.Mask("name"),
	}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{`POST /v2/custom_role/keeper {"api_id":"keeper","name":"Warden","permissions":["business_edit","telepathy"]}`}, sent.Lines()); d != "" {
		t.Errorf("writes:\n%s", d)
	}
}

// unknownZoo connects to an emulator whose answers are changed, and returns what
// is written too.
func unknownZoo(t *testing.T, change func(path string, o map[string]any)) (provider.Client, *providertest.Writes) {
	t.Helper()
	s, err := emulator.New(emulator.Options{Rate: -1, Seed: &emulator.Seed{
		Org:         emulator.SeedOrg{ID: 42},
		CustomRoles: []emulator.SeedRole{{APIID: "keeper", Name: "Keeper", Permissions: []string{"business_edit", "telepathy"}}},
		Users: []emulator.SeedUser{
			{Email: "admin@zoo.example", FirstName: "Ada", LastName: "Min", Role: "ORG_ADMIN"},
			{Email: vet, FirstName: "Vera", LastName: "Novak", Role: "GROUP_MANAGER", CustomRole: "keeper"},
		},
		APIKeys: []emulator.SeedKey{{Key: "k", User: "admin@zoo.example"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	sent := &providertest.Writes{}
	c, err := partoo.Provider().Connect(context.Background(), provider.Options{
		Tenant: "partoo", Settings: schema.Object{Body: &partoo.Settings{OrgID: 42}}, Key: "k", Endpoint: emulator.BaseURL,
		Transport: sent.RecordWrites(providertest.EditObjects(t, change)(s.Transport())), Index: &schema.Index{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, sent
}
