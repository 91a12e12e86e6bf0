package render

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// secondSteps finds the second steps of changes that are made in two steps, and shown as one.
func secondSteps(changes []plan.Change) map[*plan.Change]*plan.Change {
	first := map[schema.Address]*plan.Change{}
	second := map[*plan.Change]*plan.Change{}
	for i := range changes {
		c := &changes[i]
		if c.Action != schema.Update && c.Action != schema.Rename {
			continue
		}
		if before := first[c.Addr]; before != nil && second[before] == nil {
			second[before] = c
			continue
		}
		first[c.Addr] = c
	}
	return second
}

// inSteps returns one block for an object that changes in two steps, each after its reason.
func (m *changeBlocks) inSteps(first, then *plan.Change) block {
	b := block{head: m.header(first), weight: dim}
	for _, c := range []*plan.Change{first, then} {
		if c.Reason != "" {
			b.body = append(b.body, row(bodyStart, as(dim, text.Clean(c.Reason))))
		}
		b.body = append(b.body, m.body(c)...)
	}
	return b
}
