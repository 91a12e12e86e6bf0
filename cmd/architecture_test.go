package cmd_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/rolecall-dev/rolecall/"

// importRules lists what each package may import of ours. A pattern that ends in "/*"
// stands for one folder a product. The table is the import rule of
// docs/architecture.md.
var importRules = []struct {
	pkg string
	may []string
}{
	{"apply/datadir", nil},
	{"provider/schema/text", nil},
	{"provider/schema", []string{"provider/schema/text"}},
	{"provider/schema/describe", []string{"provider/schema", "provider/schema/text"}},
	{"provider/secret", []string{"provider/schema/text"}},
	{"provider", []string{"provider/schema", "provider/schema/text", "provider/secret"}},
	{"provider/rest", []string{"provider", "provider/secret", "provider/schema", "provider/schema/text"}},
	{"provider/crud", []string{"provider", "provider/schema", "provider/schema/text"}},
	{"provider/emulator", nil},
	{"provider/*/emulator", []string{"provider/emulator"}},
	{"provider/*", []string{"provider", "provider/schema", "provider/schema/text", "provider/secret", "provider/rest", "provider/crud"}},
	{"config", []string{"config/filetree", "provider/schema", "provider/schema/text"}},
	{"config/filetree", []string{"provider/schema"}},
	{"config/revision", []string{"config/filetree"}},
	{"config/splice", nil},
	{"config/writer", []string{"provider/schema", "provider/schema/text"}},
	{"plan", []string{"plan/rights", "provider/schema", "provider/schema/text"}},
	{"plan/rights", []string{"provider/schema"}},
	{"plan/checks", []string{"plan", "plan/access", "plan/people", "provider/schema", "provider/schema/text"}},
	{"plan/access", []string{"plan/rights", "provider/schema", "provider/schema/text"}},
	{"plan/review", []string{"plan/access", "plan/rights", "provider/schema", "provider/schema/text"}},
	{"plan/lint", []string{"plan/access", "plan/since", "provider/schema", "provider/schema/text"}},
	{"plan/graph", nil},
	{"plan/since", []string{"provider/schema"}},
	{"plan/people", []string{"provider/schema"}},
	{"plan/build", []string{"plan", "plan/graph", "plan/people", "plan/rights", "plan/since", "provider/schema", "provider/schema/text"}},
	{"plan/drift", []string{"plan", "plan/people", "plan/rights", "provider/schema", "provider/schema/text"}},
	{"plan/fleet", []string{"provider/schema/text"}},
	{"plan/planfile", []string{"plan", "plan/rights", "provider/schema", "provider/schema/text"}},
	{"plan/render", []string{"plan", "plan/drift", "plan/fleet", "plan/rights", "provider/schema", "provider/schema/text"}},
	{"plan/render/html", []string{"plan", "plan/fleet", "plan/render", "plan/review", "provider/schema", "provider/schema/text"}},
	{"plan/live", []string{"plan", "plan/build", "plan/since", "provider", "provider/schema", "provider/schema/text"}},
	{"cmd/notify", []string{"provider/rest", "provider/schema/text", "provider/secret"}},
	{"cmd/lease", []string{"provider/schema/text"}},
	{"cmd/lease/leasetest", nil},
	{"cmd/forge", []string{"provider", "provider/rest", "provider/secret"}},
	{"cmd/forge/forgetest", []string{"provider/emulator"}},
	{"apply", []string{"apply/datadir", "plan", "plan/graph", "plan/planfile", "provider", "provider/schema", "provider/schema/text"}},
	{"apply/undo", []string{"apply", "plan", "provider/schema", "provider/secret"}},
}

// foreign names packages from outside that a package must not import.
var foreign = map[string][]string{
	"provider/schema":      {"net/http", "os", "time"},
	"provider/schema/text": {"net/http", "os", "time"},
	"config":               {"net/http", "net"},
	"config/filetree":      {"net/http", "net"},
	"config/revision":      {"net/http", "net"},
	"config/splice":        {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"config/writer":        {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan":                 {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/rights":          {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/checks":          {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/lint":            {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/access":          {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/review":          {"net/http", "net", "os", "math/rand", "math/rand/v2"},
	"plan/people":          {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/since":           {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/graph":           {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/build":           {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/drift":           {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
	"plan/fleet":           {"net/http", "net", "os", "math/rand", "math/rand/v2"},
	"plan/planfile":        {"net/http", "net", "os", "math/rand", "math/rand/v2"},
	"plan/render":          {"net/http", "net", "os", "math/rand", "math/rand/v2"},
	"plan/render/html":     {"net/http", "net", "os", "time", "math/rand", "math/rand/v2"},
}

// TestImportRule reads every import of the product's own code. Tests may import
// more: they connect packages that do not import each other.
func TestImportRule(t *testing.T) {
	root := ".."
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(rel))
		seen[pkg] = true
		for _, imp := range importsOf(t, file) {
			checkImport(t, pkg, rel, imp)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, must := range []string{"provider/schema", "plan", "config", "apply"} {
		if !seen[must] {
			t.Errorf("package %s was not found, so the rule checks nothing in it", must)
		}
	}
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range f.Imports {
		name, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	return out
}

func checkImport(t *testing.T, pkg, file, imp string) {
	t.Helper()
	if slices.Contains(foreign[pkg], imp) {
		t.Errorf("%s imports %s, which %s must stay without", file, imp, pkg)
	}
	ours, ok := strings.CutPrefix(imp, module)
	if !ok || pkg == "cmd" || pkg == "cmd/rolecall" || pkg == "provider/providertest" || pkg == "provider/providertest/exampletest" {
		return
	}
	may, ok := allowed(pkg)
	if !ok {
		t.Errorf("%s: package %s has no row in importRules", file, pkg)
	} else if !slices.Contains(may, ours) {
		t.Errorf("%s imports %s; %s may import only %v", file, ours, pkg, may)
	}
}

// allowed finds the row of a package: its own, or the pattern of its folder.
func allowed(pkg string) ([]string, bool) {
	for _, r := range importRules {
		if ok, _ := path.Match(r.pkg, pkg); ok {
			return r.may, true
		}
	}
	return nil, false
}
