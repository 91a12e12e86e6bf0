package partoo_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/providertest/exampletest"
)

// runExample runs the program on an example, one write at a time, so that ids are assigned in order.
func runExample(t *testing.T, example string, middlewares ...providertest.Middleware) *exampletest.Example {
	t.Helper()
	tr := exampletest.RunExample(t, "partoo", example, middlewares...)
	tr.Flags = []string{"--parallelism", "1"}
	return tr
}

func TestExamplesKeepTheContract(t *testing.T) {
	for _, example := range []string{"roles", "roster", "zoo"} {
		t.Run(example, func(t *testing.T) { runExample(t, example, providertest.MustOpenContract(t).Middleware(t)).Converge() })
	}
}

// A PROVIDER's key names the organization in every request.
func TestProviderKeepsTheContract(t *testing.T) {
	tr := runExample(t, "zoo", providertest.MustOpenContract(t).Middleware(t))
	tr.Key = "partner"
	seed(t, tr.Dir, func(seed map[string]any) {
		seed["users"] = append(seed["users"].([]any), map[string]any{
			"email": "partner@partoo.example", "first_name": "P", "last_name": "R", "role": "PROVIDER",
		})
		seed["api_keys"] = append(seed["api_keys"].([]any), map[string]any{"key": "partner", "user": "partner@partoo.example"})
	})
	for _, w := range tr.Converge() {
		if !strings.Contains(w, "org_id=42") {
			t.Errorf("a write does not name the organization: %s", w)
		}
	}
}

// seed changes what the emulator in an example begins with.
func seed(t *testing.T, dir string, change func(map[string]any)) {
	t.Helper()
	file := filepath.Join(dir, "partoo.seed.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var seed map[string]any
	if err := json.Unmarshal(text, &seed); err != nil {
		t.Fatal(err)
	}
	change(seed)
	if text, err = json.Marshal(seed); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What a newer Partoo adds to its answers makes no difference to what is written.
func TestUnknownFieldsMakeNoDifference(t *testing.T) {
	plain := runExample(t, "zoo").Converge()
	if d := cmp.Diff(plain, runExample(t, "zoo", providertest.EditObjects(t, withNewFields)).Converge()); d != "" {
		t.Errorf("writes (-without +with unknown fields):\n%s", d)
	}
}

// Words that a newer Partoo may use are read, and people who carry them and are
// not in the files stay as they are.
func TestUnknownWordsMakeNoDifference(t *testing.T) {
	plain := runExample(t, "zoo").Converge()
	if d := cmp.Diff(plain, runExample(t, "zoo", providertest.EditObjects(t, withNewWords)).Converge()); d != "" {
		t.Errorf("writes (-without +with unknown words):\n%s", d)
	}
}
