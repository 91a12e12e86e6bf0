package apply

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A deafDisk takes every line and does not bring one onto the disk.
type deafDisk struct{ bytes.Buffer }

var errSync = errors.New("input/output error")

func (*deafDisk) Sync() error  { return errSync }
func (*deafDisk) Close() error { return nil }

// What is not known to be on the disk is not in the journal: nothing is written.
func TestSyncErrors(t *testing.T) {
	for _, workers := range []int{1, 8} {
		w := newWorld()
		j := &Journal{path: "journal.jsonl", file: &deafDisk{}}
		r, err := Run(t.Context(), fiveRoles(), w.full(), &schema.Index{}, Options{Parallelism: workers, Journal: j, Now: clock()})
		if err != nil {
			t.Fatal(err)
		}
		if w.counts["apply"] != 0 || r.Count(NotStarted) != 5 || !errors.Is(r.Halted, errSync) || !errors.Is(r.Halted, ErrJournal) {
			t.Errorf("%d workers: %d writes, halted by %v: %q", workers, w.counts["apply"], r.Halted, told(r))
		}
	}
}

// A journal that cannot be begun is an error, whatever stands in the way.
func TestJournalThatCannotBeBegun(t *testing.T) {
	for name, h := range map[string]Header{
		"a name too long for a file":    {Provider: strings.Repeat("p", 300)},
		"a time that cannot be written": {Started: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if j, err := OpenJournal(folder(t, t.TempDir()), h, nil); err == nil || j != nil {
			t.Errorf("%s: %v, %v", name, j, err)
		}
	}
}

func TestNoJournal(t *testing.T) {
	var j *Journal
	if err := errors.Join(j.begin(time.Time{}, 0, nil, nil), j.written(time.Time{}, 0, nil), j.finish(time.Time{}, &Report{}), j.Close()); err != nil || j.Path() != "" {
		t.Errorf("%v, path %q", err, j.Path())
	}
}

func TestReadJournalReturnsReadErrors(t *testing.T) {
	if _, err := ReadJournal(iotest.ErrReader(errSync), []*schema.Product{product}); !errors.Is(err, errSync) {
		t.Errorf("error %v", err)
	}
}

// Who holds the lock may not be known yet: then it is not said.
func TestLockOfAnotherUser(t *testing.T) {
	dir := t.TempDir()
	unlock, err := Lock(dir, "zoo-1", "Zoo 1")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if err := os.Remove(filepath.Join(dir, "zoo-1.holder")); err != nil {
		t.Fatal(err)
	}
	want := "another apply is running for Zoo 1 and holds " + filepath.Join(dir, "zoo-1.lock")
	if _, err := Lock(dir, "zoo-1", "Zoo 1"); err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}

	taken := t.TempDir()
	if err := os.Mkdir(filepath.Join(taken, "zoo-1.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(taken, "zoo-1", "Zoo 1"); err == nil || !strings.HasPrefix(err.Error(), "cannot lock Zoo 1: ") {
		t.Errorf("error %v", err)
	}
}

// A run that is cancelled before it begins writes nothing.
func TestCancelledBeforeItBegins(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	cancel(enough)
	w := newWorld()
	r, err := Run(ctx, fiveRoles(), w.full(), &schema.Index{}, Options{Parallelism: 1})
	if err != nil || w.counts["apply"] != 0 || r.Count(NotStarted) != 5 || !errors.Is(r.Halted, enough) {
		t.Errorf("%v, %d writes, halted by %v", err, w.counts["apply"], r.Halted)
	}
}

// What waits for a change that is never executed waits for what that one needs.
func TestSkippedThroughForgotten(t *testing.T) {
	w := newWorld()
	w.apply = failing("role.r")
	forgotten := plan.Change{Action: schema.Forget, Addr: schema.Address{Provider: "fake", Kind: "role", Key: "f"}, DependsOn: []int{0}}
	r := execute(t, w.full(), planOf(create(aRole("r")), forgotten, create(aUser("u@x", "f"), 1)))
	want := []string{"create role.r: failed: no", "create user.u@x: skipped: needs role.r, which failed"}
	if diff := cmp.Diff(want, told(r)); diff != "" {
		t.Error(diff)
	}
}

// How a run is summed up where much of it had been done before.
func TestSummaries(t *testing.T) {
	done, already := Result{Status: Done}, Result{Status: Done, Noop: true}
	for want, results := range map[string][]Result{
		"Nothing to apply.":      nil,
		"Applied 1 change.":      {done},
		"Applied 1,000 changes.": slices.Repeat([]Result{done}, 1000),
		"Applied 2 changes.":     {done, done},
		"Applied 3 changes, 2 of which had been in effect already.":              {already, done, already},
		"Nothing was written: the change had been in effect already.":            {already},
		"Nothing was written: all 2 changes had been in effect already.":         {already, already},
		"Applied 1 of 2 changes: 1 failed.":                                      {already, {Status: Failed}},
		"Applied 0 of 4 changes: 1 diverged, 1 stale, 1 skipped, 1 not started.": {{Status: Diverged}, {Status: Stale}, {Status: Skipped}, {}},
	} {
		if got := (&Report{Plan: planOf(), Results: results}).Summary(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The last line of a journal does not fit: everything was written, and it is said
// that the record of it ends early.
func TestReportOfUnwrittenEnd(t *testing.T) {
	j := &Journal{path: "journal.jsonl", file: &disk{lines: 2}}
	r, err := Run(t.Context(), planOf(create(aRole("a"))), newWorld().full(), &schema.Index{}, Options{Parallelism: 1, Journal: j})
	if err != nil {
		t.Fatal(err)
	}
	got := string(page(t, r, 0, false))
	want := `Applied 1 change.

The run ended with an error:
  the journal cannot be written in journal.jsonl: no space left on device

Run plan to see what is left, and apply to continue where this run stopped. Nothing is created twice.
Free disk space first. The incomplete journal is journal.jsonl
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}

// A deactivation whose answer was lost, of somebody who changed meanwhile: that is
// all that is known, and it is said.
func TestReportOfUnknownDeactivation(t *testing.T) {
	ana := aUser("ana@x", "old")
	w := newWorld(ana)
	w.apply = func(context.Context, provider.Request) fault {
		edit(w, ana.ID, func(u *user) { u.Role = "new" })
		return fault{err: provider.ErrAmbiguous}
	}
	r := execute(t, w.full(), planOf(remove(ana, schema.Deactivate)))
	got := string(page(t, r, 0, false))
	for _, want := range []string{
		"Applied 0 of 1 change: 1 diverged.",
		"no answer came, so it is not known whether it took effect; a look-up shows that it changed, and the next plan shows whether it is as declared",
		"It is not known whether some writes took effect.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q:\n%s", want, got)
		}
	}
}
