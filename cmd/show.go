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
		Long: "Prints what is in a file from plan --out, as plan printed it, and its digest. It reads the file alone: " +
			"whether what it says still holds, and ever did, is what apply finds out by planning again.",
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

func (f *Factory) show(path string, verbose bool) error {
	d, err := f.readPlan(path)
	if err != nil {
		return err
	}
	if err := f.renderPlan(f.Out, d, verbose, f.Colour); err != nil {
		return err
	}
	f.printDigest(d)
	for _, p := range d.Plans {
		// Without the lines of the files: the plan file says which ones, and it may
		// come from anybody.
		if err := render.Findings(f.Err, p.Findings, render.Options{Width: f.Width, Color: f.ErrColour, Verbose: verbose}); err != nil {
			return err
		}
	}
	return nil
}

// printDigest prints the digest of a plan that changes something.
func (f *Factory) printDigest(d *plan.Document) {
	if pending(d) {
		fmt.Fprintf(f.Out, "Digest: %s\n", d.Digest())
	}
}
