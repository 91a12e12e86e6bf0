package partoo_test

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
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
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
	o["added_object"] = map[string]any{"id": 7, "name": "new", "permissions": "all", "users": []any{}}
}

const vet = "vet@zoo.example"

// withNewWords puts words into an object that no documentation has, where the
// zoo's files say nothing about it.
func withNewWords(o map[string]any) {
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
	kind := c.kind("user")
	have := c.one(kind, vet)
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
	if d := cmp.Diff([]string{`POST /v2/user/` + have.ID + ` {"first_name":"Verena"}`}, *sent); d != "" {
		t.Errorf("writes:\n%s", d)
	}
	if d := cmp.Diff(want.Body, got.Body); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
}

// A role that was given a permission which the catalogue does not know keeps it
// when only its name changes, although its permissions are always sent whole.
func TestUnknownPermissionsSurviveAnUpdate(t *testing.T) {
	c, sent := unknownZoo(t, func(o map[string]any) {
		if list, ok := o["permissions"].([]any); ok && o["api_id"] == "keeper" {
			o["permissions"] = append(list, "telepathy")
		}
	})
	kind := c.kind("role")
	have := c.one(kind, "keeper")
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
	if d := cmp.Diff([]string{`POST /v2/custom_role/keeper {"api_id":"keeper","name":"Warden","permissions":["business_edit","telepathy"]}`}, *sent); d != "" {
		t.Errorf("writes:\n%s", d)
	}
}

// A keeper is a connection to the little zoo of these tests.
type keeper struct {
	provider.Client
	t *testing.T
}

// unknownZoo connects to an emulator whose answers are changed, and returns what
// is written too.
func unknownZoo(t *testing.T, change func(map[string]any)) (keeper, *[]string) {
	t.Helper()
	s, err := emulator.New(emulator.Options{Rate: -1, Variants: []string{"unknown-permission=drop"}, Seed: &emulator.Seed{
		Org:         emulator.SeedOrg{ID: 42},
		CustomRoles: []emulator.SeedRole{{APIID: "keeper", Name: "Keeper", Permissions: []string{"business_edit"}}},
		Users: []emulator.SeedUser{
			{Email: "admin@zoo.example", FirstName: "Ada", LastName: "Min", Role: "ORG_ADMIN"},
			{Email: vet, FirstName: "Vera", LastName: "Novak", Role: "GROUP_MANAGER", CustomRole: "keeper"},
		},
		APIKeys: []emulator.SeedKey{{Key: "k", User: "admin@zoo.example"}},
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
	c, err := partoo.Provider().Connect(context.Background(), provider.Options{
		Tenant: "partoo", Settings: schema.Object{Body: &partoo.Settings{OrgID: 42}}, Key: "k", Endpoint: emulator.BaseURL,
		Transport: &witness{tr, edited(t, change)(s.Transport())}, Index: &schema.Index{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return keeper{c, t}, &tr.writes
}

func (k keeper) kind(name string) *schema.Kind {
	k.t.Helper()
	return partoo.Provider().Product.Kind(name)
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
