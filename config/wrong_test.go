package config

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestWrong loads every archive of wrong files and holds what people would read
// against the golden file beside it.
func TestWrong(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join("testdata", "wrong", "*.txt"))
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			abs, err := filepath.Abs(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(write(t, a))
			o := Options{Products: products(), Version: "1.4.0", Now: november}
			if strings.Contains(path, "variables") {
				o.Inputs = append(o.Inputs, Input{Var: "from_flag=[1, 2"}, Input{Var: "nonne=1"}, Input{Var: "novalue"})
			}
			if strings.Contains(path, "club") {
				o.Products = []*schema.Product{clubProduct()}
			}
			_, diags := Load(".", o)
			var out bytes.Buffer
			if err := (Reader{}).WriteDiagnostics(&out, diags, 80, false); err != nil {
				t.Fatal(err)
			}
			for _, d := range diags {
				checkForm(t, d.Summary, d.Detail)
			}
			golden(t, strings.TrimSuffix(abs, ".txt")+".golden", out.String())
		})
	}
}

// november is a day on which the files of tests are loaded: a day later in Kiritimati.
var november = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// checkForm holds a message against the rules for messages.
func checkForm(t *testing.T, summary, detail string) {
	t.Helper()
	if n := len([]rune(summary)); n > 60 || strings.HasSuffix(summary, ".") {
		t.Errorf("summary has %d runes or a period: %s", n, summary)
	}
	if detail == "" {
		t.Errorf("no detail: %s", summary)
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run with -update", err)
	}
	if d := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}
