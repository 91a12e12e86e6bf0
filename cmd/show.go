package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func newShowCommand(s *Streams, products Products) *cobra.Command {
	var verbose bool
	var format string
	var asserts assertFlags
	c := &cobra.Command{
		Use:   "show PLANFILE",
		Short: "Show a saved plan",
		Long: "Prints a plan that plan --out saved, with its digest. show reads only the file, and refuses a file whose changes " +
			"do not match its digest. To check whether the plan still holds, run apply, which plans again.",
		Example: "  rolecall show zoo.plan.json\n" +
			"  rolecall show --format markdown zoo.plan.json    # for a pull request",
		GroupID:           groupPlan,
		ValidArgsFunction: completeFiles("json"),
		Args:              between(1, 1, "one plan file"),
		RunE: func(_ *cobra.Command, args []string) error {
			return runShow(s, products, args[0], format, verbose, asserts)
		},
	}
	asserts.register(c)
	c.Flags().BoolVar(&verbose, "verbose", false, "show every change and every affected user, do not summarize")
	planFormatFlag(c, &format)
	return c
}

// unverified says which parts of a plan file the digest does not protect.
const unverified = "This is what the file says. Its digest covers only the changes: names shown for IDs, reasons, counts and affected users " +
	"were not verified. rolecall apply plans again, shows that plan, and applies only changes that are in both."

func runShow(s *Streams, products Products, path, format string, verbose bool, asserts assertFlags) error {
	if err := asserts.check(); err != nil {
		return err
	}
	d, err := readPlan(path, products)
	if err != nil {
		return err
	}
	if digest := d.Digest(); d.Stated != digest {
		return advise("Make a new one with rolecall plan --out. rolecall apply applies only changes that are both in the file and in a new plan.",
			"the changes in plan file %s were edited: it says that their digest is %q, but it is %s", path, d.Stated, digest)
	}
	asserts.evaluate(d)
	if err := writePlan(s, d, format, verbose); err != nil {
		return err
	}
	if checkPlan(d) == nil && format == formatText {
		printDigest(s.Out, d)
	}
	fmt.Fprintln(s.Err, text.Wrap(unverified, s.Width))
	for _, p := range d.Plans {
		// Without the lines of the files: an attacker may have written the plan file, which
		// names them.
		if err := render.Findings(s.Err, append(undecided(p), p.Findings...), render.Options{Width: s.Width, Color: s.ErrColor, Verbose: verbose}); err != nil {
			return err
		}
	}
	if planErrors(d) > 0 {
		return checkPlan(d)
	}
	if len(asserts) == 0 {
		return nil
	}
	return checkAssertions(d)
}
