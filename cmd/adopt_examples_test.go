package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/config/splice"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// rosterLines is the number of lines that CSV files of examples are cut to.
const rosterLines = 25

// TestAdoptEveryEdit changes each example by hand in every way, and adopts it: a plan is then empty, or
// adopt said which line has to be changed to what. The golden file has what became of each change.
func TestAdoptEveryEdit(t *testing.T) {
	if testing.Short() || underRace {
		t.Skip("hundreds of runs")
	}
	var mu sync.Mutex
	var lines []string
	t.Run("examples", func(t *testing.T) {
		for _, name := range []string{"zoo", "soc", "freight", "franchise", "roles", "roster"} {
			applied := appliedExample(t, name)
			h := newHand(t, applied)
			edits := h.edits()
			if err := h.close(); err != nil {
				t.Fatal(err)
			}
			for _, edit := range edits {
				t.Run(name+"/"+edit.what, func(t *testing.T) {
					t.Parallel()
					outcome := adoptEdit(t, applied, edit)
					mu.Lock()
					defer mu.Unlock()
					lines = append(lines, name+": "+edit.what+"\n    "+outcome+"\n")
				})
			}
		}
	})
	slices.Sort(lines)
	got := []byte(strings.Join(lines, ""))
	golden := filepath.Join("testdata", "adopt_examples.golden")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("what became of each change is not as in %s; run the test with -update and look at the difference:\n%s", golden, got)
	}
}

// appliedExample copies an example, with short rosters, and applies it.
func appliedExample(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "examples", name))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".rolecall")); err != nil {
		t.Fatal(err)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range tables {
		lines := strings.SplitAfter(string(readFile(t, path)), "\n")
		put(t, path, strings.Join(lines[:min(len(lines), rosterLines)], ""))
	}
	runIn(t, 0, "apply", "--auto-approve", dir)
	runIn(t, 0, "plan", "--detailed-exitcode", dir)
	return dir
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// runIn runs the program, which must end with the code unless that is negative.
func runIn(t *testing.T, want int, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &o, &e
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false, false
	f.Environ, f.Width = []string{"XDG_STATE_HOME=" + t.TempDir()}, 100
	if code = cmd.Main(args, f); want >= 0 && code != want {
		t.Fatalf("%s: exit code %d\n%s\n%s", strings.Join(args, " "), code, o.String(), e.String())
	}
	return code, o.String(), e.String()
}

// refusedLine is how adopt refuses a change: with the address, a place, and the value that is wanted.
var refusedLine = regexp.MustCompile(`^Not adopted: (.*)\. (\S+):\d+:? (.*)\. Wanted: .+$`)

// adoptEdit makes the change in a copy and adopts it. It returns what became of it.
func adoptEdit(t *testing.T, applied string, edit handEdit) string {
	dir := filepath.Join(t.TempDir(), filepath.Base(applied))
	if err := os.CopyFS(dir, os.DirFS(applied)); err != nil {
		t.Fatal(err)
	}
	private(t, filepath.Join(dir, ".rolecall"))
	h := newHand(t, dir)
	err := edit.make(h, t.Context())
	if closed := h.close(); closed != nil {
		t.Fatal(closed)
	}
	if err != nil {
		return "not possible by hand"
	}
	before, was := filesOf(t, dir), loadedTenant(t, dir)
	addresses := driftedIn(t, dir)
	if len(addresses) == 0 {
		return "no drift"
	}
	code, out, errs := runIn(t, -1, append([]string{"adopt", "--dir", dir}, addresses...)...)
	after := filesOf(t, dir)
	refused := false
	var outcome []string
	for line := range strings.Lines(errs) {
		line = strings.TrimSpace(strings.ReplaceAll(line, dir+string(filepath.Separator), ""))
		if !strings.HasPrefix(line, "Not adopted: ") {
			continue
		}
		refused = true
		outcome = append(outcome, line)
		if !refusedLine.MatchString(line) {
			t.Errorf("adopt refuses without a place or the value that is wanted: %s", line)
		}
	}
	for _, name := range changedFiles(before, after) {
		outcome = append(outcome, "adopted in "+name)
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "Left: ") && slices.ContainsFunc(addresses, func(a string) bool { return strings.HasPrefix(line, "Left: "+a+":") }) {
			refused = true
			outcome = append(outcome, strings.TrimSpace(line))
		}
	}
	if code != 0 && !refused {
		t.Fatalf("exit code %d\n%s\n%s", code, out, errs)
	}
	if !refused {
		runIn(t, 0, "plan", "--detailed-exitcode", dir)
	}
	keepsTheRest(t, before, after, was, loadedTenant(t, dir), addresses, edit)
	return strings.Join(outcome, "\n    ")
}

// private gives files the mode that rolecall demands of its own.
func private(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return os.Chmod(path, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// driftedIn returns the addresses of what drift says was changed by hand.
func driftedIn(t *testing.T, dir string) []string {
	t.Helper()
	_, out, _ := runIn(t, -1, "drift", "--json", dir)
	var d struct {
		Tenants []struct {
			Differences []struct{ Address, Origin string }
		}
	}
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, x := range d.Tenants[0].Differences {
		if x.Origin == "drift" {
			list = append(list, x.Address)
		}
	}
	return list
}

func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	names, err := filepath.Glob(filepath.Join(dir, "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			out[filepath.Base(name)] = string(readFile(t, name))
		}
	}
	return out
}

func changedFiles(before, after map[string]string) []string {
	var out []string
	for name, text := range after {
		if before[name] != text {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// keepsTheRest checks that all comments are there, unless blocks may be deleted, and that all other objects
// decode as before.
func keepsTheRest(t *testing.T, before, after map[string]string, was, is *schema.Tenant, addresses []string, edit handEdit) {
	t.Helper()
	renamed := strings.Contains(edit.what, "renamed") || strings.Contains(edit.what, "deleted")
	for name, text := range before {
		if !strings.HasSuffix(name, ".hcl") || renamed {
			continue
		}
		old, err := splice.Parse(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		now, err := splice.Parse(name, []byte(after[name]))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(old.Comments(), now.Comments()) {
			t.Errorf("the comments of %s were %q and are %q", name, old.Comments(), now.Comments())
		}
	}
	objects := map[string]*schema.Object{}
	for i := range is.Objects {
		objects[is.Objects[i].Addr.String()] = &is.Objects[i]
	}
	for i := range was.Objects {
		o := &was.Objects[i]
		if slices.Contains(addresses, o.Addr.String()) || renamed && names(o, addresses) {
			continue
		}
		now := objects[o.Addr.String()]
		if now == nil {
			t.Errorf("%s is not declared any more", o.Addr)
			continue
		}
		for n := range o.Kind.Attributes {
			a := &o.Kind.Attributes[n]
			short := o.Kind.Expand != nil && a.Is(schema.ConfigOnly) // members in short form are objects of their own
			if !short && (o.Set.Has(n) != now.Set.Has(n) || o.Set.Has(n) && !a.Equal(o.Body, now.Body)) {
				t.Errorf("%s of %s was %v and is %v", a.Name, o.Addr, fmt.Sprint(a.Any(o.Body)), fmt.Sprint(a.Any(now.Body)))
			}
		}
	}
}

// names reports whether the object refers to one of the addresses, or to what these contain.
func names(o *schema.Object, addresses []string) bool {
	found := false
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		a.Each(o.Body, func(text string) {
			found = found || len(a.Kinds) > 0 && slices.ContainsFunc(addresses, func(s string) bool {
				_, key, _ := strings.Cut(s, ".")
				return text == key || strings.HasPrefix(text, key+"/")
			})
		})
	}
	return found
}
