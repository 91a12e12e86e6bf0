package cmd

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// leftJSON is an object that is not undone.
type leftJSON struct {
	Address string `json:"address"`
	Reason  string `json:"reason"`
}

func (r *undone) leftJSON() []leftJSON {
	var out []leftJSON
	for _, l := range r.undo.LeftAlone() {
		out = append(out, leftJSON{l.Addr.String(), l.Why})
	}
	return out
}

// introduce says before the plan what is undone, what is not, what cannot be restored or will not stay,
// and which commit is to be reverted. files are what the files declare.
func (r *undone) introduce(ctx context.Context, d *plan.Document, files *schema.Tenant) {
	line := func(indent int, words string) {
		fmt.Fprintln(r.out, text.Indent(text.Clean(words), strings.Repeat(" ", indent), r.f.Width))
	}
	line(0, "Undoes the run of "+headline(r.run.Record)+".")
	if left := r.undo.LeftAlone(); len(left) > 0 {
		line(0, "")
		line(0, "Not undone:")
		for _, l := range left {
			line(2, l.Addr.String()+": "+l.Why)
		}
	}
	for _, k := range r.product.Kinds {
		list := slices.DeleteFunc(r.undo.Recreated(k), func(a schema.Address) bool { return !creates(d, a) })
		if len(list) > 0 && k.Recreated != "" {
			r.recreated(k, list, line)
		}
	}
	for _, words := range removedAgain(d, files) {
		line(0, "")
		line(0, words)
	}
	for _, name := range r.also {
		line(0, "")
		line(0, "The same apply also changed another tenant. To undo that: "+commandLine("undo", r.arguments(name)...))
	}
	r.revert = r.revertText(ctx)
	fmt.Fprintln(r.out, "\n"+text.Wrap(r.revert, r.f.Width)+"\n")
}

// removedAgain says what the undo brings back although its block has expired, so that the next apply removes
// it again.
func removedAgain(d *plan.Document, files *schema.Tenant) []string {
	var out []string
	for _, o := range files.Expired() {
		if slices.ContainsFunc(d.Plans[0].Changes, func(c plan.Change) bool { return c.Want != nil && c.Addr == o.Addr }) {
			out = append(out, fmt.Sprintf("%s expired on %s, so the next apply removes it again. To keep it, write a later day in the block at %s.",
				o.Addr, o.Until(), placeOf(o.Pos.File, o.Pos.Line)))
		}
	}
	return out
}

// creates reports whether the plan of the undo creates the object. It does not if it exists again.
func creates(d *plan.Document, addr schema.Address) bool {
	return slices.ContainsFunc(d.Plans[0].Changes, func(c plan.Change) bool { return c.Action == schema.Create && c.Addr == addr })
}

// recreated says what differs from before in objects that are created again.
func (r *undone) recreated(k *schema.Kind, list []schema.Address, line func(int, string)) {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Key
	}
	line(0, "")
	line(0, fmt.Sprintf("Created again, with a new id: %s %s. %s", text.Count(len(list), k.Name, k.Many()), text.List(names, shownMembers), k.Recreated))
}

// shownCommits is how many commits are named.
const shownCommits = 5

// revertText says what to do with the files, so that the next apply does not make the changes again.
func (r *undone) revertText(ctx context.Context) string {
	h := &r.run.Record.Header
	const why = "Otherwise the next apply makes the changes again."
	if h.Undoes != "" {
		return "The run was itself an undo of " + h.Undoes + ", so undoing it makes the changes of that run again. If you reverted a commit after that undo, revert the revert."
	}
	if !commitHash.MatchString(h.Commit) {
		return "The journal names no commit. Change the files back to what they were before the run. " + why
	}
	commits, known := r.commits(ctx)
	switch {
	case !known:
		return "The run used the files of commit " + shortCommit(h.Commit) + ", which this clone does not have. Revert in git what that commit changed. " + why
	case len(commits) == 0:
		return "git has no commit, not yet reverted, that asked for these changes: either the files were not committed, or the run replaced changes made by hand. " +
			"If the files still declare the changes, edit them. " + why
	case len(commits) > shownCommits:
		return fmt.Sprintf("Revert in git the commits that asked for the changes. They are among the %d commits up to %s. %s", len(commits), shortCommit(h.Commit), why)
	}
	return "Revert in git the commits that asked for the changes: git revert " + strings.Join(commits, " ") + "\n" + why +
		" Leave out commits that did not ask for them: the run may also have replaced changes made by hand."
}

// commits returns the commits that changed the files between the run before and this one and that are
// not reverted, the newest first. It returns false if git does not know.
func (r *undone) commits(ctx context.Context) (list []string, known bool) {
	to := r.run.Record.Header.Commit
	query := []string{"log", "--format=%H", "-n", "1", to, "--", "."}
	if r.earlier != nil && commitHash.MatchString(r.earlier.Record.Header.Commit) {
		query = []string{"log", "--format=%H", r.earlier.Record.Header.Commit + ".." + to, "--", "."}
	}
	dir := filepath.Clean(r.o.dir)
	if r.f.Environ.git(ctx, dir, "cat-file", "-t", to) != "commit" {
		return nil, false
	}
	later := r.f.Environ.git(ctx, dir, "log", "--format=%B", to+"..HEAD")
	for hash := range strings.FieldsSeq(r.f.Environ.git(ctx, dir, query...)) {
		if !strings.Contains(later, "This reverts commit "+hash) {
			list = append(list, shortCommit(hash))
		}
	}
	return slices.Clip(list), true
}
