package cmd

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type adoptOptions struct {
	connectionFlags
	dir            string
	dryRun, commit bool
}

func newAdoptCommand(f *Factory) *cobra.Command {
	o := adoptOptions{connectionFlags: connectionFlags{config: configFlags{blocks: true}}}
	c := &cobra.Command{
		Use:   "adopt [ADDRESS...]",
		Short: "Write what was changed by hand into the files",
		Long: "Takes what rolecall drift reports as changed by hand into the files that declare it, so that a plan leaves it as it is. " +
			"Without an ADDRESS (kind.key), adopt takes every change that was made by hand since the baseline and that gives nobody privileged rights. " +
			"These need their ADDRESS: privileged rights and users who have them, objects that both the files and somebody changed, and everything " +
			"that no baseline tells from changes of the files. " +
			"A pattern such as 'user.*@zoo.example' takes what it matches of the others.\n\n" +
			"adopt changes only the values that differ: comments, order and layout stay, and the comments inside a block that is deleted go with it. " +
			"New objects go behind the last block of their kind. What a block takes from the rows of a CSV file is changed there: cells, new rows and deleted ones. Before a file is written, the result is loaded and planned: " +
			"it must declare what exists, and every other object as before. What an expression computes otherwise is named with the place to change. " +
			"Nothing is written if the check was incomplete. adopt warns of check blocks that fail with the changed files and did not fail before. It only reads from the product.\n\n" +
			"--commit also commits the files with git: one commit for each person who made the changes, if the audit log of the product knows, " +
			"and one for all other changes. You are the author, and the person is in a line \"Changed-by:\" at the end of the message. " +
			"It refuses files that have other changes. Hooks of the repository run.",
		Example: "  rolecall adopt --dry-run                    # show what would change in the files\n" +
			"  rolecall adopt\n" +
			"  rolecall adopt user.ana@zoo.example         # also if it gives privileged rights\n" +
			"  rolecall adopt --commit                     # and commit it\n" +
			"  rolecall adopt --dir access role.clerk 'user.*@zoo.example'",
		GroupID: groupFiles,
		RunE: func(c *cobra.Command, args []string) error {
			return runAdopt(c.Context(), f, args, &o)
		},
	}
	o.register(c)
	c.Flags().StringVar(&o.dir, "dir", ".", "adopt into the configuration in `DIR`")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would change in the files and write nothing")
	c.Flags().BoolVar(&o.commit, "commit", false, "commit the files with git, one commit for each person who made the changes")
	c.MarkFlagsMutuallyExclusive("dry-run", "commit")
	return c
}

// An adoption is one difference that is to be taken into the files.
type adoption struct {
	tenant     int
	difference *drift.Difference
	change     *plan.Change   // of the plan; nil if no file declares the object
	live       *schema.Object // nil if it was deleted
	attributes []string       // that were changed by hand, of a changed object
	unset      bool           // no file sets the attributes
	row, noRow bool           // a new object has a row of a CSV file, or cannot have one
	followers  []follower
	owned      map[schema.Address]bool      // addresses of followers, before and after
	renames    map[string]map[string]string // old and new keys by kind
	refused    *refusal                     // why it cannot be taken
}

// A refusal says why a difference is not in the files, and where to change them.
type refusal struct{ place, why, wanted string }

// An adopting is one run of adopt.
type adopting struct {
	f         *Factory
	options   *adoptOptions
	c         *connections
	named     []string
	used      map[string]bool // addresses that named something
	before    *config.Config  // as loaded, and not resolved for a plan
	plan      *plan.Document
	pending   map[pendingChange]bool // of plan
	known     *baselines
	live      []map[string][]schema.Object // by tenant
	list      []*adoption
	addresses []schema.Address // of all differences
	left      []string         // what is not taken without its address, or not at all
}

func runAdopt(ctx context.Context, f *Factory, addresses []string, o *adoptOptions) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	c, err := openConnections(ctx, f, o.dir, &o.connectionFlags, nil, false)
	if err != nil {
		return interruptedAdopt(ctx, err)
	}
	defer c.close()
	a := &adopting{f: f, options: o, c: c, named: addresses, used: map[string]bool{}}
	if err := a.run(ctx); err != nil {
		return interruptedAdopt(ctx, err)
	}
	return nil
}

func interruptedAdopt(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return advise("No file was changed.", "interrupted before all changes were checked")
}

