package providertest

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A rightsWatch checks the rights of users while changes are applied.
type rightsWatch struct {
	take      func() []map[string][]string // may be nil
	last      map[string][]string          // at the last check
	announced bool                         // a plan since then warned of temporary rights

	limited func() bool // whether a known limitation explains extra rights; may be nil
}

// readWarnings records whether a plan warns that users may temporarily have extra rights.
func (r *rightsWatch) readWarnings(p *plan.Plan) {
	r.announced = r.announced || slices.ContainsFunc(p.Findings, func(f schema.Finding) bool { return f.Code == "plan/transient-rights" })
}

// check returns an error if a user had a right after one of the changes since the last
// check, and neither before the first nor after the last of them.
func (r *rightsWatch) check() error {
	if r.take == nil {
		return nil
	}
	states := r.take()
	if len(states) == 0 {
		return nil
	}
	before, after, announced := r.last, states[len(states)-1], r.announced
	r.last, r.announced = after, false
	if announced {
		return nil
	}
	if before == nil {
		before = states[0]
	}
	for n, state := range states {
		for user, rights := range state {
			for _, right := range rights {
				switch {
				case slices.Contains(before[user], right) || slices.Contains(after[user], right):
				case r.limited != nil && r.limited():
				default:
					return fmt.Errorf("after change %d, %s temporarily has: %s", n+1, user, right)
				}
			}
		}
	}
	return nil
}
