package cmd

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type applyOptions struct {
	planOptions
	yes         bool
	parallelism int
	dir         string
	report      string
	confirm     []string       // names of tenants whose permission system may change
	lock        string         // with --lock
	digests     string         // with --digests: a file
	digest      string         // with --digest; in the form of plan.Document.Digest
	saved       *plan.Document // with a PLANFILE

	// For messages: the command that shows the plan and changes nothing, the name of the one that runs, and
	// its arguments.
	preview, verb string
	args          []string
}

func newApplyCommand(f *Factory) *cobra.Command {
	var o applyOptions
	c := &cobra.Command{
		Use:   "apply [DIR | PLANFILE]",
		Short: "Apply the changes of a plan, in a safe order",
		Long: "Plans the configuration in DIR (default: the current directory), prints the plan, asks for approval, and applies it.\n\n" +
			"With a PLANFILE from plan --out, apply plans again and applies only changes that are also in the file: " +
			"the same action on the same object, with the same values before and after, and with everything that it depends on. " +
			"Other changes are skipped and reported, and the exit code is 3. " +
			"The configuration is read from the current directory or --dir; use the same --var flags and limits as for plan.\n\n" +
			"With --digest, apply does not ask: it applies the whole plan if the plan has this digest. Otherwise it changes nothing, prints the digest of the present plan, and the exit code is 5. " +
			"If an approved plan was applied in part, apply plans again and prints what is left with its digest, for the next approval.\n\n" +
			"A change that concerns everybody in a tenant, such as Partoo's switch to custom roles, needs the name of the tenant besides: apply asks for it, or takes it from --confirm. A digest approves it with the plan.\n\n" +
			"Every object is read again right before it is written. If it changed since the plan was made, it is skipped and reported. " +
			"Ctrl-C finishes the requests in flight and starts no more; a second Ctrl-C exits at once. " +
			"Run apply again to continue where it stopped.",
		Example: "  rolecall apply examples/zoo\n" +
			"  rolecall plan --out zoo.plan.json examples/zoo\n" +
			"  rolecall apply --dir examples/zoo zoo.plan.json    # apply the saved changes that still hold\n" +
			"  rolecall apply --digest sha256:... examples/zoo    # apply exactly this plan, or nothing\n" +
			"  rolecall apply --auto-approve access               # in CI",
		GroupID: groupPlan,
		Args:    between(0, 1, "at most one directory or plan file"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.parseDigest(c.Flags().Changed("digest")); err != nil {
				return err
			}
			if err := o.fleet.check(c, args); err != nil {
				return err
			}
			if o.fleet.file != "" {
				return runFleetApply(c.Context(), f, &o)
			}
			return runApply(c.Context(), f, directory(args), &o)
		},
	}
	o.register(c, f)
	o.fleet.register(c)
	c.Flags().StringVar(&o.digests, "digests", "", "with --fleet: apply to each tenant the plan whose digest plan --fleet printed into `FILE`, otherwise change nothing")
	o.registerExecution(c)
	c.MarkFlagsMutuallyExclusive("digests", "auto-approve")
	c.Flags().StringVar(&o.dir, "dir", "", "read the configuration for a PLANFILE from `DIR` (default: the current directory)")
	return c
}

// registerExecution declares the flags about approval and execution.
func (o *applyOptions) registerExecution(c *cobra.Command) {
	jsonFlag(c, &o.json)
	c.Flags().StringVar(&o.report, "report", "", "also save what --json prints in `FILE`")
	c.Flags().BoolVar(&o.yes, "auto-approve", false, "apply without asking for approval")
	c.Flags().StringArrayVar(&o.confirm, "confirm", nil, "confirm a change that concerns everybody in the tenant with this `NAME`; can be repeated")
	c.Flags().IntVar(&o.parallelism, "parallelism", apply.DefaultParallelism, "write up to `N` changes in parallel")
	c.Flags().StringVar(&o.lock, "lock", "", "lock tenants with `LOCK`, such as k8s-lease://NAMESPACE for leases of Kubernetes (default: files of this machine)")
	c.Flags().StringVar(&o.digest, "digest", "", "apply without asking if the plan has this `DIGEST`, otherwise change nothing")
}

// check refuses invalid values of flags.
func (o *applyOptions) check() error {
	if o.parallelism < 1 {
		return advise("Write a number of 1 or more.", "flag --parallelism cannot be %d", o.parallelism)
	}
	return o.asserts.check()
}

