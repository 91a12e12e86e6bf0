// Package apply executes a plan. It is the only package that writes to a
// product.
//
// Run starts a change only after all changes that it depends on have succeeded. Right before
// each write it compares the object with the one that the plan was computed from, and after the
// write with the wanted one. It never repeats a create whose answer was lost, and it keeps a
// journal from which a run can be understood and undone. A change that fails stops only the
// changes that depend on it.
//
// No state is kept: to continue a run that ended early, plan and apply again.
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

// DefaultParallelism is the number of writes in flight if Options.Parallelism is not set.
const DefaultParallelism = 8

// ErrStopped says that a run ended early because Options.Stop was closed.
var ErrStopped = errors.New("stopped on request")

// Options say how a plan is executed. The zero value is usable: no journal, no
// progress, and the clock of the machine.
type Options struct {
	// Parallelism is the number of changes written at a time; DefaultParallelism if it is not
	// positive. As many more may be in flight that are written and being read back, except that
	// with 1 nothing overlaps.
	Parallelism int
	// Journal records every write; nil means none.
	Journal *Journal
	// Observe is called when a change starts and when it is settled, by one goroutine at a
	// time. The run waits for it.
	Observe func(Event)
	// After Stop is closed, the run finishes the changes in flight and starts no others. Nil
	// never stops. To abort the changes in flight too, cancel the context.
	Stop <-chan struct{}
	// Now is the clock for the journal; nil means time.Now.
	Now func() time.Time
	// Wait pauses before an unanswered create is looked up again. It returns early
	// with the error of the context; nil means by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// inFlight is the number of changes that may be begun and not settled.
func (o Options) inFlight() int {
	if o.Parallelism == 1 {
		return 1
	}
	return 2 * o.Parallelism
}

// An Event is a change that starts or is settled.
type Event struct {
	Change  *plan.Change
	Result  *Result // nil when the change starts
	Settled int     // changes that have a result, this one included
	Total   int     // changes of the plan that write
}

// Run executes the plan through the client, and returns when no change is in flight. The index
// is the one that the client was connected with.
//
// The error says why nothing was written; the report is never nil. Errors of single changes, and
// the reason why a run ended before its last change, are in the report.
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

// refuse ends a run that wrote nothing, and records that in the journal.
func (r *Report) refuse(o Options, why error) error {
	r.halt(why)
	return errors.Join(why, o.Journal.finish(o.Now(), r))
}

// executable returns an error if the plan must not be executed. Commands check the same before
// they ask for approval; this is the last check before the first write.
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
