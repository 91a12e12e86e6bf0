package cmd

import (
	"context"
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
)

// showRemaining plans again after an approved plan was applied in part, prints what is left,
// and keeps its digest for --json. It changes neither the exit code nor the product, and prints
// nothing after a run that was stopped or could not continue: planning would fail as well.
func (e *execution) showRemaining(ctx context.Context) {
	if e.o.digest == "" && e.o.saved == nil || ctx.Err() != nil || exitCode(e.outcome()) != exitPartial || e.halted() {
		return
	}
	if err := e.planRemaining(ctx); err != nil {
		e.f.report(fmt.Errorf("no digest of what is left: %w", err))
	}
}

// planRemaining plans with new connections, which only read: the caches and the index of those
// that wrote belong to the plan before. The files are not read again.
func (e *execution) planRemaining(ctx context.Context) error {
	old := e.connections
	c, err := connectAll(ctx, e.f, old.dir, old.config, old.reader, &e.o.hosts, false)
	if err != nil {
		return err
	}
	defer c.close()
	d, err := c.plan(ctx, e.o.targets, nil)
	if err != nil {
		return err
	}
	e.o.asserts.evaluate(d)
	out, colored := e.f.Out, e.f.Color
	if e.o.json {
		out, colored = e.f.Err, e.f.ErrColor
	}
	fmt.Fprint(out, "\nWhat is left:\n\n")
	if err := writeText(out, d, render.Options{Width: e.f.Width, Color: colored, Verbose: e.o.verbose}); err != nil {
		return err
	}
	if err := c.printFindings(d); err != nil {
		return err
	}
	e.replanned = true
	if err := checkPlan(d); err != nil {
		return err
	}
	if e.remaining = digestOf(d); e.remaining == "" {
		return nil
	}
	printDigest(out, d)
	fmt.Fprintf(e.f.Err, "To approve what is left, run: %s\n", commandLine("apply --digest "+e.remaining, old.dir))
	return nil
}

// halted reports whether a tenant's run ended before its last change.
func (e *execution) halted() bool {
	for _, r := range e.reports {
		if r.Halted != nil {
			return true
		}
	}
	return e.err != nil
}

// digestOf returns the digest of a plan, or "" if it changes nothing.
func digestOf(d *plan.Document) string {
	if !pending(d) {
		return ""
	}
	return d.Digest()
}
