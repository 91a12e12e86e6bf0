package cmd

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/plan/render"
)

type driftOptions struct {
	connectionFlags
	json, verbose, exitZero, update bool
	format, report, junit           string
	notify                          notifyFlags
	fleet                           fleetFlags
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
			if err := o.fleet.check(c, args); err != nil {
				return err
			}
			if o.fleet.file != "" {
				o.fleet.exitZero = o.exitZero
				return o.fleet.run(c.Context(), f, "drift", &o.config, func(ctx context.Context, f *Factory, t *config.FleetTenant) error {
					one := o
					one.config = o.config.with(t)
					return runDrift(ctx, f, t.Directory, &one)
				})
			}
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
	junitFlag(c, &o.junit)
	o.notify.register(c)
	o.fleet.register(c)
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
			return failedCheck(ctx, err)
		}
	}
	d, all, err := c.check(ctx)
	if err != nil {
		return failedCheck(ctx, err)
	}
	checked = all
	f.tenant.drifted(d, all)
	if err := f.saveJUnit(o.junit, c.tenantChecks()); err != nil {
		return err
	}
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

// check compares all tenants with the files and the baselines.
func (c *connections) check(ctx context.Context) (*plan.Document, []*drift.Drift, error) {
	known, err := readBaselines(c.f, c.dir)
	if err != nil {
		return nil, nil, err
	}
	c.everything, c.checks = true, true
	d, err := c.plan(ctx, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	all := make([]*drift.Drift, len(d.Plans))
	for i, p := range d.Plans {
		if all[i], err = c.drift(ctx, i, p, known.of(p)); err != nil {
			return nil, nil, err
		}
		all[i].Notes = append(all[i].Notes, known.notes(p, c.f.Now())...)
	}
	return d, all, nil
}

// drift finds the differences of a tenant and who made them.
func (c *connections) drift(ctx context.Context, i int, p *plan.Plan, b *drift.Baseline) (*drift.Drift, error) {
	d := drift.Find(c.driftInput(i, p, b))
	attribute(ctx, c.all[i], d, b, c.f.Now().UTC())
	addChecks(d, c.all[i].checked, c.all[i].checks)
	return d, ctx.Err()
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

func (c *connections) driftInput(i int, p *plan.Plan, b *drift.Baseline) drift.Input {
	return drift.Input{
		Plan: p, Tenant: c.config.Tenants[i], Live: c.all[i].live, Unlisted: c.all[i].unlisted, Baseline: b,
		Today: c.f.Now().UTC().Format(time.DateOnly),
	}
}

func printDrift(f *Factory, all []*drift.Drift, o *driftOptions) error {
	switch {
	case o.json:
		return f.printJSON(newDriftJSON(f.Version.Release, all))
	case o.format == "markdown":
		return render.DriftMarkdown(f.Out, all, render.Options{Verbose: o.verbose, Fingerprints: true})
	}
	return render.Drift(f.Out, all, render.Options{Width: f.Width, Color: f.Color, Verbose: o.verbose})
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
