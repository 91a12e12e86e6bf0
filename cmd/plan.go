package cmd

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type planOptions struct {
	connectionFlags
	limits   limitFlags
	targets  []string
	asserts  assertFlags
	json     bool
	format   string
	verbose  bool
	out      string
	detailed bool
	since    sinceFlags
	fleet    fleetFlags
	junit    string
}

func newPlanCommand(f *Factory) *cobra.Command {
	var o planOptions
	c := &cobra.Command{
		Use:   "plan [DIR]",
		Short: "Show what would change, and who would gain or lose which rights",
		Long: "Compares the configuration in DIR (default: the current directory) with the product and prints the changes that apply would make. " +
			"plan only reads: its connection refuses all other requests.\n\n" +
			"With --since, plan compares only the objects whose declarations changed since a commit of the git repository, and what they refer to. " +
			"Their impact and the limits are computed as ever. The plan says what it did not look at.",
		Example: "  rolecall plan examples/zoo\n" +
			"  rolecall plan --format markdown examples/zoo      # for a pull request\n" +
			"  rolecall plan --out zoo.plan.json examples/zoo    # save the plan for apply\n" +
			"  rolecall plan --json examples/zoo                 # for programs\n" +
			"  rolecall plan --assert no-access-change access    # prove that a refactoring changes nobody's access\n" +
			"  rolecall plan --target user.ana@zoo.example examples/zoo\n" +
			"  rolecall plan --since origin/main access          # only what changed since a commit",
		GroupID:           groupPlan,
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.fleet.check(c, args); err != nil {
				return err
			}
			if o.fleet.file != "" {
				return o.fleet.run(c.Context(), f, "plan", &o.config, func(ctx context.Context, f *Factory, t *config.FleetTenant) error {
					return runPlan(ctx, f, t.Directory, new(o.of(t)))
				})
			}
			return runPlan(c.Context(), f, directory(args), &o)
		},
	}
	o.register(c, f)
	o.fleet.register(c)
	c.Flags().StringVar(&o.out, "out", "", "save the plan to `FILE`, for rolecall apply FILE; also one that is refused, to show it")
	c.Flags().BoolVar(&o.detailed, "detailed-exitcode", false, "exit with code 2 if changes are pending, including those marked unverified")
	jsonFlag(c, &o.json)
	planFormatFlag(c, &o.format)
	c.MarkFlagsMutuallyExclusive("json", "format")
	o.since.register(c)
	junitFlag(c, &o.junit)
	return c
}

// register declares the flags that plan and apply share.
func (o *planOptions) register(c *cobra.Command, f *Factory) {
	o.connectionFlags.register(c)
	o.limits.register(c)
	c.Flags().StringArrayVar(&o.targets, "target", nil, "plan only the object at `ADDRESS` (kind.key) and what it depends on; can be repeated")
	completeFlag(c, "target", o.config.completeAddress(f))
	o.asserts.register(c)
	c.Flags().BoolVar(&o.verbose, "verbose", false, "show every change and every affected user, do not summarize")
}

// of returns the options with the values of one tenant of a fleet, which are stronger than those of the command line.
func (o *planOptions) of(t *config.FleetTenant) planOptions {
	out := *o
	out.config = o.config.with(t)
	return out
}

