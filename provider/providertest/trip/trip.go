// Package trip lets the program work in a copy of an example. It stands by itself
// because it needs the commands, which need every product.
package trip

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider/providertest"
)

// A Trip is the program working in a copy of an example, over some roads to the
// emulator inside of it.
type Trip struct {
	providertest.Writes

	Dir   string   // the copy
	Key   string   // instead of the one that the emulator gives; may be ""
	Flags []string // of apply

	t       testing.TB
	product string
	roads   []providertest.Middleware
}

// RunExample copies an example of a product. The test must run in a folder two below
// that which holds the examples.
func RunExample(t testing.TB, product, example string, roads ...providertest.Middleware) *Trip {
	t.Helper()
	tr := &Trip{t: t, Dir: filepath.Join(t.TempDir(), example), product: product, roads: roads}
	if err := os.CopyFS(tr.Dir, os.DirFS(filepath.Join("..", "..", "examples", example))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(tr.Dir, ".rolecall")); err != nil {
		t.Fatal(err)
	}
	return tr
}

// Converge plans and applies, and plans again, which must find nothing to do. It
// returns the writes that this took, in order of their text.
func (tr *Trip) Converge() []string {
	tr.t.Helper()
	tr.run(2, "plan", "--detailed-exitcode")
	tr.run(0, append([]string{"apply", "--auto-approve"}, tr.Flags...)...)
	if out := tr.run(0, "plan", "--detailed-exitcode"); !strings.Contains(out, "No changes") {
		tr.t.Errorf("the second plan is not empty:\n%s", out)
	}
	writes := slices.Sorted(slices.Values(tr.Lines()))
	if len(writes) == 0 {
		tr.t.Error("nothing was written")
	}
	return writes
}

// run runs the program in the example and returns what it printed.
func (tr *Trip) run(want int, args ...string) string {
	tr.t.Helper()
	var out, errs bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &out, &errs
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false, false
	f.Environ, f.Width = []string{"XDG_STATE_HOME=" + tr.t.TempDir()}, 100
	i := slices.IndexFunc(f.Products, func(p cmd.Product) bool { return p.Provider.Name == tr.product })
	emulate := f.Products[i].Emulate
	f.Products[i].Emulate = func(o cmd.EmulatorOptions) (*cmd.Emulation, error) {
		e, err := emulate(o)
		if err != nil {
			return nil, err
		}
		if tr.Key != "" {
			e.Key = tr.Key
		}
		for _, r := range tr.roads {
			e.Transport = r(e.Transport)
		}
		e.Transport = tr.RecordWrites(e.Transport)
		return e, nil
	}
	args = append(args, tr.Dir)
	if code := cmd.Main(args, f); code != want {
		tr.t.Fatalf("rolecall %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &errs)
	}
	return out.String()
}
