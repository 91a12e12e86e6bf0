package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type applyOptions struct {
	planOptions
	yes         bool
	parallelism int
	dir         string
	digest      string
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
			"With --digest, apply does not ask: it applies the whole plan if the plan has this digest, and changes nothing otherwise.\n\n" +
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
			return runApply(c.Context(), f, directory(args), &o)
		},
	}
	o.register(c, f)
	jsonFlag(c, &o.json)
	c.Flags().BoolVar(&o.yes, "auto-approve", false, "apply without asking for approval")
	c.Flags().IntVar(&o.parallelism, "parallelism", apply.DefaultWorkers, "write up to `N` changes in parallel")
	c.Flags().StringVar(&o.dir, "dir", "", "read the configuration for a PLANFILE from `DIR` (default: the current directory)")
	c.Flags().StringVar(&o.digest, "digest", "", "apply without asking if the plan has this `DIGEST`, otherwise change nothing")
	return c
}

func runApply(ctx context.Context, f *Factory, arg string, o *applyOptions) error {
	if o.parallelism < 1 {
		return advise("Write a number of 1 or more.", "flag --parallelism cannot be %d", o.parallelism)
	}
	stop, cancel := f.Interrupts(ctx)
	defer cancel()
	dir, approved, err := parseApproval(arg, o, f.Products)
	if err != nil {
		return err
	}
	c, err := openConnections(stop, f, dir, &o.connectionFlags, &o.limits, true)
	if err != nil {
		return interrupted(stop, err)
	}
	defer c.close()
	d, err := c.plan(stop, o.targets, approved)
	if err != nil {
		return interrupted(stop, err)
	}
	// With --json the plan is printed to the error stream, for the person who approves it.
	if o.json {
		err = renderPlan(f.Err, d, render.Options{Width: f.Width, Color: f.ErrColor, Verbose: o.verbose})
	} else {
		err = printPlan(&f.Streams, d, &o.planOptions)
	}
	if err != nil {
		return err
	}
	if err := c.printFindings(d); err != nil {
		return err
	}
	if err := checkPlan(d); err != nil {
		return err
	}
	if err := checkDigest(d, o); err != nil {
		return err
	}
	e := &execution{f: f, o: o, connections: c, plan: d}
	if !pending(d) {
		return cmp.Or(e.conclude(), checkDuplicates(d))
	}
	if err := approve(stop, &f.Streams, d, o.yes || o.digest != ""); err != nil {
		return err
	}
	e.run(ctx, stop)
	if err := e.conclude(); err != nil {
		return err
	}
	if err := checkDuplicates(d); err != nil {
		return withCode(exitPartial, err)
	}
	return nil
}

