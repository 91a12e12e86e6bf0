package apply

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

var updateGolden = flag.Bool("update", false, "write the golden files")

// golden compares got with testdata/name, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *updateGolden {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

var started = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// eventful is a world and a plan in which one of everything happens.
func eventful() (*world, *plan.Plan) {
	editor, old, north := aRole("editor", "read"), aRole("old"), aGroup("north", "1", "2")
	ana, bob, cleo := aUser("ana@x", "editor", []string{"north"}), aUser("bob@x", "old"), aUser("cleo@x", "editor")
	w := newWorld(editor, old, north, ana, bob, cleo)
	edit(w, bob.ID, func(u *user) { u.Disabled = true })
	w.apply = func(_ context.Context, r provider.Request) fault {
		switch r.Addr.String() {
		case "role.viewer":
			return fault{err: &provider.Error{Op: "create role viewer", Method: "POST", URL: "https://fake.example/roles", Status: 400, Reason: "name taken <here> & now", Hint: "Choose another name."}}
		case "group.south":
			return fault{err: &provider.Error{Op: "create group south", Err: provider.ErrAmbiguous}, effect: true}
		case "role.editor":
			return fault{alter: func(o *schema.Object) { o.Body.(*role).Permissions = []string{"read", "read_all"} }}
		}
		return fault{}
	}
	dora := object(userKind, &user{Email: "dora@x", Bio: "née X", Floor: 3, Tags: map[string]string{"b": "2", "a": "1"}, Sees: [][]string{{"nord"}, {"north", "south"}}, Invite: "email"},
		"email", "bio", "floor", "tags", "sees", "role", "admin", "invite")
	p := planOf(
		create(aRole("viewer", "look")),
		update(editor, with(editor, func(r *role) { r.Permissions = []string{"read", "write"} })),
		update(north, with(north, func(g *group) { g.Name = "nord" })),
		create(aGroup("south")),
		create(dora, 3),
		create(aUser("eva@x", "viewer"), 0),
		update(bob, with(bob, func(u *user) { u.Role = "editor" })),
		remove(cleo, schema.Deactivate),
		remove(old, schema.Delete),
	)
	return w, p
}

func TestJournalContent(t *testing.T) {
	w, p := eventful()
	j, err := OpenJournal(folder(t, t.TempDir()), NewHeader(p, "0.1.0", started), nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), p, w.full(), &schema.Index{}, Options{Parallelism: 1, Journal: j, Now: clock(), Wait: noWait})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if r.Journal != j.Path() || filepath.Base(j.Path()) != "20260102T150405Z-fake.jsonl" {
		t.Errorf("journal at %q, the report says %q", j.Path(), r.Journal)
	}
	text, err := os.ReadFile(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "journal.jsonl", text)
}

