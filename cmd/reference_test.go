package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/cmd"
)

// The pages of docs/reference are made by go generate ./cmd and checked in.
func TestReferenceIsCurrent(t *testing.T) {
	dir := t.TempDir()
	f := cmd.System()
	var out strings.Builder
	f.Out, f.Err = &out, &out
	if code := cmd.Main([]string{"docs", dir}, f); code != 0 {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	want, have := pages(t, dir), pages(t, "../docs/reference")
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("docs/reference is stale; run go generate ./cmd and commit the result\n%s", diff)
	}
	if len(want) < 3 {
		t.Errorf("only %d pages were made", len(want))
	}
}

func pages(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}
