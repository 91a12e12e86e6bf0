package roserocket_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/roserocket"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

const (
	matrixObjects = 60
	matrixFields  = 60
)

// matrix is an organization with many objects, and files that declare each of them
// for every role, as it is.
func matrix() (*emulator.Seed, string) {
	s := &emulator.Seed{}
	var objects []string
	for i := range matrixObjects {
		o := emulator.Object{Key: fmt.Sprintf("object%02d", i), Boards: []string{fmt.Sprintf("board%02d", i)}}
		for j := range matrixFields {
			o.Fields = append(o.Fields, emulator.Field{Key: fmt.Sprintf("field%02d", j), Description: "A field among many others", Derived: j%10 == 9})
		}
		s.Objects = append(s.Objects, o)
		objects = append(objects, fmt.Sprintf("%q", o.Key))
	}
	s.Permissions = []emulator.SeedPermission{{Hide: []string{"field00", "field01"}, Read: []string{"field02"}}}
	roles := `"super-admin", "admin", "manager", "operations", "csr", "sales", "driver", "customer", "partner", "external", "guest"`
	return s, org + `
permission "of" "each" {
  for_each = { for p in setproduct([` + roles + `], [` + strings.Join(objects, ", ") + `]) : "${p[0]}/${p[1]}" => p }
  role     = each.value[0]
  object   = each.value[1]
  record   = { create = true }
  fields   = { hide = ["field00", "field01"], edit = ["field*"], read = ["field02", "*9"], others = "hide" }
}
`
}

// BenchmarkPlanMatrix plans 660 permissions with 60 fields each, with nothing to do.
func BenchmarkPlanMatrix(b *testing.B) {
	seed, text := matrix()
	s, err := emulator.New(emulator.Options{Seed: seed})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	p := roserocket.Provider()
	b.ReportAllocs()
	for b.Loop() {
		cfg, diags := config.Load(dir, config.Options{Products: []*schema.Product{&p.Product}})
		if diags.HasErrors() {
			b.Fatal(diags)
		}
		index := &schema.Index{}
		c, err := p.Connect(b.Context(), provider.Options{
			Tenant: "roserocket", Settings: cfg.Tenants[0].Settings, Key: s.Credentials().ClientSecret, Endpoint: emulator.BaseURL,
			Transport: s.Transport(), Index: index,
		})
		if err != nil {
			b.Fatal(err)
		}
		plan, err := live.Plan(b.Context(), live.Input{Client: c, Tenant: cfg.Tenants[0], Index: index})
		if err != nil {
			b.Fatal(err)
		}
		if n := plan.Unchanged["permission"]; n != 11*matrixObjects || len(plan.Changes) > 0 {
			b.Fatalf("%d permissions are as they should be, %d changes, %v", n, len(plan.Changes), plan.Findings)
		}
	}
}
