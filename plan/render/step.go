package render

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// secondSteps finds the changes that go on with an earlier one of the same object:
// one that both takes and gives is made in two steps, and read as one.
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

// inSteps is one block for an object that changes in two steps, each under its
// reason.
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
