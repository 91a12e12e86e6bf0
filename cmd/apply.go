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
		Long: "Plans the configuration in DIR (default: the current directory), shows the plan, asks for approval, and applies it.\n\n" +
			"With a PLANFILE from plan --out it plans again, from the current directory or --dir and with the same --var and limits as the plan, " +
			"and applies only changes that are also in that file: the same action on the same object, with the same values before and after, " +
			"with everything that it needs. Changes that differ are reported and skipped, and the exit code is 3. " +
			"With --digest it applies the whole plan without asking if the plan has this digest, and changes nothing otherwise.\n\n" +
			"Every object is read again right before it is written. An object that changed since the plan is skipped and reported; the others are applied. " +
			"Ctrl-C finishes the requests in flight and starts no more; a second Ctrl-C exits at once. " +
			"Running apply again continues where it stopped.",
		Example: "  rolecall apply examples/zoo\n" +
			"  rolecall plan --out zoo.plan.json examples/zoo\n" +
			"  rolecall apply --dir examples/zoo zoo.plan.json    apply the saved changes that still hold\n" +
			"  rolecall apply --digest sha256:... examples/zoo    apply exactly this plan, or nothing\n" +
			"  rolecall apply --auto-approve access    in CI",
		GroupID: groupPlan,
		Args:    between(0, 1, "at most one directory or plan file"),
		RunE: func(c *cobra.Command, args []string) error {
			return f.apply(c.Context(), directory(args), &o)
		},
	}
	o.register(c)
	jsonFlag(c, &o.json)
	c.Flags().BoolVar(&o.yes, "auto-approve", false, "apply without asking for approval")
	c.Flags().IntVar(&o.parallelism, "parallelism", apply.DefaultWorkers, "write up to `N` changes at a time")
	c.Flags().StringVar(&o.dir, "dir", "", "for a PLANFILE: directory `DIR` of the configuration (default: the current directory)")
	c.Flags().StringVar(&o.digest, "digest", "", "apply without asking if the plan has this `DIGEST`, otherwise change nothing")
	return c
}

func (f *Factory) apply(ctx context.Context, arg string, o *applyOptions) error {
	if o.parallelism < 1 {
		return advise("Write how many changes to write at a time: 1 or more.", "flag --parallelism cannot be %d", o.parallelism)
	}
	stop, cancel := f.Interrupts(ctx)
	defer cancel()
	dir, approved, err := f.approved(arg, o)
	if err != nil {
		return err
	}
	job, err := f.planned(stop, dir, approved, o)
	if err != nil {
		return interrupted(stop, err)
	}
	defer job.close()
	if err := f.showFirst(job.plan, o); err != nil {
		return err
	}
	if err := planVerdict(job.plan); err != nil {
		return err
	}
	if err := f.checkDigest(job.plan, o); err != nil {
		return err
	}
	left := duplicatesLeft(job.plan)
	if !pending(job.plan) {
		if err := f.conclude(job, nil, nil, o); err != nil {
			return err
		}
		return left
	}
	if err := f.approve(stop, job.plan, o.yes || o.digest != ""); err != nil {
		return err
	}
	err = f.execute(ctx, stop, job, o)
	if err == nil && left != nil {
		return withCode(exitPartial, left)
	}
	return err
}

// showFirst prints the plan before anything is done: where the output is for a
// program, on the error stream, because a person may still have to say yes.
func (f *Factory) showFirst(d *plan.Document, o *applyOptions) error {
	if !o.json {
		return f.showPlan(d, &o.planOptions)
	}
	if err := f.renderPlan(f.Err, d, o.verbose, f.ErrColour); err != nil {
		return err
	}
	return f.printFindings(d)
}

