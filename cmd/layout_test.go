package cmd_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// The files of a product and of its emulator that are not named after a kind. A file may
// also have one of these names, or that of a kind, with a topic behind it: user_write.go.
var (
	clientFiles   = []string{"provider", "client", "wire", "grants"} // each product has all of them
	clientMay     = []string{"checks", "quirks", "resolve", "audit_log", "pages"}
	emulatorFiles = []string{"server", "state", "seed", "variants"}
	emulatorMay   = []string{"call", "doc", "page", "rate", "refusal"}
)

// emulatorKinds names what the emulator of a product has besides its kinds.
var emulatorKinds = map[string][]string{
	"partoo":     {"api_key", "business", "org"},
	"roserocket": {"board", "group", "object", "rights", "role", "token"},
	"tines":      {"access", "key", "audit_log"},
	"uberall":    {"access", "business", "feature", "location", "login", "sales_partner"},
}

// TestProductLayout makes sure that whoever knows one product finds the way in another.
func TestProductLayout(t *testing.T) {
	for _, p := range cmd.System().Products {
		folder := filepath.Join("..", "provider", p.Provider.Name)
		var kinds []string
		for _, k := range p.Provider.Kinds {
			kinds = append(kinds, k.Name)
		}
		needed := append(slices.Clone(clientFiles), kinds...)
		checkLayout(t, folder, needed, clientMay)
		if starter, err := filepath.Glob(filepath.Join(folder, "starter", "*.hcl")); err != nil || len(starter) == 0 {
			t.Errorf("%s has no starter/*.hcl, which rolecall init writes: %v", folder, err)
		}
		checkLayout(t, filepath.Join(folder, "emulator"), emulatorFiles, slices.Concat(kinds, emulatorMay, emulatorKinds[p.Provider.Name]))
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
			t.Errorf("%s: the name must be that of a kind or of one of the files in docs/new-product.md, or begin with one and _", file)
		}
	}
}
