package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/natefinch/atomic"
	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type planOptions struct {
	flags    configFlags
	limits   limitFlags
	hosts    hostFlags
	targets  []string
	out      string
	json     bool
	detailed bool
	verbose  bool
}

func newPlanCommand(f *Factory) *cobra.Command {
	var o planOptions
	c := &cobra.Command{
		Use:   "plan [DIR]",
		Short: "Show what would change, and who would gain or lose which rights",
		Long: "Compares the configuration in DIR (default: the current directory) with the product and prints what apply would do. " +
			"It only reads: its connection refuses to send anything else.",
		Example: "  rolecall plan examples/zoo\n" +
			"  rolecall plan --out zoo.plan.json examples/zoo    save the plan for apply\n" +
			"  rolecall plan --json examples/zoo                 for programs\n" +
			"  rolecall plan --target user.ana@zoo.example examples/zoo",
		GroupID:           groupPlan,
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: directories,
		RunE: func(c *cobra.Command, args []string) error {
			return f.plan(c.Context(), directory(args), &o)
		},
	}
	o.register(c)
	c.Flags().StringVar(&o.out, "out", "", "save the plan in `FILE`, for rolecall apply FILE")
	c.Flags().BoolVar(&o.detailed, "detailed-exitcode", false, "exit with code 2 if changes are pending, including unverified ones")
	jsonFlag(c, &o.json)
	return c
}

// register declares the flags that plan and apply share.
func (o *planOptions) register(c *cobra.Command) {
	o.flags.register(c)
	o.limits.register(c)
	o.hosts.register(c)
	c.Flags().StringArrayVar(&o.targets, "target", nil, "plan only the object at `ADDRESS` (kind.key) and what it needs; may be repeated")
	c.Flags().BoolVar(&o.verbose, "verbose", false, "show every change and every affected person, do not summarize")
}

func (f *Factory) plan(ctx context.Context, dir string, o *planOptions) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	w, err := f.open(ctx, dir, o, false)
	if err != nil {
		return interrupted(ctx, err)
	}
	defer w.close()
	d, err := w.plan(ctx, o.targets, nil)
	if err != nil {
		return interrupted(ctx, err)
	}
	if err := f.showPlan(d, o); err != nil {
		return err
	}
	verdict := planVerdict(d)
	if verdict == nil && !o.json {
		f.printDigest(d)
	}
	if o.out != "" && verdict == nil {
		if err := f.savePlan(o.out, d); err != nil {
			return err
		}
		fmt.Fprintf(f.Err, "Saved the plan. Apply what it holds with: %s\n", commandLine("apply", append(dirFlag(dir), o.out)...))
	}
	if verdict == nil && o.detailed && (pending(d) || excluded(d) > 0) {
		return exitWith(exitChanges)
	}
	return verdict
}

// dirFlag is the flag that lets apply find the directory that was planned.
func dirFlag(dir string) []string {
	if filepath.Clean(dir) == "." {
		return nil
	}
	return []string{"--dir", dir}
}

// interrupted tells of a Ctrl-C while reading, rather than of the request that it
// happened to break off.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return advise("Nothing was changed.", "interrupted before the plan was complete")
}

// showPlan prints the plan, as text or JSON, and what was found while planning as
// diagnostics.
func (f *Factory) showPlan(d *plan.Document, o *planOptions) error {
	if o.json {
		if err := planfile.Encode(f.Out, d); err != nil {
			return err
		}
	} else if err := f.renderPlan(f.Out, d, o.verbose, f.Colour); err != nil {
		return err
	}
	return f.printFindings(d)
}

// renderPlan prints a plan for people. It prints nothing of a plan with errors: what the
// files mean is not known, so the changes may be others and "No changes" may be wrong.
func (f *Factory) renderPlan(w io.Writer, d *plan.Document, verbose, colour bool) error {
	if planErrors(d) > 0 {
		return nil
	}
	return render.Terminal(w, d, render.Options{Width: f.Width, Color: colour, Verbose: verbose})
}

// planErrors counts the findings that forbid to apply the plan.
func planErrors(d *plan.Document) int {
	n := 0
	for _, p := range d.Plans {
		n += p.Errors()
	}
	return n
}

// planVerdict says why a plan must not be applied: errors first, then limits.
func planVerdict(d *plan.Document) error {
	refused := 0
	for _, p := range d.Plans {
		refused += len(p.Violations)
	}
	switch errs := planErrors(d); {
	case errs > 0:
		return advise("Nothing was changed. Correct the errors above and plan again.",
			"the plan has %s and cannot be applied", text.Count(errs, "error", "errors"))
	case refused > 0:
		return withCode(exitRefused, advise("Nothing was changed. Each limit above says how to proceed.",
			"the plan is refused by %s", text.Count(refused, "limit", "limits")))
	}
	return nil
}

// excluded counts what the files ask for and the plans leave out because of
// duplicates in the product.
func excluded(d *plan.Document) int {
	n := 0
	for _, p := range d.Plans {
		n += p.Excluded()
	}
	return n
}

// duplicatesLeft says that something was left out because of duplicates, nil where nothing
// was.
func duplicatesLeft(d *plan.Document) error {
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

// savePlan writes the document whole or not at all, readable by its owner only:
// it names people and what they may do. Secrets in names are replaced: what is applied
// is planned anew, so such a change is left out then.
func (f *Factory) savePlan(path string, d *plan.Document) (err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return advise("Name a file, such as "+filepath.Join(path, "plan.json")+".", "the plan cannot be saved in %s: it is a directory", path)
	}
	t, err := os.CreateTemp(filepath.Dir(path), ".plan-*")
	if err != nil {
		return fmt.Errorf("the plan cannot be saved in %s: %w", path, bare(err))
	}
	defer func() {
		if err != nil {
			_ = os.Remove(t.Name()) // the first error tells more
			err = fmt.Errorf("the plan cannot be saved in %s: %w", path, bare(err))
		}
	}()
	lines := f.secrets.Lines(t)
	if err := cmp.Or(planfile.Encode(lines, d), lines.Flush()); err != nil {
		_ = t.Close()
		return err
	}
	if err := t.Sync(); err != nil {
		_ = t.Close()
		return err
	}
	if err := t.Close(); err != nil {
		return err
	}
	return atomic.ReplaceFile(t.Name(), path)
}

// bare drops what an error says about a temporary file, which nobody knows.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
