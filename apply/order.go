package apply

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/graph"
)

// The order of changes.
//
// While a plan is half applied, the product holds a mixture of old and new objects, and
// a run may end at any point. Two rules keep that mixture from granting more than the
// files declare, and from revoking what is still needed:
//
//  1. A change starts only when every change that it needs has succeeded. The plan
//     states the needs: a user moves into a role or group only in its new form; a group
//     is deleted only when nothing refers to it any more, because an access
//     {europe, birds} without its group europe becomes {birds}, which is more; the last
//     administrator is removed only when the next one exists.
//  2. Removals start when every other change has ended: a new member is added before
//     an old one is removed. A removal that another change needs, because its name must
//     become free, does not wait.
//
// The plan's needs also keep users from temporarily holding extra rights: changes that
// revoke come first, then users, then changes that grant (plan/build/privilege_order.go). Rule 2 does
// not hold back a removal that another change waits for, such as the removal of a leaver
// before a role gains a right.

// A schedule records which changes wait for which others. Its nodes are the plan's
// changes and one more, the removal barrier, which does nothing and implements rule 2
// with one edge per change instead of one per pair. The barrier waits until a change is
// settled, however it ends.
type schedule struct {
	waits          []int   // per node: how many nodes it still waits for
	dependents     [][]int // per node: the nodes that wait for it
	removalBarrier int     // the last node; every node before it is a change
}

// order makes the schedule of the changes. A change that waits for itself, or for one
// that does not exist, is an error: no plan that was computed here has one.
func order(changes []plan.Change) (*schedule, error) {
	barrier := len(changes)
	waits := make(graph.Graph, barrier+1)
	var others []int // changes that are no removals
	for i := range changes {
		for _, need := range changes[i].DependsOn {
			if need < 0 || need >= barrier {
				return nil, fmt.Errorf("the plan is damaged: %s needs change %d of %d", changes[i].Addr, need, barrier)
			}
			waits.Add(i, need)
		}
		if !changes[i].Action.Removes() {
			others = append(others, i)
		}
	}
	needed := waits.Reachable(others...)
	for i := range changes {
		if changes[i].Action.Removes() && !needed[i] {
			waits.Add(i, barrier)
		} else {
			waits.Add(barrier, i)
		}
	}
	s := &schedule{waits: make([]int, len(waits)), dependents: waits.Dependents(), removalBarrier: barrier}
	for node := range waits {
		s.waits[node] = len(waits[node])
	}
	if i := slices.Index(waits.Cyclic(), true); i >= 0 {
		return nil, fmt.Errorf("the plan is damaged: %s waits for itself through other changes", changes[i].Addr)
	}
	return s, nil
}
