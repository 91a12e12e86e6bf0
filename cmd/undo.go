package cmd

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type undoOptions struct {
	applyOptions
	journal string // as given; "" means the newest
	dryRun  bool
}

func newUndoCommand(f *Factory) *cobra.Command {
	var o undoOptions
	c := &cobra.Command{
		Use:   "undo [DIR | JOURNAL]",
		Short: "Undo what an apply did",
		Long: "Plans to bring back what an apply changed, prints the plan, asks for approval, and applies it: what it created is deleted, " +
			"what it deleted is created again, and what it changed or renamed becomes as before. Limits, protect and approval are those of apply.\n\n" +
			"Without a JOURNAL, which is a file that rolecall history names, it undoes the newest apply in DIR (default: the current directory). " +
			"Objects that were changed since are left alone and named, and so is what cannot be undone.\n\n" +
			"undo does not change the files: it says which commit to revert, because the next apply would make the changes again. " +
			"An undo has a journal too, so it can be undone.",
		Example: "  rolecall undo --dry-run access                       # show what would change\n" +
			"  rolecall undo access\n" +
			"  rolecall history access                              # lists the journals\n" +
			"  rolecall undo --dir access 20260102T150405Z-partoo.jsonl\n" +
			"  rolecall undo --digest sha256:... access             # undo exactly as --dry-run showed, or not at all",
		GroupID:           groupPlan,
		Args:              between(0, 1, "at most one directory or journal"),
		ValidArgsFunction: completeDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.parseDigest(c.Flags().Changed("digest")); err != nil {
				return err
			}
			if len(args) > 0 {
				if args[0] == "" { // of a variable that is not set; not the newest run
					return advise(seeHelp(c), "the name of the directory or journal is empty")
				}
				if info, err := os.Stat(args[0]); o.dir == "" && err == nil && info.IsDir() {
					o.dir = args[0]
				} else {
					o.journal = args[0]
				}
			}
			o.dir = cmp.Or(o.dir, ".")
			return runUndo(c.Context(), f, &o)
		},
	}
	o.register(c, f)
	o.registerExecution(c)
	c.Flags().StringVar(&o.dir, "dir", "", "undo in the configuration in `DIR`; the argument is a JOURNAL then (default: the current directory)")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan with its digest and change nothing")
	return c
}

func runUndo(ctx context.Context, f *Factory, o *undoOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	f, err := f.locking(o.lock)
	if err != nil {
		return err
	}
	stop, cancel := f.Interrupts(ctx)
	defer cancel()
	r, err := findUndone(f, o)
	if err != nil {
		return err
	}
	if r.undo.Empty() {
		fmt.Fprintln(r.out, text.Wrap("Nothing to undo: the run of "+text.Clean(r.name())+" changed nothing.", f.Width))
		return (&execution{f: f, o: &o.applyOptions, plan: &plan.Document{}, undone: r}).conclude()
	}
	o.preview, o.verb, o.args = "rolecall undo --dry-run", "undo", r.arguments(r.name())
	c, err := r.connect(stop)
	if err != nil {
		return interrupted(stop, err)
	}
	defer c.close()
	d, err := c.planUndo(stop, r.undo, o.targets)
	if err != nil {
		return interrupted(stop, err)
	}
	e := &execution{f: f, o: &o.applyOptions, connections: c, plan: d, undone: r}
	r.introduce(stop, d, c.config.Tenants[0])
	if !pending(d) && len(d.Plans[0].Changes) == 0 {
		fmt.Fprintln(r.out, text.Wrap("Nothing was changed: all that can be undone is as before the run.", f.Width))
		if o.dryRun && o.json {
			return planfile.Encode(f.Out, d)
		}
		return e.conclude()
	}
	if o.dryRun && o.json {
		if err := planfile.Encode(f.Out, d); err != nil {
			return err
		}
	} else if err := e.show(); err != nil {
		return err
	}
	if err := e.check(); err != nil {
		return err
	}
	if o.dryRun {
		if !o.json {
			printDigest(f.Out, d)
		}
		return nil
	}
	if err := checkDigest(d, &o.applyOptions); err != nil {
		return cmp.Or(e.printJSON(), e.saveJSON(), err)
	}
	if err := approve(stop, &f.Streams, d, &o.applyOptions); err != nil {
		return err
	}
	e.run(ctx, stop)
	e.refreshBaseline()
	err = e.conclude()
	fmt.Fprintln(f.Err, "\n"+text.Wrap(r.revert, f.Width))
	return err
}