// approve asks for approval. Only the whole word counts, because applying
// cannot be undone.
func approve(ctx context.Context, s *Streams, d *plan.Document, yes bool) error {
	if yes {
		return nil
	}
	if !s.InTerminal {
		return advise("Review the plan, then run the command again with --auto-approve, or with the digest that rolecall plan prints: --digest sha256:...",
			"cannot ask for approval: standard input is not a terminal")
	}
	line, err := s.ask(ctx, fmt.Sprintf("\nApply %s? Type \"yes\" to confirm: ", describeCount(d)))
	switch {
	case err != nil:
		return advise("Nothing was changed.", "interrupted before anything was applied")
	case line != "yes":
		return advise("Nothing was changed. Only the word \"yes\" approves a plan.", "the plan was not approved")
	}
	return nil
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

// An execution applies an approved plan.
type execution struct {
	f           *Factory
	o           *applyOptions
	connections *connections
	plan        *plan.Document

	reports []*apply.Report
	err     error // the first error of a tenant whose changes could not be started
}

// run applies the plans of the tenants one after the other. An error in one
// tenant does not stop the next. When stop ends, no more requests are started.
func (e *execution) run(ctx, stop context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(stop, func() {
		fmt.Fprintln(e.f.Err, text.Wrap("\nFinishing the requests in flight and starting no more. Press Ctrl-C again to exit at once.", e.f.Width))
	})()
	if e.f.OutliveReader != nil {
		e.f.OutliveReader()
	}
	for i, p := range e.plan.Plans {
		if p.Summary().Writes() == 0 {
			continue
		}
		report, err := e.applyPlan(ctx, stop, p, e.connections.all[i])
		if err != nil {
			e.err = cmp.Or(e.err, err)
			e.f.report(err)
			continue
		}
		e.reports = append(e.reports, report)
		if !e.o.json {
			fmt.Fprintln(e.f.Out)
			if err := report.Write(e.f.Out, e.f.Width, e.f.Color); err != nil {
				e.rescue(report)
			}
		}
	}
}

func (e *execution) applyPlan(ctx, stop context.Context, p *plan.Plan, c *connection) (*apply.Report, error) {
	if err := c.readHistory(p); err != nil {
		return nil, err
	}
	journal, err := e.openJournal(p)
	if err != nil {
		return nil, advise("Nothing was written to "+p.Provider+". Every write is recorded in the journal first: free disk space and make the journal folder writable.", "%w", err)
	}
	progress := newWriteProgress(&e.f.Streams, e.f.Now, p.Summary().Writes(), p.Requests.Minutes)
	defer progress.done()
	c.gate.open()
	report, err := apply.Run(ctx, p, c.client, c.index, apply.Options{
		Workers: e.o.parallelism, Journal: journal, Observe: progress.observe, Stop: stop.Done(), Now: e.f.Now, Wait: e.f.Wait,
	})
	report.CloseJournal(journal)
	return report, err
}

func (e *execution) openJournal(p *plan.Plan) (*apply.Journal, error) {
	folder, err := datadir.Open(e.connections.dir, true, dataDir, journalDir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", apply.ErrJournal, err)
	}
	defer folder.Close()
	return apply.OpenJournal(folder, apply.NewHeader(p, e.f.Version.Release, e.f.Now()), e.f.secrets.RedactKnown)
}

// conclude prints the reports with --json, and returns the error with the exit code. A
// plan that lacks some of what was approved, or of what the files ask for, was at best
// partly applied.
func (e *execution) conclude() error {
	if e.o.json {
		out := appliedJSON{FormatVersion: 2, Version: e.f.Version.Release, Applied: append([]*apply.Report{}, e.reports...), Deviations: deviationsJSON(e.plan)}
		if err := e.f.printJSON(out); err != nil {
			for _, r := range e.reports {
				e.rescue(r)
			}
		}
	}
	if err := outcome(e.reports, e.err); err != nil {
		return err
	}
	if incomplete(e.plan) {
		return withCode(exitPartial, advise("Plan again to see what is left, and approve that plan.",
			"not everything that was approved or that the files ask for was applied"))
	}
	return nil
}

// rescue prints a report to the error stream if it cannot be written to the output.
// Main reports the error of the output.
func (e *execution) rescue(report *apply.Report) {
	_ = report.Write(e.f.Err, e.f.Width, e.f.ErrColor) // there is no other stream
}

// appliedJSON is what apply --json prints; docs/json.md describes it.
type appliedJSON struct {
	FormatVersion int             `json:"format_version"`
	Version       string          `json:"rolecall_version"`
	Applied       []*apply.Report `json:"applied"`
	Deviations    []deviationJSON `json:"deviations,omitempty"` // from what was approved
}

// outcome returns the error with the exit code, without a message: everything was
// reported already. A partly applied plan takes precedence.
func outcome(reports []*apply.Report, wrong error) error {
	wrote := false
	for _, r := range reports {
		wrote = wrote || r.Count(apply.Done) > 0
		if r.Partial() {
			return exitWith(exitPartial)
		}
		if !r.OK() && wrong == nil {
			wrong = cmp.Or(r.Err(), errors.New("not everything was applied"))
		}
	}
	switch {
	case wrong == nil:
		return nil
	case wrote:
		return exitWith(exitPartial)
	}
	return exitWith(exitCode(wrong))
}