func runPlan(ctx context.Context, f *Factory, dir string, o *planOptions) error {
	if err := o.asserts.check(); err != nil {
		return err
	}
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	cfg, reader, err := loadToConnect(f, dir, &o.config, &o.limits)
	if err != nil {
		return err
	}
	scope, err := o.since.scope(ctx, f, dir, cfg, o)
	if err != nil {
		return interrupted(ctx, err)
	}
	c, err := connectAll(ctx, f, dir, cfg, reader, &o.hosts, false)
	if err != nil {
		return interrupted(ctx, err)
	}
	defer c.close()
	c.scope, c.checks = scope, true
	d, err := c.plan(ctx, o.targets, nil)
	if err != nil {
		return interrupted(ctx, err)
	}
	o.asserts.evaluate(d)
	f.tenant.planned(d)
	if err := f.saveJUnit(o.junit, planChecks(d)); err != nil {
		return err
	}
	if err := printPlan(&f.Streams, d, o); err != nil {
		return err
	}
	if err := c.printFindings(d); err != nil {
		return err
	}
	refused := checkPlan(d)
	if refused == nil && !o.json && o.format == formatText {
		printDigest(f.Out, d)
	}
	if o.out != "" {
		if err := savePlan(o.out, d, f.secrets); err != nil {
			return err
		}
		if refused == nil && !d.NoImpact() {
			var where []string
			if filepath.Clean(dir) != "." {
				where = []string{"--dir", dir}
			}
			fmt.Fprintf(f.Err, "Saved the plan. To apply it, run: %s\n", commandLine("apply", append(where, o.out)...))
		}
	}
	if refused != nil {
		return refused
	}
	if o.detailed && (pending(d) || excluded(d) > 0) {
		return exitWith(exitChanges)
	}
	return nil
}

// interrupted reports a Ctrl-C while reading instead of the request that it stopped.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return advise("Nothing was changed.", "interrupted before the plan was complete")
}

// printPlan prints the plan to standard output.
func printPlan(s *Streams, d *plan.Document, o *planOptions) error {
	if o.json {
		return planfile.Encode(s.Out, d)
	}
	return writePlan(s, d, o.format, o.verbose)
}

// planErrors counts the findings that forbid applying the plan.
func planErrors(d *plan.Document) int {
	n := 0
	for _, p := range d.Plans {
		n += p.Errors()
	}
	return n
}

// checkPlan returns why a plan must not be applied: errors first, then limits, then assertions.
func checkPlan(d *plan.Document) error {
	return checkPlanFor(d, "Change the files so that each check above holds.")
}

// checkPlanFor is checkPlan with what to do so that checks hold.
func checkPlanFor(d *plan.Document, toHold string) error {
	stopped := d.StoppedBy()
	switch errs := planErrors(d); {
	case errs > 0:
		return advise("Nothing was changed. Correct the errors above and plan again.",
			"the plan has %s and cannot be applied", text.Count(errs, "error", "errors"))
	case stopped != "":
		return withCode(exitRefused, advise("Nothing was changed. "+howToProceed(d, toHold), "the plan is refused by %s", stopped))
	}
	return checkAssertions(d)
}

// howToProceed says what to do about what refuses a plan.
func howToProceed(d *plan.Document, toHold string) string {
	checks, limits := false, false
	for _, p := range d.Plans {
		for i := range p.Violations {
			of := plan.OfCheck(&p.Violations[i])
			checks, limits = checks || of, limits || !of
		}
	}
	out := ""
	if limits {
		out = "Each limit above says how to proceed."
	}
	if checks {
		out += " " + toHold + " If a check is no longer right, change or delete its block."
	}
	return strings.TrimSpace(out)
}

// excluded counts what the files ask for and the plans leave out because of
// duplicates in the product.
func excluded(d *plan.Document) int {
	n := 0
	for _, p := range d.Plans {
		n += p.Ambiguous()
	}
	return n
}

// checkDuplicates returns an error if something was left out because of duplicates.
func checkDuplicates(d *plan.Document) error {
	n := excluded(d)
	if n == 0 {
		return nil
	}
	return advise("Each warning above says which one to keep. Then plan and apply again.",
		"%s left out, because of duplicates in the product", text.Count(n, "object was", "objects were"))
}

// pending reports whether applying would write anything.
func pending(d *plan.Document) bool {
	for _, p := range d.Plans {
		for i := range p.Changes {
			if p.Changes[i].Action.Writes() {
				return true
			}
		}
	}
	return false
}
