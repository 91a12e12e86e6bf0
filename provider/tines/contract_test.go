package tines_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// history reads the audit log after a change, which no plan does.
func history(t *testing.T, c *providertest.Contract) {
	t.Helper()
	p := startZoo(t, nil)
	client, err := tines.Provider().Connect(t.Context(), provider.Options{
		Tenant: "tines", Settings: schema.Object{Kind: tines.Provider().Settings, Body: &tines.Settings{Tenant: "https://zoo.tines.com"}},
		Key: p.Key, Endpoint: emulator.BaseURL, UserAgent: "rolecall/providertest", Index: &schema.Index{},
		Transport: c.Middleware(t)(p.Transport), Wait: p.Wait, Now: p.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	kind := tines.Provider().Product.Kind("role")
	want := schema.Object{
		Kind: kind, Addr: schema.Address{Provider: "tines", Kind: "role", Key: "KEEPER"}, Set: kind.Mask("name", "permissions"),
		Body: &tines.Role{Name: "KEEPER", Permissions: []string{"CASE_VIEW"}},
	}
	if _, err := client.Apply(t.Context(), provider.Request{Action: schema.Create, Addr: want.Addr, Want: &want}); err != nil {
		t.Fatal(err)
	}
	found := false
	for e, err := range client.(provider.AuditReader).History(context.Background(), p.Now().Add(-time.Hour)) {
		if err != nil {
			t.Fatal(err)
		}
		found = found || e.Own && slices.Contains(e.About, want.Addr)
	}
	if !found {
		t.Error("the audit log does not tell who made the role")
	}
}
