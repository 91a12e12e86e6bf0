package cmd_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// undoBadApply merges and applies what nobody should have approved. A person undoes it with the journal
// that the pipeline kept, and reverts the commit that undo names.
func undoBadApply(t *testing.T, r *rehearsal) {
	t.Helper()
	p := r.open("bad", r.edits(r.byHand))
	p.plan().want(success)
	p.commented("danger", r.danger)
	commit := p.merge()
	run := p.apply(commit, "").want(map[string]string{"apply": "success"})
	r.settled()

	dir := filepath.Join(t.TempDir(), "undo")
	r.git(".", "clone", "--quiet", r.remote, dir)
	access, archive := filepath.Join(dir, "access"), filepath.Join(dir, "journal.age")
	put(t, archive, string(run.artifacts["access-journal-1"]))
	key := "ROLECALL_JOURNAL_KEY=" + r.keys["access"]["ROLECALL_JOURNAL_KEY"]
	if code, out := program(nil, key, "ci", "journal", "unpack", archive, access); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	shown := r.rolecall(0, "undo", "--dry-run", access)
	for _, want := range []string{"1 to update", r.danger, "git revert " + commit[:12]} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in what undo shows:\n%s", want, shown)
		}
	}
	r.settled()
	_, digest, _ := strings.Cut(shown, "Digest: ")
	digest, _, _ = strings.Cut(digest, "\n")
	r.rolecall(0, "undo", "--digest", digest, access)
	if _, n := r.currentPlan(); n == 0 {
		t.Error("the bad apply is not undone")
	}

	// Without its commit, the files ask for nothing, and the pipeline goes on.
	p = r.open("revert", func(string) { r.git(r.work, "revert", "--no-commit", commit[:12]) })
	p.plan().want(success)
	p.commented("no changes")
	p.apply(p.merge(), "").want(map[string]string{"apply": "success"})
	r.settled()
	r.checkDrift().want(map[string]string{"drift": "success"})
	for _, issue := range r.issues.Issues() {
		if !issue.Closed {
			t.Errorf("an issue is open: %+v", issue)
		}
	}
	if shown := r.rolecall(1, "undo", access); !strings.Contains(shown, "the newest run undid") {
		t.Errorf("a second undo:\n%s", shown)
	}
}
