package roserocket_test

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

// A trip is the program working in a copy of examples/freight, over some roads.
type trip struct {
	t     *testing.T
	dir   string
	roads []road

	mu     sync.Mutex
	writes []string // address and body, without tokens
}

func travel(t *testing.T, roads ...road) *trip {
	t.Helper()
	tr := &trip{t: t, dir: filepath.Join(t.TempDir(), "freight"), roads: roads}
	if err := os.CopyFS(tr.dir, os.DirFS(filepath.Join("..", "..", "examples", "freight"))); err != nil {
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
	i := slices.IndexFunc(f.Products, func(p cmd.Product) bool { return p.Provider.Name == "roserocket" })
	emulate := f.Products[i].Emulate
	f.Products[i].Emulate = func(o cmd.EmulatorOptions) (*cmd.Emulation, error) {
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
	tr.run(0, "apply", "--auto-approve")
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
	if r.Method == http.MethodGet || r.URL.Path == "/oauth/token" {
		return w.next.RoundTrip(r)
	}
	r, body, err := rewritten(r, strings.NewReplacer())
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.writes = append(w.writes, r.URL.RequestURI()+" "+body)
	w.mu.Unlock()
	return w.next.RoundTrip(r)
}

// rewritten is the request with other words in its body, and the body.
func rewritten(r *http.Request, words *strings.Replacer) (*http.Request, string, error) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, "", err
	}
	body := words.Replace(string(sent))
	out := r.Clone(r.Context())
	out.Body, out.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return out, body, r.Body.Close()
}

func TestExampleKeepsTheContract(t *testing.T) {
	c := contract(t)
	travel(t, func(next http.RoundTripper) http.RoundTripper {
		return c.Watch(next, func(err error) { t.Error(err) })
	}).converge()
}

// What a newer Rose Rocket adds to its answers makes no difference to what is
// written, but for going back as it came.
func TestUnknownFieldsMakeNoDifference(t *testing.T) {
	plain := travel(t).converge()
	added := travel(t, edited(t, withNewFields)).converge()
	var without []string
	for _, w := range added {
		if strings.Contains(w, "/permissions/") && strings.Count(w, `"added_text":"new"`) < 5 {
			t.Errorf("not all that was added goes back: %s", w)
		}
		without = append(without, withoutNewFields(t, w))
	}
	for i := range plain {
		plain[i] = withoutNewFields(t, plain[i])
	}
	if d := cmp.Diff(plain, without); d != "" {
		t.Errorf("writes (-without +with unknown fields):\n%s", d)
	}
}

// Words that a newer Rose Rocket may use are read and go back as they came, where
// the files say nothing about them.
func TestUnknownWordsGoBack(t *testing.T) {
	writes := travel(t, understanding, edited(t, withNewWords)).converge()
	at := func(object string) string {
		for _, w := range writes {
			if strings.Contains(w, "/roles/sales/objectKey/"+object+" ") {
				return w
			}
		}
		t.Fatalf("nothing was written of %s:\n%s", object, strings.Join(writes, "\n"))
		return ""
	}
	if w := at("stop"); !strings.Contains(w, `"option":"most"`) {
		t.Errorf("the option does not go back: %s", w)
	}
	if w := at("quote"); !strings.Contains(w, `"permissionType":"auditor"`) || strings.Contains(w, `"isCreateAllowed":true`) {
		t.Errorf("the right does not go back, or nothing changed: %s", w)
	}
}

// edited is a road on which every object in a good answer is changed.
func edited(t *testing.T, change func(path string, o map[string]any)) road {
	return func(next http.RoundTripper) http.RoundTripper { return &editor{t, next, change} }
}

type editor struct {
	t      *testing.T
	next   http.RoundTripper
	change func(path string, o map[string]any)
}

func (e *editor) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := e.next.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	var v any
	if err := json.NewDecoder(answer.Body).Decode(&v); err != nil {
		e.t.Errorf("the emulator's answer: %v", err)
	}
	walk(v, func(o map[string]any) { e.change(r.URL.Path, o) })
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if err := answer.Body.Close(); err != nil {
		return nil, err
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	answer.Header.Del("Content-Length")
	return answer, nil
}

func walk(v any, change func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			walk(item, change)
		}
	case map[string]any:
		for _, item := range v {
			walk(item, change)
		}
		change(v)
	}
}

// withNewFields adds fields of every type to an object.
func withNewFields(_ string, o map[string]any) {
	o["added_text"] = "new"
	o["added_number"] = 1e300
	o["added_null"] = nil
	o["added_list"] = []any{[]any{}, true}
	o["added_object"] = map[string]any{"key": "order", "isDisabled": true}
}

// withoutNewFields takes them out of a write.
func withoutNewFields(t *testing.T, write string) string {
	t.Helper()
	address, body, _ := strings.Cut(write, " ")
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	walk(v, func(o map[string]any) {
		for name := range o {
			if strings.HasPrefix(name, "added_") {
				delete(o, name)
			}
		}
	})
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return address + " " + string(text)
}

// understanding is the road to a product that knows the new words.
func understanding(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodPost {
			return next.RoundTrip(r)
		}
		r, _, err := rewritten(r, strings.NewReplacer(`"auditor"`, `"editor"`, `"most"`, `"full"`))
		if err != nil {
			return nil, err
		}
		return next.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// withNewWords puts words into an answer that no documentation has, where the
// example says nothing about it.
func withNewWords(path string, o map[string]any) {
	switch {
	case o["key"] == "validUntil" && o["isDisabled"] == false:
		o["permissionType"] = "auditor"
	case o["fields"] != nil && strings.HasSuffix(path, "/roles/sales/objectKey/stop"):
		o["option"] = "most"
	}
}
