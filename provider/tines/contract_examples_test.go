package tines_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/cmd"
)

// A road is what is put between the program and the emulator inside of it.
type road func(http.RoundTripper) http.RoundTripper

// A trip is the program working in a copy of an example, over some roads.
type trip struct {
	t     *testing.T
	dir   string
	roads []road

	mu     sync.Mutex
	writes []string // method, address and body
}

func travel(t *testing.T, example string, roads ...road) *trip {
	t.Helper()
	tr := &trip{t: t, dir: filepath.Join(t.TempDir(), example), roads: roads}
	if err := os.CopyFS(tr.dir, os.DirFS(filepath.Join("..", "..", "examples", example))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(tr.dir, ".rolecall")); err != nil {
		t.Fatal(err)
	}
	return tr
}

// run runs the program in the example and returns what it printed.
func (tr *trip) run(want int, args ...string) string {
	tr.t.Helper()
	var out, errs bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &out, &errs
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Colour, f.ErrColour = false, false, false, false, false
	f.Environ, f.Width = nil, 100
	tines := slices.IndexFunc(f.Products, func(p cmd.Product) bool { return p.Provider.Name == "tines" })
	emulate := f.Products[tines].Emulate
	f.Products[tines].Emulate = func(o cmd.EmulatorOptions) (*cmd.Emulation, error) {
		e, err := emulate(o)
		if err != nil {
			return nil, err
		}
		for _, r := range tr.roads {
			e.Transport = r(e.Transport)
		}
		e.Transport = &witness{tr, e.Transport}
		return e, nil
	}
	args = append(args, tr.dir)
	if code := cmd.Main(args, f); code != want {
		tr.t.Fatalf("rolecall %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &errs)
	}
	return out.String()
}

// converge plans and applies, and plans again, which must find nothing to do. It
// returns the writes that this took, in order of their text.
func (tr *trip) converge() []string {
	tr.t.Helper()
	tr.run(2, "plan", "--detailed-exitcode")
	tr.run(0, "apply", "--auto-approve", "--workers", "1") // so that ids are given out in order
	if out := tr.run(0, "plan", "--detailed-exitcode"); !strings.Contains(out, "No changes") {
		tr.t.Errorf("the second plan is not empty:\n%s", out)
	}
	slices.Sort(tr.writes)
	if len(tr.writes) == 0 {
		tr.t.Error("nothing was written")
	}
	return tr.writes
}

// A witness notes the writes of a trip.
type witness struct {
	*trip
	next http.RoundTripper
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		return w.next.RoundTrip(r)
	}
	line := r.Method + " " + r.URL.RequestURI()
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
		line += " " + string(body)
	}
	w.mu.Lock()
	w.writes = append(w.writes, line)
	w.mu.Unlock()
	return w.next.RoundTrip(r)
}

// guarded is the road that the contract watches.
func guarded(t *testing.T) road {
	c := contract(t)
	return func(next http.RoundTripper) http.RoundTripper {
		return c.Watch(next, func(err error) { t.Error(err) })
	}
}

func TestExampleKeepsTheContract(t *testing.T) { travel(t, "soc", guarded(t)).converge() }

// What a newer Tines adds to its answers makes no difference to what is written.
func TestUnknownFieldsMakeNoDifference(t *testing.T) {
	plain := travel(t, "soc").converge()
	if d := cmp.Diff(plain, travel(t, "soc", edited(t, withNewFields)).converge()); d != "" {
		t.Errorf("writes (-without +with unknown fields):\n%s", d)
	}
}

// Words that a newer Tines may use are read, and what carries them and is not in
// the files stays as it is.
func TestUnknownWordsMakeNoDifference(t *testing.T) {
	plain := travel(t, "soc").converge()
	if d := cmp.Diff(plain, travel(t, "soc", edited(t, withNewWords)).converge()); d != "" {
		t.Errorf("writes (-without +with unknown words):\n%s", d)
	}
}
