package cmd

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type driftOptions struct {
	connectionFlags
	json, verbose, exitZero, update bool
	format, report                  string
	notify                          notifyFlags
}

func newDriftCommand(f *Factory) *cobra.Command {
	var o driftOptions
	c := &cobra.Command{
		Use:   "drift [DIR]",
		Short: "Show what was changed by hand since the files were applied",
		Long: "Compares the product with the configuration in DIR (default: the current directory) and says what somebody did: " +
			"who became administrator, who lost rights, what was added or deleted, and, if the product has an audit log, who did it and when. " +
			"It ends with exit code 2 if anything differs that matters: declared objects, also in kinds that are only observed, " +
			"undeclared users with privileges, undeclared roles, and undeclared members of declared teams, whatever the mode of their kind. " +
			"It ends with exit code 1 if it could not see everything. It only reads.\n\n" +
			"A baseline in .rolecall/baseline.json, which apply and --update-baseline write, tells changes by hand from changes of the files that were not applied yet, " +
			"and reports everything undeclared that is new. It has keys, ids and hashes, and no values. An accept block in the files hides the differences whose fingerprints it has, " +
			"until a day; --verbose and --json print them.",
		Example: "  rolecall drift access\n" +
			"  rolecall drift --json access                 # for programs\n" +
			"  rolecall drift --format markdown access      # for an issue\n" +
			"  rolecall drift --update-baseline access      # everything is known now",
		GroupID:           groupPlan,
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			return runDrift(c.Context(), f, directory(args), &o)
		},
	}
	o.register(c)
	jsonFlag(c, &o.json)
	c.Flags().StringVar(&o.report, "report", "", "also save what --json prints in `FILE`")
	formatFlag(c, &o.format, formatText, "markdown")
	c.Flags().BoolVar(&o.verbose, "verbose", false, "show every difference with its fingerprint and every value, do not summarize")
	c.Flags().BoolVar(&o.exitZero, "exit-zero", false, "exit with code 0 if there are differences; a check that is incomplete still fails")
	c.Flags().BoolVar(&o.update, "update-baseline", false, "write down what is undeclared as known, for the next check")
	o.notify.register(c)
	c.MarkFlagsMutuallyExclusive("json", "format")
	return c
}

func runDrift(ctx context.Context, f *Factory, dir string, o *driftOptions) (err error) {
	notifier, err := o.notify.open(f, dir)
	if err != nil {
		return err
	}
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	var checked []*drift.Drift // nil if the check failed
	defer func() { err = notifier.finish(ctx, checked, err) }()
	c, err := openConnections(ctx, f, dir, &o.connectionFlags, nil, false)
	if err != nil {
		return failedCheck(ctx, err)
	}
	defer c.close()
	if o.update {
		if err := c.lock(tenantLocks(c.all)); err != nil { // an apply would change what is written down
			return err
		}
	}
	known, err := readBaselines(dir)
	if err != nil {
		return failedCheck(ctx, err)
	}
	c.everything = true
	d, err := c.plan(ctx, nil, nil)
	if err != nil {
		return failedCheck(ctx, err)
	}
	all := make([]*drift.Drift, len(d.Plans))
	for i, p := range d.Plans {
		if all[i], err = c.drift(ctx, i, p, known.of(p)); err != nil {
			return failedCheck(ctx, err)
		}
	}
	checked = all
	if err := printDrift(f, all, o); err != nil {
		return err
	}
	if o.report != "" {
		if err := f.saveJSON(o.report, newDriftJSON(f.Version.Release, all)); err != nil {
			return err
		}
	}
	// What could not be compared, with the lines of the files. The other findings are about applying.
	for i, p := range d.Plans {
		p.Findings = all[i].Findings
	}
	if err := c.printFindings(d); err != nil {
		return err
	}
	if o.update {
		if err := updateBaselines(c, d, all); err != nil {
			return err
		}
	}
	return driftOutcome(all, o)
}

// failedCheck reports an error because of which nothing was compared.
func failedCheck(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return advise("Nothing was compared.", "interrupted before the check was complete")
	}
	if e, ok := err.(*ending); ok && e.err == nil { // it was reported
		return err
	}
	return withCode(cmp.Or(exitCode(err), exitError), fmt.Errorf("the check failed, so it is not known whether anything differs: %w", err))
}

// drift finds the differences of a tenant and who made them.
func (c *connections) drift(ctx context.Context, i int, p *plan.Plan, b *drift.Baseline) (*drift.Drift, error) {
	d := drift.Find(c.driftInput(i, p, b))
	attribute(ctx, c.all[i], d, b, c.f.Now().UTC())
	return d, ctx.Err()
}

func (c *connections) driftInput(i int, p *plan.Plan, b *drift.Baseline) drift.Input {
	return drift.Input{
		Plan: p, Tenant: c.config.Tenants[i], Live: c.all[i].live, Unlisted: c.all[i].unlisted, Baseline: b,
		Today: c.f.Now().UTC().Format(time.DateOnly),
	}
}

// auditWindow is how far back the audit log is read without a baseline, and longestWindow how far
// with one.
const (
	auditWindow   = 7 * 24 * time.Hour
	longestWindow = 90 * 24 * time.Hour
)

