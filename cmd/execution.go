package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An execution applies an approved plan.
type execution struct {
	f           *Factory
	o           *applyOptions
	connections *connections
	plan        *plan.Document
	undone      *undone // the run that is undone; nil for apply

	reports []*apply.Report
	err     error // the first error of a tenant whose changes could not be started

	replanned bool   // what is left of an approved plan was printed
	remaining string // its digest; "" if nothing is left or it cannot be applied
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
	stop, release := e.connections.whileHeld(stop)
	defer release()
	defer func() {
		if lost := e.connections.held(); lost != nil {
			e.err = cmp.Or(e.err, lost)
			e.f.report(advise("Nothing more was written. Another process may hold the lease now. Run the command again to continue where it stopped.", "%w", lost))
		}
	}()
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
	journal, err := e.openJournal(ctx, p)
	if err != nil {
		return nil, advise("Nothing was written to "+p.Provider+". Every write is recorded in the journal first: free disk space and make the journal folder writable.", "%w", err)
	}
	progress := newWriteProgress(&e.f.Streams, e.f.Now, p.Summary().Writes(), p.Requests.Minutes)
	defer progress.done()
	c.gate.open()
	report, err := apply.Run(ctx, p, c.client, c.index, apply.Options{
		Parallelism: e.o.parallelism, Journal: journal, Observe: progress.observe, Stop: stop.Done(), Now: e.f.Now, Wait: e.f.Wait,
	})
	report.CloseJournal(journal)
	return report, err
}

func (e *execution) openJournal(ctx context.Context, p *plan.Plan) (*apply.Journal, error) {
	folder, err := e.f.openData(e.connections.dir, true, journalDir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", apply.ErrJournal, err)
	}
	defer folder.Close()
	h := apply.NewHeader(p, e.f.Version.Release, e.f.Now())
	h.Digest = e.plan.Digest()
	h.Actor, h.Commit = e.f.Environ.origin(ctx, e.connections.dir)
	if e.undone != nil {
		h.Undoes = e.undone.name()
	}
	return apply.OpenJournal(folder, h, e.f.secrets.RedactKnown)
}

// conclude prints and saves the document, and returns the error with the exit code.
func (e *execution) conclude() error {
	if e.printJSON() != nil {
		for _, r := range e.reports {
			e.rescue(r)
		}
	}
	err := e.outcome()
	if unsaved := e.saveJSON(); unsaved != nil {
		if err == nil {
			return unsaved
		}
		e.f.report(unsaved)
	}
	return err
}

// outcome returns the error with the exit code. A plan that lacks some of what was approved, or of
// what the files ask for, was at best partly applied.
func (e *execution) outcome() error {
	if err := outcome(e.reports, e.err); err != nil {
		return err
	}
	switch left := errors.New("not everything that was approved or that the files ask for was applied"); {
	case !incomplete(e.plan):
		return nil
	case e.replanned:
		return withCode(exitPartial, left)
	default:
		return withCode(exitPartial, advise("Plan again to see what is left, and approve that plan.", "%w", left))
	}
}

// document is what --json prints and --report saves.
func (e *execution) document() appliedJSON {
	d := appliedJSON{
		FormatVersion: 2, Version: e.f.Version.Release, Digest: digestOf(e.plan), Remaining: e.remaining,
		Applied: append([]*apply.Report{}, e.reports...), Deviations: deviationsJSON(e.plan),
	}
	if e.undone != nil {
		d.Undoes, d.LeftAlone = e.undone.name(), e.undone.leftJSON()
	}
	return d
}

func (e *execution) printJSON() error {
	if !e.o.json {
		return nil
	}
	return e.f.printJSON(e.document())
}

func (e *execution) saveJSON() error {
	if e.o.report == "" {
		return nil
	}
	return e.f.saveJSON(e.o.report, e.document())
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
	Digest        string          `json:"digest,omitempty"`           // of the plan
	Remaining     string          `json:"remaining_digest,omitempty"` // of what is left
	Applied       []*apply.Report `json:"applied"`
	Deviations    []deviationJSON `json:"deviations,omitempty"` // from what was approved
	Undoes        string          `json:"undoes,omitempty"`     // the journal of the run that undo undid
	LeftAlone     []leftJSON      `json:"left_alone,omitempty"` // what was not undone
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
