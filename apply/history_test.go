package apply

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

const killed Status = 99 // in the middle of the write

// remember writes a journal of changes that ended as they say.
func remember(t *testing.T, dir *datadir.Dir, h Header, results ...Result) {
	t.Helper()
	j, err := OpenJournal(dir, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range results {
		r := &results[i]
		if err := j.begin(h.Started, i, r.Change, r.Change.Have); err != nil {
			t.Fatal(err)
		}
		if r.Status == killed {
			continue
		}
		if err := j.written(h.Started, i, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestReadHistory goes through what runs have left behind.
func TestReadHistory(t *testing.T) {
	at := func(minute int, tenant, endpoint string) Header {
		return Header{Format: JournalFormat, Started: started.Add(time.Duration(minute) * time.Minute), Provider: "fake", Product: "fake", Tenant: tenant, Endpoint: endpoint}
	}
	ended := func(status Status, doubt bool, had, has *schema.Object) Result {
		c := update(had, has)
		return Result{Change: &c, Status: status, OutcomeUnknown: doubt, After: *has}
	}
	read, write, admin := aRole("editor", "read"), aRole("editor", "read", "write"), aRole("editor", "admin")
	gone := remove(aRole("old"), schema.Delete)
	renamed := update(aRole("before"), aRole("after", "look"))
	renamed.Action, renamed.From, renamed.Addr = schema.Rename, "before", aRole("after").Addr
	first := ended(Done, false, aRole("editor"), read)

	for _, c := range []struct {
		name string
		runs map[int][]Result // by the minute in which they began
		want map[string]string
	}{
		{"nothing", nil, map[string]string{}},
		{"one write", map[int][]Result{0: {first}}, map[string]string{"role.editor": "read"}},
		{"the newest counts", map[int][]Result{1: {ended(Done, false, read, write)}, 0: {first}, 2: {ended(Done, false, write, admin)}}, map[string]string{"role.editor": "admin"}},
		{"twice in a run", map[int][]Result{0: {first, ended(Done, false, read, write)}}, map[string]string{"role.editor": "read write"}},
		{"it reads back differently", map[int][]Result{0: {ended(Diverged, false, read, admin)}}, map[string]string{"role.editor": "admin"}},
		{"refused", map[int][]Result{0: {first}, 1: {ended(Failed, false, read, write)}}, map[string]string{"role.editor": "read"}},
		{"nobody knows", map[int][]Result{0: {first}, 1: {ended(Failed, true, read, write)}}, map[string]string{"role.editor": "unknown"}},
		{"nobody knows, and refused since", map[int][]Result{0: {first}, 1: {ended(Failed, true, read, write)}, 2: {ended(Failed, false, write, read)}}, map[string]string{"role.editor": "unknown"}},
		{"nobody knows, and written since", map[int][]Result{0: {first}, 1: {ended(Failed, true, read, write)}, 2: {ended(Done, false, write, admin)}}, map[string]string{"role.editor": "admin"}},
		{"of several, one is in doubt", map[int][]Result{0: {first, ended(Failed, true, aRole("other"), aRole("other", "x"))}}, map[string]string{"role.editor": "read", "role.other": "unknown"}},
		{"killed", map[int][]Result{0: {first}, 1: {ended(killed, false, read, write)}}, map[string]string{"role.editor": "unknown"}},
		{"killed, and written since", map[int][]Result{0: {ended(killed, false, read, write)}, 1: {first}}, map[string]string{"role.editor": "read"}},
		{"deleted", map[int][]Result{0: {ended(Done, false, read, aRole("old"))}, 1: {{Change: &gone, Status: Done}}}, map[string]string{}},
		{"renamed", map[int][]Result{0: {ended(Done, false, aRole("before"), aRole("before"))}, 1: {{Change: &renamed, Status: Done, After: *aRole("after", "look")}}},
			map[string]string{"role.after": "look"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, t.TempDir())
			for _, minute := range slices.Sorted(maps.Keys(c.runs)) {
				remember(t, dir, at(minute, "42", "here"), c.runs[minute]...)
			}
			remember(t, dir, at(9, "43", "here"), ended(Done, false, read, aRole("editor", "another tenant")))
			remember(t, dir, at(9, "42", "there"), ended(Done, false, read, aRole("editor", "another place")))
			history, err := ReadHistory(dir, []*schema.Product{product}, Header{Product: "fake", Tenant: "42", Endpoint: "here"})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for a := range history {
				o, ok := history.Of(schema.Address{Provider: "fake.north", Kind: a.Kind, Key: a.Key})
				if !ok || o.Addr.Provider != "fake.north" {
					t.Errorf("%v is not found under its address: %v", a, o.Addr)
				}
				if o.Body == nil {
					if got[a.String()] = "unknown"; !strings.Contains(o.OutcomeUnknown, "20260102T15") {
						t.Errorf("it does not say which run: %q", o.OutcomeUnknown)
					}
					continue
				}
				got[a.String()] = strings.Join(o.Body.(*role).Permissions, " ")
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// wantEditor reads the history, and checks that the last run gave the role editor one permission.
func wantEditor(t *testing.T, dir *datadir.Dir, h Header, permission string) History {
	t.Helper()
	history, err := ReadHistory(dir, []*schema.Product{product}, h)
	if err != nil {
		t.Fatal(err)
	}
	o, _ := history.Of(aRole("editor").Addr)
	if got := o.Body.(*role).Permissions; !cmp.Equal(got, []string{permission}) {
		t.Errorf("the last run wrote %s, and what is remembered is %v", permission, got)
	}
	return history
}

// TestReadHistoryOfOneSecond tells runs apart that began at the same moment.
func TestReadHistoryOfOneSecond(t *testing.T) {
	dir := folder(t, t.TempDir())
	h := Header{Format: JournalFormat, Started: started, Provider: "fake", Product: "fake", Tenant: "42"}
	for _, right := range strings.Fields("a b c d e f g h i j k") {
		c := update(aRole("editor"), aRole("editor", right))
		remember(t, dir, h, Result{Change: &c, Status: Done, After: *c.Want})
	}
	history := wantEditor(t, dir, h, "k")
	if _, ok := history.Of(aRole("viewer").Addr); ok {
		t.Error("a role is remembered that nobody wrote")
	}
}

// TestReadHistoryWithClockSetBack: the clock was set back between two runs, and the
// later one still counts. What a copy does to the times of files makes no difference.
func TestReadHistoryWithClockSetBack(t *testing.T) {
	dir := folder(t, t.TempDir())
	h := Header{Format: JournalFormat, Started: started, Provider: "fake", Product: "fake", Tenant: "42"}
	for i, right := range []string{"first", "second", "third"} {
		h.Started = started.Add(-time.Duration(i) * time.Hour)
		c := update(aRole("editor"), aRole("editor", right))
		remember(t, dir, h, Result{Change: &c, Status: Done, After: *c.Want})
	}
	wantEditor(t, dir, h, "third")
}

// TestReadHistoryRefuses files that cannot be read, and passes over those of runs
// that never began to write.
func TestReadHistoryRefuses(t *testing.T) {
	about := Header{Product: "fake", Tenant: "42"}
	const header = `{"header":{"format_version":2,"product":"fake","tenant":"42","endpoint":""}}` + "\n"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"cut in its header", header[:20], ""},
		{"cut later", header + `{"begin":`, ""},
		{"no JSON", "nonsense\n", "line 1 of the journal"},
		{"no header", `{"end":{}}` + "\n", "not a header"},
		{"another format", strings.Replace(header, `"format_version":2`, `"format_version":7`, 1), "not in format version 2"},
		{"another format of another tenant", `{"header":{"format_version":7,"product":"fake","tenant":"43"}}` + "\n", ""},
		{"no JSON later", header + "nonsense\n", "line 2 of the journal"},
		{"of another tenant, and no JSON later", strings.Replace(header, "42", "43", 1) + "nonsense\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := t.TempDir()
			dir := folder(t, path)
			if err := os.WriteFile(filepath.Join(path, "j.jsonl"), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadHistory(dir, []*schema.Product{product}, about)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "j.jsonl")):
				t.Errorf("error %v, want one with %q and the file's name", err, c.want)
			}
		})
	}
	if history, err := ReadHistory(nil, nil, about); err != nil || len(history) > 0 {
		t.Errorf("without a directory: %v, %v", history, err)
	}
}
