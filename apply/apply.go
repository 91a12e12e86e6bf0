// Package apply executes a plan. It is the only package that writes to a
// product.
//
// Run starts a change only when everything it needs has succeeded, holds each
// object against what the plan was computed from right before writing to it,
// never repeats a create whose answer was lost, holds the outcome against what
// was wanted, and keeps a journal from which a run can be understood and undone.
// One change that goes wrong stops only what depends on it.
//
// The next plan is the resume: no state is kept, so a run that ended early is
// finished by planning and applying again.
package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// DefaultParallelism is how many writes are in flight where Options say nothing.
const DefaultParallelism = 8

// ErrStopped is why a run ended early: somebody asked for it.
var ErrStopped = errors.New("stopped on request")

// Options say how a plan is executed. The zero value is usable: no journal, no
// progress, and the clock of the machine.
type Options struct {
	// Parallelism is how many changes are written at a time; DefaultParallelism where it is
	// not positive. As many again may be in flight that were written and are being
	// read back, but for a single worker, who does one thing after the other.
	Parallelism int
	// Journal records every write; nil means none.
	Journal *Journal
	// Observe is told when a change starts and when it is settled. It is called
	// from one goroutine at a time and holds the run up while it runs.
	Observe func(Event)
	// Stop, once closed, lets what is in flight finish and starts nothing more.
	// Nil never stops. To abort what is in flight too, cancel the context.
	Stop <-chan struct{}
	// Now is the clock for the journal; nil means time.Now.
	Now func() time.Time
	// Wait pauses before an unanswered create is looked up again. It returns early
	// with the error of the context; nil means by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// inFlight is how many changes may be begun and not settled.
func (o Options) inFlight() int {
	if o.Parallelism == 1 {
		return 1
	}
	return 2 * o.Parallelism
}

// An Event tells of progress.
type Event struct {
	Change  *plan.Change
	Result  *Result // nil when the change starts
	Settled int     // changes that have a result, this one included
	Total   int     // changes of the plan that write
}

// Run executes the plan through the client, and returns when nothing is in
// flight any more. The index is the one that the client was connected with.
//
// The error says why nothing was written at all; the report is never nil. What
// went wrong with single changes, and why a run ended before its last change, is
// in the report.
func Run(ctx context.Context, p *plan.Plan, c provider.Client, index *schema.Index, o Options) (*Report, error) {
	if o.Parallelism <= 0 {
		o.Parallelism = DefaultParallelism
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = provider.Sleep
	}
	report := newReport(p, o.Journal.Path())
	if err := executable(p, c.Identity()); err != nil {
		return report, report.refuse(o, err)
	}
	schedule, err := order(p.Changes)
	if err != nil {
		return report, report.refuse(o, err)
	}
	w := &writer{
		client:  c,
		index:   index,
		journal: o.Journal,
		now:     o.Now,
		wait:    o.Wait,
		last:    lastSteps(p.Changes),
	}
	w.refresher = newRefresher(c)
	w.admins = newAdministrators(p, w.refresher)
	run := &run{plan: p, options: o, writer: w, schedule: schedule, report: report}
	run.all(ctx)
	return report, nil
}

// refuse ends a run that wrote nothing, and says so in the journal.
func (r *Report) refuse(o Options, why error) error {
	r.halt(why)
	return errors.Join(why, o.Journal.finish(o.Now(), r))
}

// executable refuses a plan that must not be executed as a whole. Commands check
// the same before they ask; this is the last door before the first write.
func executable(p *plan.Plan, id provider.Identity) error {
	switch {
	case len(p.Violations) > 0:
		return fmt.Errorf("the plan exceeds a limit: %s", p.Violations[0].Summary)
	case p.Tenant != id.Tenant:
		return fmt.Errorf("%w: the plan is for %s %s, and the key belongs to %s", provider.ErrTenant, p.Product, p.Tenant, id.Tenant)
	}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action == schema.Refuse {
			return fmt.Errorf("the plan refuses the change of %s", c.Addr)
		}
	}
	for _, f := range p.Findings {
		if f.Severity == schema.Error {
			return fmt.Errorf("the plan has an error at %s: %s", f.Addr, f.Summary)
		}
	}
	return nil
}
