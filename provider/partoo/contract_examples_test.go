package partoo_test

import (
	"bytes"
	"encoding/json"
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
	key   string // instead of the one that the emulator gives; may be ""
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
	emulate := f.Products[0].Emulate
	f.Products[0].Emulate = func(o cmd.EmulatorOptions) (*cmd.Emulation, error) {
		e, err := emulate(o)
		if err != nil {
			return nil, err
		}
		if tr.key != "" {
			e.Key = tr.key
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

func TestExamplesKeepTheContract(t *testing.T) {
	for _, example := range []string{"roles", "roster", "zoo"} {
		t.Run(example, func(t *testing.T) { travel(t, example, guarded(t)).converge() })
	}
}

// A PROVIDER's key names the organization in every request.
func TestProviderKeepsTheContract(t *testing.T) {
	tr := travel(t, "zoo", guarded(t))
	tr.key = "partner"
	tr.seed(func(seed map[string]any) {
		seed["users"] = append(seed["users"].([]any), map[string]any{
			"email": "partner@partoo.example", "first_name": "P", "last_name": "R", "role": "PROVIDER",
		})
		seed["api_keys"] = append(seed["api_keys"].([]any), map[string]any{"key": "partner", "user": "partner@partoo.example"})
	})
	for _, w := range tr.converge() {
		if !strings.Contains(w, "org_id=42") {
			t.Errorf("a write does not name the organization: %s", w)
		}
	}
}

// seed changes what the emulator begins with.
func (tr *trip) seed(change func(map[string]any)) {
	tr.t.Helper()
	file := filepath.Join(tr.dir, "partoo.seed.json")
	text, err := os.ReadFile(file)
	if err != nil {
		tr.t.Fatal(err)
	}
	var seed map[string]any
	if err := json.Unmarshal(text, &seed); err != nil {
		tr.t.Fatal(err)
	}
	change(seed)
	if text, err = json.Marshal(seed); err != nil {
		tr.t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		tr.t.Fatal(err)
	}
}

// What a newer Partoo adds to its answers makes no difference to what is written.
func TestUnknownFieldsMakeNoDifference(t *testing.T) {
	plain := travel(t, "zoo").converge()
	if d := cmp.Diff(plain, travel(t, "zoo", edited(t, withNewFields)).converge()); d != "" {
		t.Errorf("writes (-without +with unknown fields):\n%s", d)
	}
}

// Words that a newer Partoo may use are read, and people who carry them and are
// not in the files stay as they are.
func TestUnknownWordsMakeNoDifference(t *testing.T) {
	plain := travel(t, "zoo").converge()
	if d := cmp.Diff(plain, travel(t, "zoo", edited(t, withNewWords)).converge()); d != "" {
		t.Errorf("writes (-without +with unknown words):\n%s", d)
	}
}
