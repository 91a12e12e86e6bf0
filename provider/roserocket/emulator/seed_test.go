package emulator

import (
	"slices"
	"strings"
	"testing"
)

// The default seed has the documented objects, and documents of all four words.
func TestDefaultSeed(t *testing.T) {
	seed, err := DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	documented := []string{
		"customer", "order", "task", "stop", "address", "commodity", "manifest", "partner", "quote", "financialLineItem", "invoice",
		"bill", "tag", "asset", "contact", "taxRate", "taxRateComponent", "taxRule", "payStub", "document", "glAccount", "fuelIndex",
		"tariff", "webhookDestination", "webhookSubscription", "user", "userGroup", "board", "event",
	}
	for _, o := range seed.Objects {
		if !slices.Contains(documented, o.Key) {
			t.Errorf("object %s is not documented", o.Key)
		}
	}
	s := open(t, Options{})
	if len(seed.Objects) != len(documented) || s.permissions.Len() != 11*len(documented) {
		t.Errorf("%d objects, %d documents", len(seed.Objects), s.permissions.Len())
	}
	seen := map[string]int{}
	for _, p := range s.permissions.All() {
		seen[option(p)]++
	}
	for _, w := range words() {
		if seen[s.literal(w)] == 0 {
			t.Errorf("no document has %s: %v", w, seen)
		}
	}
}

func TestWhatASeedLeavesOut(t *testing.T) {
	s := open(t, Options{Login: Credentials{UserID: "me", ClientSecret: "shh"}, Seed: parse(t, `{"org":{"id":"o"},"roles":["admin","sales"],"service_account_role":"admin",
		"permissions":[{"roles":["sales"],"objects":["tag"],"access":"noAccess"}]}`)})
	want := Credentials{ClientID: "emulator", ClientSecret: "shh", OrgID: "o", UserID: "me"}
	if got := s.Credentials(); got != want {
		t.Errorf("credentials %+v, want %+v", got, want)
	}
	for role, want := range map[string]string{"sales/tag": "noAccess", "sales/payStub": "noAccess", "sales/order": "custom", "admin/tag": "full"} {
		r, o, _ := strings.Cut(role, "/")
		if p := s.permissions.Find(at(r, o)); p == nil || option(p) != want {
			t.Errorf("%s is not %s", role, want)
		}
	}
	if s.permissions.Find(at("manager", "tag")) != nil {
		t.Error("there is a role that the seed does not have")
	}
	full := open(t, Options{Seed: parse(t, `{"objects":[{"key":"a","fields":["b"]}]}`)})
	if got := option(full.permissions.Find(at("guest", "a"))); got != "full" {
		t.Errorf("without permissions a role has %s", got)
	}
}

func option(p *permission) string {
	text, _ := p.parse().data.text("option")
	return text
}

// Rose Rocket makes a service account a Manager; only a seed makes it an Admin.
func TestServiceAccountStartsAsManager(t *testing.T) {
	for seed, want := range map[string]string{
		`{}`:                                    "manager",
		`{"users":[{"id":"s","service":true}]}`: "manager",
		`{"service_account_role":"admin"}`:      "admin",
		`{"service_account_role":"admin","users":[{"id":"s","service":true,"role":"sales"}]}`: "sales",
	} {
		s := open(t, Options{Seed: parse(t, seed)})
		if u := s.users.Find(s.Credentials().UserID); u == nil || u.Role != want {
			t.Errorf("%s: %+v", seed, u)
		}
	}
}