// What is read is what was written, and every prefix of a journal is one, with at
// most its last line missing: the program may have been killed at any byte.
func TestReadJournal(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	full, err := ReadJournal(bytes.NewReader(text), []*schema.Product{product})
	if err != nil {
		t.Fatal(err)
	}
	if !full.Complete || full.Truncated || len(full.Entries) != 9 || full.Header.Rolecall != "0.1.0" {
		t.Errorf("complete %v, truncated %v, %d entries, header %+v", full.Complete, full.Truncated, len(full.Entries), full.Header)
	}
	_, p := eventful()
	ignore := cmp.Options{cmpopts.IgnoreFields(schema.Object{}, "Kind"), cmpopts.EquateEmpty()}
	for _, e := range full.Entries {
		c := p.Changes[e.Change]
		if e.Action != c.Action || e.Addr != c.Addr || e.From != c.From {
			t.Errorf("entry %+v is not change %s %s", e, c.Action, c.Addr)
		}
		if written := e.Status == Done || e.Status == Diverged || e.Status == Failed; written == e.Begun.IsZero() {
			t.Errorf("%s is %s and begun at %s", e.Addr, e.Status, e.Begun)
		}
		if c.Have != nil && !e.Begun.IsZero() {
			if diff := cmp.Diff(c.Have, e.Before, ignore); diff != "" {
				t.Errorf("%s before (-want +got):\n%s", e.Addr, diff)
			}
		}
		if e.Action == schema.Create && e.Status == Done {
			want := c.Want.Clone()
			want.ID, want.Set = e.After.ID, want.Set&^want.Kind.Having(schema.WriteOnce)
			if u, ok := want.Body.(*user); ok {
				u.Invite = "" // an instruction, not state
			}
			if diff := cmp.Diff(&want, e.After, ignore); diff != "" {
				t.Errorf("%s after (-want +got):\n%s", e.Addr, diff)
			}
		}
	}
	header := bytes.IndexByte(text, '\n') + 1
	for n := header; n < len(text); n++ {
		part, err := ReadJournal(bytes.NewReader(text[:n]), []*schema.Product{product})
		if err != nil {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
		if part.Complete || part.Truncated != (text[n-1] != '\n') {
			t.Fatalf("the first %d bytes: complete %v, truncated %v", n, part.Complete, part.Truncated)
		}
	}
}

func TestKilledWriteHasUnknownOutcome(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	cut := bytes.Index(text, []byte(`{"result":{"change":2`))
	r, err := ReadJournal(bytes.NewReader(text[:cut]), []*schema.Product{product})
	if err != nil {
		t.Fatal(err)
	}
	last := r.Entries[len(r.Entries)-1]
	if !last.OutcomeUnknown || last.Status != Failed || last.Addr.Key != "nord" || last.From != "north" || last.Before.ID != "3" || !last.Changed.Has(0) {
		t.Errorf("last entry %+v", last)
	}
}

func TestReadJournalRefuses(t *testing.T) {
	header := `{"header":{"format_version":2,"product":"fake","provider":"fake"}}` + "\n"
	tests := []struct{ name, text, want string }{
		{"nothing", "", "the journal has no header"},
		{"cut header", header[:20], "the journal has no header"},
		{"not JSON", "hello\n", "line 1 of the journal: invalid character 'h' looking for beginning of value"},
		{"no header first", `{"end":{}}` + "\n", "line 1 of the journal: the first line is not a header"},
		{"other format", `{"header":{"format_version":9,"product":"fake"}}` + "\n", "line 1 of the journal: it is not in format version 2, the only one that this rolecall reads: move the journal out of its directory"},
		{"version 1", `{"header":{"format":1,"product":"fake"}}` + "\n", "line 1 of the journal: it is not in format version 2, the only one that this rolecall reads: move the journal out of its directory"},
		{"other product", `{"header":{"format_version":2,"product":"nope"}}` + "\n", `line 1 of the journal: product "nope" is not known`},
		{"two headers", header + header, "line 2 of the journal: a second header"},
		{"empty object", header + "{}\n", "line 2 of the journal: it is neither header, begin, accept, result nor end"},
		{"kind", header + `{"begin":{"action":"create","kind":"car","key":"x"}}` + "\n", `line 2 of the journal: Fake has no kind "car"`},
		{"action", header + `{"begin":{"action":"paint","kind":"role","key":"x"}}` + "\n", `line 2 of the journal: unknown action "paint"`},
		{"status", header + `{"result":{"action":"create","kind":"role","key":"x","status":"fine"}}` + "\n", `line 2 of the journal: unknown status "fine"`},
		{"changed", header + `{"begin":{"action":"update","kind":"role","key":"x","changed":["colour"]}}` + "\n", "line 2 of the journal: kind role has no attribute colour"},
		{"image", header + `{"begin":{"action":"update","kind":"role","key":"x","before":{"key":"x","attributes":{"permissions":3}}}}` + "\n", `line 2 of the journal: the attributes of a role: attribute "permissions" must be a set of string`},
		{"twice", header + strings.Repeat(`{"begin":{"change":1,"at":"2026-01-02T15:04:05Z","action":"create","kind":"role","key":"x"}}`+"\n", 2), "line 3 of the journal: change 1 begins twice"},
		{"kind of a result", header + `{"result":{"action":"create","kind":"car","key":"x","status":"done"}}` + "\n", `line 2 of the journal: Fake has no kind "car"`},
		{"two ends", header + strings.Repeat(`{"result":{"change":1,"at":"2026-01-02T15:04:05Z","action":"create","kind":"role","key":"x","status":"done"}}`+"\n", 2), "line 3 of the journal: change 1 ends twice"},
		{"other change", header + `{"begin":{"change":1,"at":"2026-01-02T15:04:05Z","action":"create","kind":"role","key":"x"}}` + "\n" + `{"result":{"change":1,"at":"2026-01-02T15:04:05Z","action":"create","kind":"role","key":"y","status":"done"}}` + "\n",
			"line 3 of the journal: change 1 begins as create of role.x and ends as create of role.y"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadJournal(strings.NewReader(test.text), []*schema.Product{product})
			if err == nil || err.Error() != test.want {
				t.Errorf("error %v\nwant  %s", err, test.want)
			}
		})
	}
}

