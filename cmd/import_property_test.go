package cmd_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/cmd"
)

// importRounds is how many random organizations of each product are imported.
const importRounds = 8

// TestImportAnything imports random organizations with odd names. The plan of the files is empty, also
// if all kinds are authoritative, and importing again changes nothing.
func TestImportAnything(t *testing.T) {
	for _, p := range importProducts() {
		t.Run(p.name, func(t *testing.T) {
			for round := range uint64(importRounds) {
				t.Run(fmt.Sprint(round), func(t *testing.T) {
					t.Parallel()
					newImportRun(t, p, rand.New(rand.NewPCG(round, 1))).check(t)
				})
			}
		})
	}
}

// An importProduct is a product with random organizations.
type importProduct struct {
	name     string
	settings []string // of the provider block, beside endpoint
	flags    []string
	part     []string // flags that import a part
	seed     func(*rand.Rand) any
}

// An importRun imports one organization.
type importRun struct {
	importProduct
	emulation *cmd.Emulation
	dir       string
	above     int  // of --roster-above
	twice     bool // a part is imported first
}

func newImportRun(t *testing.T, p importProduct, r *rand.Rand) *importRun {
	t.Helper()
	text, err := json.Marshal(p.seed(r))
	if err != nil {
		t.Fatal(err)
	}
	seed := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(seed, text, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := productNamed(p.name).Emulate(cmd.EmulatorOptions{Seed: seed, Rate: -1})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &importRun{p, e, filepath.Join(t.TempDir(), "access"), []int{1, 3, 20}[r.IntN(3)], r.IntN(2) == 0}
}

func (r *importRun) check(t *testing.T) {
	t.Helper()
	args := []string{"import", r.name, r.dir, "--roster-above", fmt.Sprint(r.above), "--set", "endpoint=http://127.0.0.1" + r.emulation.Path}
	for _, s := range r.settings {
		args = append(args, "--set", s)
	}
	again := append([]string{"import", r.dir, "--roster-above", fmt.Sprint(r.above)}, r.flags...)
	if r.twice {
		r.run(t, append(args, r.part...)...)
		first := r.files(t)
		r.run(t, again...)
		for name, text := range r.files(t) {
			if !strings.HasPrefix(text, first[name]) {
				t.Errorf("%s was\n%s\nand became\n%s", name, first[name], text)
			}
		}
	} else {
		r.run(t, append(args, r.flags...)...)
	}
	before := r.files(t)
	for name, text := range before {
		if strings.Contains(text, "although the file says") {
			t.Errorf("%s has an object that is not written as it is:\n%s", name, text)
		}
	}
	if out := r.run(t, again...); !strings.HasPrefix(out, "Nothing new to import") {
		t.Errorf("importing again says\n%s", out)
	}
	if after := r.files(t); !maps.Equal(before, after) {
		t.Errorf("importing again changed the files:\n%v\n%v", before, after)
	}
	r.run(t, "fmt", "--check", r.dir)
	r.run(t, "plan", "--detailed-exitcode", r.dir)
	if r.twice {
		return // the manage blocks do not ignore what no file can declare
	}
	provider := filepath.Join(r.dir, "provider.hcl")
	whole := strings.ReplaceAll(before["provider.hcl"], `"additive"`, `"authoritative"`)
	if err := os.WriteFile(provider, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	r.run(t, "plan", "--detailed-exitcode", r.dir)
}

// run runs a command, which must succeed.
func (r *importRun) run(t *testing.T, args ...string) string {
	t.Helper()
	var out, said strings.Builder
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &out, &said
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false, false
	f.Environ = []string{productNamed(r.name).Provider.KeyEnv + "=" + r.emulation.Key, "XDG_STATE_HOME=" + t.TempDir()}
	f.Transport = r.emulation.Transport
	f.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	if code := cmd.Main(args, f); code != 0 {
		t.Fatalf("%s: exit code %d\n%s\n%s\n%v", args[0], code, out.String(), said.String(), r.files(t))
	}
	return out.String()
}

// files returns the files of the directory by name.
func (r *importRun) files(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	names, err := filepath.Glob(filepath.Join(r.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(name)] = string(text)
	}
	return out
}