func (a *adopting) run(ctx context.Context) error {
	known, err := readBaselines(a.f, a.options.dir)
	if err != nil {
		return err
	}
	a.known = known
	if err := a.read(ctx); err != nil {
		return err
	}
	for _, name := range a.named {
		if !a.used[name] {
			return a.unknown(name)
		}
	}
	result, err := a.settle(ctx)
	if err != nil {
		return err
	}
	failing, err := a.nowFailing(ctx, result)
	if err != nil {
		return err
	}
	if a.options.dryRun {
		for _, x := range result.files {
			if err := (&formatter{Streams: &a.f.Streams}).writeDiff(x.path, x.before, x.after); err != nil {
				return err
			}
		}
		return cmp.Or(a.report(result), a.warn(failing))
	}
	var commits []*adoptCommit
	if a.options.commit {
		if commits, err = a.prepareCommits(ctx, result); err != nil {
			return err
		}
	}
	if err := a.write(ctx, result); err != nil {
		return err
	}
	refused := a.report(result)
	return cmp.Or(a.warn(failing), a.commit(commits), refused)
}

// unknown is the error for an address that names no difference.
func (a *adopting) unknown(name string) error {
	hint := commandLine("drift", a.options.dir) + " shows what was changed by hand, and --json its addresses."
	if i := slices.IndexFunc(a.addresses, func(x schema.Address) bool { return x.Key == name }); i >= 0 {
		hint = "Write its address: " + commandLine("adopt", inDirectory(a.options.dir, a.addresses[i].String())...)
	}
	return advise(hint, "%s is not an object that differs from the files", text.Clean(name))
}

// read finds the differences and decides which of them are taken.
func (a *adopting) read(ctx context.Context) (err error) {
	a.c.everything = true
	if a.plan, err = a.planChecked(ctx); err != nil {
		return err
	}
	a.pending = map[pendingChange]bool{}
	for _, p := range pendingChanges(a.plan) {
		a.pending[p] = true
	}
	before, diags := a.options.config.load(a.f, a.options.dir)
	if diags.HasErrors() || len(before.Tenants) != len(a.c.all) {
		return advise("Run adopt again.", "the files were changed while they were read")
	}
	a.before = before
	var unseen []string
	for i, p := range a.plan.Plans {
		a.live = append(a.live, a.c.all[i].live)
		d, err := a.c.drift(ctx, i, p, a.known.of(p))
		if err != nil {
			return err
		}
		unseen = append(unseen, d.Unseen...)
		a.choose(i, p, d)
	}
	if len(unseen) > 0 {
		return advise("No file was changed. What could not be checked:\n  "+strings.Join(cleanAll(unseen), "\n  "), "the check is incomplete, so it is not known what exists")
	}
	return nil
}

func cleanAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = text.Clean(s)
	}
	return out
}

// report prints what was adopted and what was not.
func (a *adopting) report(r *adopted) error {
	s := &a.f.Streams
	if len(r.done) == 0 && len(a.left) == 0 && len(r.refused) == 0 {
		fmt.Fprintln(s.Out, "Nothing to adopt: nothing was changed by hand.")
		return nil
	}
	verb := "Adopted"
	if a.options.dryRun {
		verb = "Would adopt"
	}
	for _, x := range r.done {
		fmt.Fprintln(s.Out, verb+": "+text.Clean(x.difference.Addr.String()+": "+x.difference.Text)+byWhom(x.difference))
	}
	if len(r.done) > 0 && !a.options.dryRun {
		var names []string
		for _, x := range r.files {
			names = append(names, text.Clean(x.path))
		}
		slices.Sort(names)
		fmt.Fprintln(s.Out, text.Wrap("Wrote "+text.And(names)+". Checked: a plan of the files leaves what was adopted as it is.", a.f.helpWidth()))
	}
	for _, line := range a.left {
		fmt.Fprintln(s.Out, text.Clean(line))
	}
	for _, x := range r.refused {
		fmt.Fprintln(s.Err, text.Clean(refusedWords(x)))
	}
	if len(r.refused) > 0 {
		return advise("Change these lines by hand, or let rolecall apply undo what was changed in the product.", "%s", text.Count(len(r.refused), "change was not adopted", "changes were not adopted"))
	}
	return nil
}

// byWhom names who made a difference, if the audit log of the product knows.
func byWhom(d *drift.Difference) string {
	if len(d.By) == 0 {
		return ""
	}
	return " (by " + text.Clean(d.By[0].Who+" at "+d.By[0].At) + ")"
}

func refusedWords(x *adoption) string {
	out := "Not adopted: " + x.difference.Addr.String() + ": " + x.difference.Text + "."
	place, at := x.refused.place, x.difference.Pos
	if place == "" && at.File != "" {
		place = placeOf(at.File, at.Line) + ":"
	}
	if place != "" {
		out += " " + place
	}
	if x.refused.why != "" {
		out += " " + x.refused.why + "."
	}
	if x.refused.wanted != "" {
		out += " Wanted: " + x.refused.wanted
	}
	return out
}
