package apply

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
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
// revoke come first, then users, then changes that grant (plan/passing.go). Rule 2 does
// not hold back a removal that another change waits for, such as the removal of a leaver
// before a role gains a right.

// A graph records which changes wait for which others. Its nodes are the plan's changes
// and one more, the gate, which does nothing and implements rule 2 with one edge per
// change instead of one per pair.
type graph struct {
	waits          []int    // per node: how many nodes it still waits for
	next           [][]edge // per node: the nodes that wait for it
	removalBarrier int      // the last node; every node before it is a change
}

// An edge makes one node wait for another. A soft one waits until it is settled,
// however it ends.
type edge struct {
	to   int
	soft bool
}

// order is the graph of the changes. A change that waits for itself, or for one
// that does not exist, is an error: no plan that was computed here has one.
func order(changes []plan.Change) (*graph, error) {
	n := len(changes)
	g := &graph{waits: make([]int, n+1), next: make([][]edge, n+1), removalBarrier: n}
	for i := range changes {
		for _, need := range changes[i].DependsOn {
			if need < 0 || need >= n {
				return nil, fmt.Errorf("the plan is damaged: %s needs change %d of %d", changes[i].Addr, need, n)
			}
			g.add(need, i, false)
		}
	}
	for i, last := range deferredRemovals(changes) {
		if last {
			g.add(g.removalBarrier, i, false)
		} else {
			g.add(i, g.removalBarrier, true)
		}
	}
	if at := g.findCycle(); at >= 0 {
		return nil, fmt.Errorf("the plan is damaged: %s waits for itself through other changes", changes[at].Addr)
	}
	return g, nil
}

func (g *graph) add(from, to int, soft bool) {
	g.next[from] = append(g.next[from], edge{to, soft})
	g.waits[to]++
}

// deferredRemovals marks the removals that no other sort of change needs, directly or not.
func deferredRemovals(changes []plan.Change) []bool {
	out := make([]bool, len(changes))
	var needed []int
	for i := range changes {
		if out[i] = changes[i].Action.Removes(); !out[i] {
			needed = append(needed, changes[i].DependsOn...)
		}
	}
	for len(needed) > 0 {
		i := needed[len(needed)-1]
		needed = needed[:len(needed)-1]
		if out[i] {
			out[i] = false
			needed = append(needed, changes[i].DependsOn...)
		}
	}
	return out
}

// findCycle returns a change that can never start, or -1.
func (g *graph) findCycle() int {
	waits := append([]int(nil), g.waits...)
	var ready []int
	for i, n := range waits {
		if n == 0 {
			ready = append(ready, i)
		}
	}
	for len(ready) > 0 {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, e := range g.next[i] {
			if waits[e.to]--; waits[e.to] == 0 {
				ready = append(ready, e.to)
			}
		}
	}
	for i, n := range waits[:g.removalBarrier] {
		if n > 0 {
			return i
		}
	}
	return -1
}