// approve asks for approval. Only the whole word counts, because the answer
// cannot be taken back.
func (f *Factory) approve(ctx context.Context, d *plan.Document, yes bool) error {
	if yes {
		return nil
	}
	if !f.InTerminal {
		return advise("Review the plan, then run the command again with --auto-approve, or with the digest that rolecall plan prints: --digest sha256:...",
			"cannot ask for approval: standard input is not a terminal")
	}
	line, err := f.ask(ctx, fmt.Sprintf("\nApply %s? Type \"yes\" to confirm: ", describeCount(d)))
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

// execute applies the plans one tenant after the other. What goes wrong in one
// tenant does not keep the next one waiting.
func (f *Factory) execute(ctx, stop context.Context, job *execution, o *applyOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	told := context.AfterFunc(stop, func() {
		fmt.Fprintln(f.Err, wrapped("\nFinishing the requests in flight and starting no more. Press Ctrl-C again to exit at once.", f.Width))
	})
	defer told()
	if f.OutliveReader != nil {
		f.OutliveReader()
	}
	reports, wrong := f.executeAll(ctx, stop, job, o)
	return f.conclude(job, reports, wrong, o)
}

// conclude prints the reports for programs, where that is asked for, and decides
// about the exit code. A plan that lacks some of what was approved, or of what the
// files ask for, was applied in part at best.
func (f *Factory) conclude(job *execution, reports []*apply.Report, wrong error, o *applyOptions) error {
	if o.json {
		out := appliedJSON{FormatVersion: 1, Version: f.Version.Release, Applied: reports}
		if all := deviationsJSON(job.plan); len(all) > 0 {
			out.Deviations = all
		}
		if out.Applied == nil {
			out.Applied = []*apply.Report{}
		}
		if err := f.printJSON(out); err != nil {
			for _, r := range reports {
				f.rescue(r)
			}
		}
	}
	if err := outcome(reports, wrong); err != nil {
		return err
	}
	if incomplete(job.plan) {
		return withCode(exitPartial, advise("Plan again to see what is left, and approve that plan.",
			"not everything that was approved or that the files ask for was applied"))
	}
	return nil
}

// executeAll applies every plan that writes, tells how each ended, and returns
// the first error of those that could not begin.
func (f *Factory) executeAll(ctx, stop context.Context, job *execution, o *applyOptions) (reports []*apply.Report, wrong error) {
	for i, p := range job.plan.Plans {
		if p.Summary().Writes() == 0 {
			continue
		}
		report, err := f.executeOne(ctx, stop, job, i, o)
		if err != nil {
			wrong = cmp.Or(wrong, err)
			f.report(err)
			continue
		}
		reports = append(reports, report)
		if !o.json {
			fmt.Fprintln(f.Out)
			if err := report.Write(f.Out, f.Width, f.Colour); err != nil {
				f.rescue(report)
			}
		}
	}
	return reports, wrong
}

// rescue tells on the error stream how a run ended, where the output does not arrive.
// Main says what is wrong with the output.
func (f *Factory) rescue(report *apply.Report) {
	_ = report.Write(f.Err, f.Width, f.ErrColour) // there is nowhere else to tell it
}

// appliedJSON is what apply --json prints; docs/json.md describes it.
type appliedJSON struct {
	FormatVersion int             `json:"format_version"`
	Version       string          `json:"rolecall_version"`
	Applied       []*apply.Report `json:"applied"`
	Deviations    []deviationJSON `json:"deviations,omitempty"` // from what was approved
}

func (f *Factory) executeOne(ctx, stop context.Context, job *execution, i int, o *applyOptions) (*apply.Report, error) {
	p, t := job.plan.Plans[i], job.tenants[i]
	if err := t.remember(p); err != nil {
		return nil, err
	}
	journal, err := f.journal(job.dir, p)
	if err != nil {
		return nil, advise("Nothing was written to "+p.Provider+". Every write is recorded in the journal first: free disk space and make the journal folder writable.", "%w", err)
	}
	progress := f.applying(p.Summary().Writes(), p.Cost.Minutes)
	defer progress.done()
	t.gate.open()
	report, err := apply.Run(ctx, p, t.client, t.index, apply.Options{
		Workers: o.parallelism, Journal: journal, Observe: progress.observe, Stop: stop.Done(), Now: f.Now, Wait: f.Wait,
	})
	report.CloseJournal(journal)
	return report, err
}

// journal opens the journal of a run of the plan.
func (f *Factory) journal(dir string, p *plan.Plan) (*apply.Journal, error) {
	folder, err := datadir.Open(dir, true, dataDir, journalDir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", apply.ErrJournal, err)
	}
	defer folder.Close()
	return apply.OpenJournal(folder, apply.NewHeader(p, f.Version.Release, f.Now()), f.secrets.RedactKnown)
}

// outcome is the error that carries the exit code. Everything was told already.
// What a script has to know first is that something was applied in part.
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
