package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
)

func newShowCommand(f *Factory) *cobra.Command {
	var verbose bool
	c := &cobra.Command{
		Use:   "show PLANFILE",
		Short: "Show a saved plan",
		Long: "Prints what is in a file from plan --out, as plan printed it, and its digest. It reads the file alone, and refuses one whose changes " +
			"do not have the digest that it states. Whether the plan still holds, apply finds out by planning again.",
		Example: "  rolecall show zoo.plan.json",
		GroupID: groupPlan,
		Args:    between(1, 1, "one plan file"),
		RunE: func(_ *cobra.Command, args []string) error {
			return f.show(args[0], verbose)
		},
	}
	c.Flags().BoolVar(&verbose, "verbose", false, "show every change and every affected person, do not summarize")
	return c
}

// unchecked says what of a plan file anybody may have written.
const unchecked = "This is what the file says. Its digest covers the changes alone: names in place of ids, reasons, counts, and who is affected " +
	"were not checked. rolecall apply plans again, shows that plan, and does only what both hold."

func (f *Factory) show(path string, verbose bool) error {
	d, err := f.readPlan(path)
	if err != nil {
		return err
	}
	if digest := d.Digest(); d.Stated != digest {
		return advise("Make a new one with rolecall plan --out. rolecall apply does only what such a file and a new plan both hold.",
			"the changes in plan file %s were edited: it says that their digest is %q, and it is %s", path, d.Stated, digest)
	}
	if err := f.renderPlan(f.Out, d, verbose, f.Colour); err != nil {
		return err
	}
	if planErrors(d) == 0 {
		f.printDigest(d)
	}
	fmt.Fprintln(f.Err, wrapped(unchecked, f.Width))
	for _, p := range d.Plans {
		// Without the lines of the files: the plan file says which ones, and it may
		// come from anybody.
		if err := render.Findings(f.Err, p.Findings, render.Options{Width: f.Width, Color: f.ErrColour, Verbose: verbose}); err != nil {
			return err
		}
	}
	if planErrors(d) > 0 {
		return planVerdict(d)
	}
	return nil
}

// printDigest prints the digest of a plan that changes something.
func (f *Factory) printDigest(d *plan.Document) {
	if pending(d) {
		fmt.Fprintf(f.Out, "Digest: %s\n", d.Digest())
	}
}
