// Package exampletest runs the program on a copy of an example. It is separate from
// providertest because it imports cmd, which imports every product.
package exampletest

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

// An Example runs the program on a copy of an example with an emulator in the process.
type Example struct {
	providertest.Writes

	Dir   string   // the copy
	Key   string   // replaces the key of the emulator; may be ""
	Flags []string // of apply

	t           testing.TB
	product     string
	middlewares []providertest.Middleware
}

// RunExample copies an example of a product. The test must run in provider/<product>.
func RunExample(t testing.TB, product, example string, middlewares ...providertest.Middleware) *Example {
	t.Helper()
	tr := &Example{t: t, Dir: filepath.Join(t.TempDir(), example), product: product, middlewares: middlewares}
	if err := os.CopyFS(tr.Dir, os.DirFS(filepath.Join("..", "..", "examples", example))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(tr.Dir, ".rolecall")); err != nil {
		t.Fatal(err)
	}
	return tr
}

// Converge plans, applies, and plans again, which must find no changes. It returns the
// writes, sorted by their text.
func (tr *Example) Converge() []string {
	tr.t.Helper()
	tr.run(2, "plan", "--detailed-exitcode")
	tr.run(0, append([]string{"apply", "--auto-approve"}, tr.Flags...)...)
	if out := tr.run(0, "plan", "--detailed-exitcode"); !strings.Contains(out, "No changes") {
		tr.t.Errorf("the second plan is not empty:\n%s", out)
	}
	writes := slices.Sorted(slices.Values(tr.Lines()))
	if len(writes) == 0 {
		tr.t.Error("there were no writes")
	}
	return writes
}

// run runs the program and returns its standard output.
func (tr *Example) run(want int, args ...string) string {
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
		for _, r := range tr.middlewares {
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
