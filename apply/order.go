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
//  1. A change starts only after every change that it depends on has succeeded. The plan
//     has the dependencies: a user gets a role or group only in its new form; a group is
//     deleted only after nothing refers to it any more, because an access
//     {europe, birds} without its group europe becomes {birds}, which grants more; the last
//     administrator is removed only after the next one exists.
//  2. Removals start after every other change has ended: a new member is added before an
//     old one is removed. A removal does not wait if another change depends on it, as where
//     its name must become free, or where a user must lose a role before the role gains a right.
//
// Dependencies also keep users from temporarily holding extra rights: changes that revoke come
// first, then users, then changes that grant (plan/build/privilege_order.go).

// A schedule records which changes wait for which others. Its nodes are the plan's
// changes and one more, the removal barrier, which does nothing and implements rule 2
// with one edge per change instead of one per pair. The barrier waits until a change is
// settled, however it ends.
type schedule struct {
	waits          []int   // per node: how many nodes it still waits for
	dependents     [][]int // per node: the nodes that wait for it
	removalBarrier int     // the last node; every node before it is a change
}

// order makes the schedule of the changes. A change that depends on itself, or on one that does
// not exist, is an error: build.Build makes no such plan.
func order(changes []plan.Change) (*schedule, error) {
	barrier := len(changes)
	waits := make(graph.Graph, barrier+1)
	var others []int // changes that do not remove
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