// runFleetApply applies to the tenants of a fleet. Nobody is there to ask.
func runFleetApply(ctx context.Context, f *Factory, o *applyOptions) error {
	var approved *approvedPlans
	switch {
	case o.digests != "":
		var err error
		if approved, err = readApproved(f, o.digests); err != nil {
			return err
		}
	case !o.yes:
		return advise("Plan the fleet, save its standard output, and look at the plans. Then apply exactly these, the first wave first: --wave 1 --digests plans.jsonl. "+
			"With --auto-approve, apply takes any plan that the limits allow.", "apply --fleet cannot ask for approval, and needs --digests or --auto-approve")
	}
	f, err := f.locking(o.lock)
	if err != nil {
		return err
	}
	return o.fleet.run(ctx, f, "apply", &o.config, func(ctx context.Context, f *Factory, t *config.FleetTenant) error {
		one := *o
		one.planOptions, one.lock = o.of(t), "" // f has the locks
		if approved != nil {
			var err error
			if one.digest, err = approved.digest(t.Name); err != nil {
				return err
			}
		}
		return runApply(ctx, f, t.Directory, &one)
	})
}

func runApply(ctx context.Context, f *Factory, arg string, o *applyOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	f, err := f.locking(o.lock)
	if err != nil {
		return err
	}
	stop, cancel := f.Interrupts(ctx)
	defer cancel()
	dir, err := parseApproval(arg, o, f.Products)
	if err != nil {
		return err
	}
	c, err := openConnections(stop, f, dir, &o.connectionFlags, &o.limits, true)
	if err != nil {
		return interrupted(stop, err)
	}
	defer c.close()
	c.checks = true
	d, err := c.plan(stop, o.targets, o.saved)
	if err != nil {
		return interrupted(stop, err)
	}
	o.preview, o.verb, o.args = "rolecall plan", "apply", []string{dir}
	e := &execution{f: f, o: o, connections: c, plan: d}
	if err := e.show(); err != nil {
		return err
	}
	if err := e.check(); err != nil {
		return err
	}
	if err := checkApproved(o.saved, d); err != nil {
		return err
	}
	if err := checkDigest(d, o); err != nil {
		return cmp.Or(e.printJSON(), e.saveJSON(), err)
	}
	if !pending(d) {
		noteUnusedDigest(&f.Streams, d, o)
		e.refreshBaseline()
		e.showRemaining(stop)
		return cmp.Or(e.conclude(), checkDuplicates(d))
	}
	if err := approve(stop, &f.Streams, d, o); err != nil {
		return err
	}
	e.run(ctx, stop)
	e.refreshBaseline()
	e.showRemaining(stop)
	f.tenant.applied(e)
	if err := e.conclude(); err != nil {
		return err
	}
	if err := checkDuplicates(d); err != nil {
		return withCode(exitPartial, err)
	}
	return nil
}

// show prints the plan. With --json it goes to the error stream, for the person who approves it.
func (e *execution) show() error {
	e.o.asserts.evaluate(e.plan)
	e.f.tenant.planned(e.plan)
	if e.o.json {
		return writeText(e.f.Err, e.plan, render.Options{Width: e.f.Width, Color: e.f.ErrColor, Verbose: e.o.verbose})
	}
	return printPlan(&e.f.Streams, e.plan, &e.o.planOptions)
}

// check prints the findings of the plan, and returns why it must not be applied.
func (e *execution) check() error {
	if err := e.connections.printFindings(e.plan); err != nil {
		return err
	}
	if e.undone != nil {
		return checkPlanFor(e.plan, "Each check above must hold after the undo. Undo only a part with --target, or change the files and apply them instead.")
	}
	return checkPlan(e.plan)
}

// approve asks for approval, and for what has to be confirmed besides. Only the whole word counts,
// because not everything that is applied can be undone.
func approve(ctx context.Context, s *Streams, d *plan.Document, o *applyOptions) error {
	if o.yes || o.digest != "" {
		return confirm(ctx, s, d, o)
	}
	if !s.InTerminal {
		return advise("Review the plan, then run the command again with --auto-approve, or with the digest that "+o.preview+" prints: --digest sha256:...",
			"cannot ask for approval: standard input is not a terminal")
	}
	line, err := s.ask(ctx, fmt.Sprintf("\nApply %s? Type \"yes\" to confirm: ", describeCount(d)))
	switch {
	case err != nil:
		return advise("Nothing was changed.", "interrupted before anything was applied")
	case line != "yes":
		return advise("Nothing was changed. Only the word \"yes\" approves a plan.", "the plan was not approved")
	}
	return confirm(ctx, s, d, o)
}

func describeCount(d *plan.Document) string {
	n := 0
	for _, p := range d.Plans {
		n += p.Summary().Writes()
	}
	if n == 1 {
		return "this change"
	}
	return fmt.Sprintf("these %s changes", text.Number(n))
}