// mostEntries is the number of entries of an audit log that a difference has.
const mostEntries = 3

// attribute finds in the product's audit log who made the differences: the entries since the baseline
// about the same object that rolecall did not make.
func attribute(ctx context.Context, t *connection, d *drift.Drift, b *drift.Baseline, now time.Time) {
	if !slices.ContainsFunc(d.Differences, func(x drift.Difference) bool { return x.Origin != drift.Pending }) {
		return
	}
	reader, ok := t.client.(provider.AuditReader)
	why := d.Title + " has no audit log that can be read"
	entries := map[schema.Address][]provider.Event{}
	if ok {
		since := auditSince(d, now)
		knownIDs(t.index, b)
		why = "the audit log has no entry about them in the last 7 days"
		if d.Since != "" {
			why = "the audit log has no entry about them since " + d.Since
		}
		for e, err := range reader.History(ctx, since) {
			if err != nil {
				why = "the audit log could not be read: " + text.Error(err)
				break
			}
			if e.Own {
				continue
			}
			for _, a := range e.About {
				entries[a] = append(entries[a], e)
			}
		}
	}
	for i := range d.Differences {
		x := &d.Differences[i]
		if x.Origin == drift.Pending {
			continue
		}
		list := entries[x.Addr]
		if x.Live != x.Addr {
			list = slices.Concat(list, entries[x.Live])
		}
		if len(list) == 0 && (x.Origin != drift.Unknown || d.Since == "") { // what is as in the baseline was not made now
			d.Unattributed = why
		}
		slices.SortStableFunc(list, func(a, b provider.Event) int { return b.At.Compare(a.At) })
		list = slices.CompactFunc(list, func(a, b provider.Event) bool { return a.ID == b.ID })
		for _, e := range list[:min(len(list), mostEntries)] {
			x.By = append(x.By, drift.Entry{At: e.At.UTC().Format(time.RFC3339), Who: cmp.Or(e.Who, "not known"), Did: e.What})
		}
	}
}

// auditSince returns the time since which the audit log is read.
func auditSince(d *drift.Drift, now time.Time) time.Time {
	since, err := time.Parse(time.RFC3339, d.Since)
	switch {
	case err != nil || since.After(now): // the baseline is damaged, or from a clock that was wrong
		return now.Add(-auditWindow)
	case now.Sub(since) > longestWindow:
		return now.Add(-longestWindow)
	}
	return since
}

// knownIDs adds the ids of objects that exist no more, which an audit log may name them by.
func knownIDs(x *schema.Index, b *drift.Baseline) {
	if b == nil {
		return
	}
	for kind, k := range b.Kinds {
		for key, o := range k.Objects {
			if _, known := x.ID(kind, key); known {
				continue
			}
			if _, used := x.Key(kind, o.ID); !used {
				x.Add(kind, key, o.ID)
			}
		}
	}
}

func printDrift(f *Factory, all []*drift.Drift, o *driftOptions) error {
	switch {
	case o.json:
		return f.printJSON(newDriftJSON(f.Version.Release, all))
	case o.format == "markdown":
		return render.DriftMarkdown(f.Out, all, render.Options{Verbose: o.verbose})
	}
	return render.Drift(f.Out, all, render.Options{Width: f.Width, Color: f.Color, Verbose: o.verbose})
}

// updateBaselines writes down the present state of all tenants, unless a kind could not be read, and
// says what is not reported any more because of it.
func updateBaselines(c *connections, d *plan.Document, all []*drift.Drift) error {
	for i, p := range d.Plans {
		if len(c.all[i].unlisted) > 0 {
			return advise("The baseline was not changed. Correct what is listed under \"Not checked\" and run the command again.",
				"%s could not be checked completely, so its present state is not known", p.Provider)
		}
	}
	var known []string
	err := changeBaselines(c, func(b *baselines) {
		for i, p := range d.Plans {
			next := drift.Record(c.observation(i, p), b.of(p))
			b.set(next)
			known = append(known, nowKnown(all[i], drift.Find(c.driftInput(i, p, next)))...)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(c.f.Err, "Updated the baseline.")
	if len(known) > 0 {
		fmt.Fprintln(c.f.Err, "It now knows this, so the next check does not report it:\n  "+strings.Join(known, "\n  "))
	}
	return nil
}

// nowKnown lists the differences that a check had before the baseline was written and has not after
// it.
func nowKnown(before, after *drift.Drift) []string {
	left := map[schema.Address]bool{}
	for _, x := range after.Differences {
		left[x.Addr] = true
	}
	var out []string
	for _, x := range before.Differences {
		if !left[x.Addr] {
			out = append(out, text.Clean(x.Text))
		}
	}
	return out
}

// driftOutcome returns the exit code.
func driftOutcome(all []*drift.Drift, o *driftOptions) error {
	differs := false
	var incomplete []string
	for _, d := range all {
		differs = differs || len(d.Differences) > 0
		if len(d.Unseen) > 0 {
			incomplete = append(incomplete, d.Provider)
		}
	}
	switch {
	case differs && !o.exitZero:
		return exitWith(exitChanges)
	case len(incomplete) > 0:
		return advise("What could not be checked is listed under \"Not checked\".", "the check of %s is incomplete", strings.Join(incomplete, ", "))
	}
	return nil
}
