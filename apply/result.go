package apply

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Status is the outcome of one change. The zero value is a change that was not started.
type Status uint8

// The statuses.
const (
	NotStarted Status = iota // the run ended before it started
	Done                     // the object is as wanted
	Diverged                 // written, and it reads back differently from what was wanted
	Stale                    // the object changed since the plan was made; nothing was written
	Failed                   // the product refused it, or the outcome is unknown
	Skipped                  // a change that it depends on did not succeed; nothing was written
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

// words completes "which ..." for statuses that block other changes.
func (s Status) words() string {
	switch s {
	case Diverged:
		return "reads back differently"
	case Stale:
		return "changed since the plan was made"
	}
	return "failed"
}

// A Result is the outcome of one change.
type Result struct {
	Change *plan.Change
	Status Status
	// Err says why the status is Stale, Failed or Skipped (then a *Blocked).
	Err error
	// Note says how a change became Done if not by a write: "existed already".
	Note string
	// Noop: the change was already in effect, and nothing was written.
	Noop bool
	// OutcomeUnknown: the write was sent, and it is not known whether it took effect.
	OutcomeUnknown bool
	// After is the object as read back after the write, or for Stale as it was found. It is the
	// zero Object after a removal.
	After schema.Object
	// Differs are the attributes of After that are not as wanted (Diverged), or that changed
	// since the plan (Stale).
	Differs schema.Mask
}

// succeeded reports whether changes that depend on this one may start.
//
// A diverged object blocks them if the difference may concern rights: a group that came out
// with all businesses must not be given to users. A plain text that the product changed, such as
// a description, does not block them.
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
	By     schema.Address // the change that did not succeed
	Status Status         // of that change
}

func (e *Blocked) Error() string {
	return fmt.Sprintf("needs %s, which %s", e.By, e.Status.words())
}

// A Report is the outcome of a run.
type Report struct {
	Plan    *plan.Plan
	Results []Result // one for each change that writes, in the order of the plan
	// Halted is why changes were not started, or why the journal is incomplete: ErrStopped, the
	// error of the context, a journal that cannot be written, or a key that is no longer
	// accepted. Nil if the run was complete.
	Halted error
	// Journal is the path of the journal; empty if there is none.
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

// halt keeps the first reason.
func (r *Report) halt(err error) {
	if err != nil && r.Halted == nil {
		r.Halted = err
	}
}

// CloseJournal closes the journal of the run. If that fails, the journal may be incomplete, and
// the report says so.
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

// OK reports whether all changes are in effect.
func (r *Report) OK() bool {
	return r.Halted == nil && r.Count(Done) == len(r.Results)
}

// Partial reports whether a part of the plan took effect or may have.
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

// Err returns why the run was halted, or else the error of the first change that failed, is
// stale or was skipped.
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