func FuzzReadJournal(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("testdata", "journal.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, line := range bytes.SplitAfter(text, []byte("\n")) {
		f.Add(append(bytes.SplitAfter(text, []byte("\n"))[0], line...))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadJournal(bytes.NewReader(text), []*schema.Product{product})
		if (r == nil) == (err == nil) {
			t.Fatalf("record %v and error %v", r, err)
		}
		if err != nil {
			return
		}
		for _, e := range r.Entries {
			if product.Kind(e.Addr.Kind) == nil {
				t.Fatalf("an entry about %s", e.Addr)
			}
		}
	})
}

func TestJournalFiles(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, ".rolecall", "journal")
	h := Header{Format: JournalFormat, Provider: "tines.soc/ä", Started: started}
	var names []string
	for range 3 {
		j, err := OpenJournal(folder(t, base, ".rolecall", "journal"), h, nil)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.Base(j.Path()))
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"20260102T150405Z-tines.soc__.jsonl", "20260102T150405Z-tines.soc__-2.jsonl", "20260102T150405Z-tines.soc__-3.jsonl"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if runtime.GOOS == "windows" {
		return // no modes there
	}
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, names[0]): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != mode {
			t.Errorf("%s has mode %o, want %o", filepath.Base(path), got, mode)
		}
	}
}

// A journal among the others that cannot be read stands for all the reasons why no
// journal can be kept; unlike modes it stops the superuser too.
func TestJournalThatCannotBeOpened(t *testing.T) {
	base := t.TempDir()
	if err := os.Mkdir(filepath.Join(base, "odd.jsonl"), 0o700); err != nil {
		t.Fatal(err)
	}
	j, err := OpenJournal(folder(t, base), Header{}, nil)
	if j != nil || err == nil || !strings.HasPrefix(err.Error(), "the journal cannot be written in ") {
		t.Errorf("journal %v, error %v", j, err)
	}
}

// A disk is a journal file that is full after some lines.
type disk struct {
	bytes.Buffer
	lines  int // that still fit
	syncs  int
	closed bool
}

var errFull = errors.New("no space left on device")

func (d *disk) Write(b []byte) (int, error) {
	if d.lines == 0 {
		n, _ := d.Buffer.Write(b[:len(b)/2])
		return n, errFull
	}
	d.lines--
	return d.Buffer.Write(b)
}

func (d *disk) Sync() error  { d.syncs++; return nil }
func (d *disk) Close() error { d.closed = true; return nil }

// A full disk starts no further write, whatever line it is that does not fit, and
// what was written before is in the journal.
func TestDiskFullMidway(t *testing.T) {
	for lines := range 9 {
		w := newWorld()
		d := &disk{lines: lines}
		j := &Journal{path: "journal.jsonl", file: d}
		p := planOf(create(aRole("a")), create(aRole("b")), create(aRole("c")), create(aRole("d")))
		r, err := Run(t.Context(), p, w.full(), &schema.Index{}, Options{Parallelism: 1, Journal: j, Now: clock(), Wait: noWait})
		if err != nil {
			t.Fatal(err)
		}
		if wrote, want := w.counts["apply"], (lines+1)/2; wrote != want {
			t.Errorf("%d lines: %d writes, want %d", lines, wrote, want)
		}
		if !errors.Is(r.Halted, errFull) || r.OK() {
			t.Errorf("%d lines: halted %v, OK %v", lines, r.Halted, r.OK())
		}
		if got, want := r.Count(NotStarted), 4-(lines+1)/2; got != want {
			t.Errorf("%d lines: %d not started, want %d", lines, got, want)
		}
		begun := strings.Count(d.String(), `{"begin"`)
		if begun < w.counts["apply"] {
			t.Errorf("%d lines: %d writes and %d begin lines", lines, w.counts["apply"], begun)
		}
	}
}

// Every line of a write is on the disk before the worker goes on.
func TestLinesOfWritesAreSynced(t *testing.T) {
	d := &disk{lines: 100}
	p := planOf(create(aRole("a")), create(aRole("b")))
	var synced []int
	w := newWorld()
	w.apply = func(context.Context, provider.Request) fault {
		synced = append(synced, d.syncs)
		return fault{}
	}
	if _, err := Run(t.Context(), p, w.full(), &schema.Index{}, Options{Parallelism: 1, Journal: &Journal{file: d}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 3}, synced); diff != "" || d.syncs != 5 {
		t.Errorf("syncs before each write (-want +got):\n%s%d in all, want 5", diff, d.syncs)
	}
}
