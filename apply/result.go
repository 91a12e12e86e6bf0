package apply

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Status says what became of one change. The zero value is a change that was
// never begun.
type Status uint8

// The statuses.
const (
	NotStarted Status = iota // the run ended before its turn
	Done                     // the object is as wanted
	Diverged                 // written, and it reads back differently from what was wanted
	Stale                    // the object changed since the plan was made; nothing was written
	Failed                   // the product refused, or the outcome is not known
	Skipped                  // something it needs did not succeed; nothing was written
)

var statusNames = [...]string{"not-started", "done", "diverged", "stale", "failed", "skipped"}

func (s Status) String() string { return statusNames[s] }

// MarshalText writes the status's name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a status's name.
func (s *Status) UnmarshalText(b []byte) error {
	for i, n := range statusNames {
		if n == string(b) {
			*s = Status(i)
			return nil
		}
	}
	return fmt.Errorf("unknown status %q", b)
}

// words complete "which ..." for the statuses that block others.
func (s Status) words() string {
	switch s {
	case Diverged:
		return "reads back differently"
	case Stale:
		return "changed since the plan was made"
	}
	return "failed"
}

// A Result is what became of one change.
type Result struct {
	Change *plan.Change
	Status Status
	// Err says why the status is Stale, Failed or Skipped (then a *Blocked).
	Err error
	// Note tells of a way to Done that a person should know of: "existed already".
	Note string
	// Already: it was in effect before, and nothing had to be written.
	Noop bool
	// OutcomeUnknown: the write was sent, and it is not known whether it took effect.
	OutcomeUnknown bool
	// After is the object as read back after the write, or for Stale as found
	// instead of it. It is the zero Object after a removal.
	After schema.Object
	// Differs are the attributes of After that are not as wanted (Diverged) or not
	// as planned from (Stale).
	Differs schema.Mask
}

// succeeded reports whether dependents may go on.
//
// A diverged object blocks them where the difference may be one of rights: a
// group that came out with all businesses must not be given to anybody. A plain
// text that the product wrote its own way (a description) blocks nobody.
func (r *Result) succeeded() bool {
	switch r.Status {
	case Done:
		return true
	case Diverged:
		return !r.OutcomeUnknown && textOnly(r.Change.Want.Kind, r.Differs)
	}
	return false
}

func textOnly(k *schema.Kind, m schema.Mask) bool {
	for i := range k.Attributes {
		if !m.Has(i) {
			continue
		}
		a := &k.Attributes[i]
		if a.Type != schema.TypeString || len(a.Kinds) > 0 || len(a.OneOf) > 0 || a.Flags&(schema.Key|schema.CarriesRights) != 0 {
			return false
		}
	}
	return true
}

// A Blocked error says why a change was skipped.
type Blocked struct {
	By     schema.Address // the change at the root of it
	Status Status         // what became of that one
}

func (e *Blocked) Error() string {
	return fmt.Sprintf("needs %s, which %s", e.By, e.Status.words())
}

// A Report is what became of a plan.
type Report struct {
	Plan    *plan.Plan
	Results []Result // one for each change that writes, in the order of the plan
	// Halted is why changes were not started, or why the journal is incomplete:
	// ErrStopped, the context's error, a journal that can no longer be written, or
	// a key that is no longer accepted. Nil where the run went to its end.
	Halted error
	// Journal is the path of the journal; empty where there is none.
	Journal string
}

func newReport(p *plan.Plan, journal string) *Report {
	r := &Report{Plan: p, Journal: journal}
	for i := range p.Changes {
		if p.Changes[i].Action.Writes() {
			r.Results = append(r.Results, Result{Change: &p.Changes[i]})
		}
	}
	return r
}

// halt keeps the first reason why the run did not end well.
func (r *Report) halt(err error) {
	if err != nil && r.Halted == nil {
		r.Halted = err
	}
}

// CloseJournal closes the journal of the run. Where that fails the journal may be
// incomplete, which the report then says.
func (r *Report) CloseJournal(j *Journal) {
	if err := j.Close(); err != nil {
		r.halt(unwritable(j.Path(), err))
	}
}

// Count counts the results with the status.
func (r *Report) Count(s Status) int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Status == s {
			n++
		}
	}
	return n
}

// OK reports whether the whole plan is in effect.
func (r *Report) OK() bool {
	return r.Halted == nil && r.Count(Done) == len(r.Results)
}

// Partial reports whether a part of the plan took effect, or may have.
func (r *Report) Partial() bool {
	if r.OK() {
		return false
	}
	for i := range r.Results {
		if s := r.Results[i].Status; s == Done || s == Diverged || r.Results[i].OutcomeUnknown {
			return true
		}
	}
	return false
}

// Err returns the first thing that went wrong, for those who want to know its
// sort: why the run was halted, or the error of the first failed change.
func (r *Report) Err() error {
	if r.Halted != nil {
		return r.Halted
	}
	for _, s := range []Status{Failed, Stale, Skipped} {
		for i := range r.Results {
			if r.Results[i].Status == s {
				return r.Results[i].Err
			}
		}
	}
	return nil
}
