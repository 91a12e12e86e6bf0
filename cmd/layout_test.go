package cmd_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/roserocket"
	"github.com/rolecall-dev/rolecall/provider/tines"
)

// laidOut lists the products whose folders have the one layout of docs/architecture.md.
// emulated names what the emulator has beside the product's kinds; where it is nil, the
// emulator's files are not checked.
var laidOut = []struct {
	product  *provider.Provider
	emulated []string
}{
	{partoo.Provider(), []string{"api_key", "business", "org"}},
	{roserocket.Provider(), []string{"board", "call", "group", "object", "reach", "refusal", "role", "token", "doc"}},
	{tines.Provider(), []string{"access", "call", "key", "page", "rate", "refusal", "audit_log"}},
}

// The files of a product and of its emulator that are not named after a kind. A file may
// also have one of these names, or that of a kind, with a topic behind it: user_write.go.
var (
	clientFiles   = []string{"provider", "client", "wire", "checks", "grants", "quirks"} // each product has all of them
	clientMay     = []string{"resolve", "audit_log", "pages"}
	emulatorFiles = []string{"server", "state", "seed", "variants"}
)

// TestProductLayout makes sure that whoever knows one product finds the way in another.
func TestProductLayout(t *testing.T) {
	for _, p := range laidOut {
		folder := filepath.Join("..", "provider", p.product.Name)
		var kinds []string
		for _, k := range p.product.Kinds {
			kinds = append(kinds, k.Name)
		}
		needed := append(slices.Clone(clientFiles), kinds...)
		checkLayout(t, folder, needed, clientMay)
		if starter, err := filepath.Glob(filepath.Join(folder, "starter", "*.hcl")); err != nil || len(starter) == 0 {
			t.Errorf("%s has no starter/*.hcl: %v", folder, err)
		}
		if p.emulated != nil {
			checkLayout(t, filepath.Join(folder, "emulator"), emulatorFiles, append(kinds, p.emulated...))
		}
	}
}

// checkLayout makes sure that every needed file is in a folder, and that each other file is
// named after one of the needed or possible ones. Tests are named freely.
func checkLayout(t *testing.T, folder string, needed, possible []string) {
	t.Helper()
	for _, name := range needed {
		if _, err := os.Stat(filepath.Join(folder, name+".go")); err != nil {
			t.Errorf("%s has no %s.go", folder, name)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		base := strings.TrimSuffix(filepath.Base(file), ".go")
		named := func(name string) bool { return base == name || strings.HasPrefix(base, name+"_") }
		if !strings.HasSuffix(base, "_test") && !slices.ContainsFunc(append(slices.Clone(needed), possible...), named) {
			t.Errorf("%s is named after no kind and no part of a product; see docs/architecture.md", file)
		}
	}
}
