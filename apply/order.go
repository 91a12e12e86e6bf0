package apply

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Why this order.
//
// While a plan is half applied, people live with a mixture of old and new, and a
// run may end in the middle of it. Four rules keep that mixture from giving
// anybody more than the files say, and from taking away what is still needed:
//
//  1. A change starts only when every change that it needs has succeeded. Whoever
//     moves into a role or group gets it in its new form: an assignment never
//     meets a role that is about to be narrowed.
//  2. Removals start after everything else is settled: a member is added before
//     another one goes. A removal that a change needs (its name must become free)
//     is the exception, and goes when the plan says so.
//  3. A removal needs the success of every change to an object that refers to it,
//     also where the plan does not say so. A group that vanishes from under the
//     access {europe, birds} may leave {birds} behind, which is more; so the
//     access is rewritten first, and where that failed the group stays.
//  4. Taking an administrator away needs the success of every change that makes
//     one. The limits looked at the plan as a whole; they could not know that
//     half of it would fail.
//
// What order alone cannot avoid: a person who leaves a role that gains a right in
// the same plan holds that right until their own change is done. The opposite
// order would do the same to everyone who moves in, and would assign to things
// that are not there yet.

// A graph says which change waits for which. Beside the plan's changes it has two
// gates, nodes that do nothing and stand for rules 2 and 4 with one edge per
// change instead of one per pair.
type graph struct {
	waits []int    // per node: how many edges still lead to it
	next  [][]edge // per node: who waits for it
	gates int      // index of the first gate = number of changes
}

// An edge makes one node wait for another. A soft one waits until it is settled,
// however it ends.
type edge struct {
	to   int
	soft bool
}

const (
	settledGate = iota // everything but late removals is settled
	adminGate          // every change that makes an administrator has succeeded
	gateCount
)

func order(changes []plan.Change) (*graph, error) {
	n := len(changes)
	g := &graph{waits: make([]int, n+gateCount), next: make([][]edge, n+gateCount), gates: n}
	for i := range changes {
		for _, need := range changes[i].Needs {
			if need < 0 || need >= n {
				return nil, fmt.Errorf("the plan is damaged: %s needs change %d of %d", changes[i].Addr, need, n)
			}
			g.add(need, i, false)
		}
	}
	early := ancestors(changes, func(c *plan.Change) bool { return !c.Action.Removes() })
	g.removalsLast(changes, early)
	g.referrersFirst(changes, early)
	g.administrators(changes)
	if at := g.cycle(); at >= 0 {
		return nil, fmt.Errorf("the plan is damaged: %s waits for itself through other changes", changes[at].Addr)
	}
	return g, nil
}

func (g *graph) add(from, to int, soft bool) {
	g.next[from] = append(g.next[from], edge{to, soft})
	g.waits[to]++
}

// removalsLast is rule 2.
func (g *graph) removalsLast(changes []plan.Change, early []bool) {
	gate := g.gates + settledGate
	for i := range changes {
		if changes[i].Action.Removes() && !early[i] {
			g.add(gate, i, false)
		} else {
			g.add(i, gate, true)
		}
	}
}

// referrersFirst is rule 3.
func (g *graph) referrersFirst(changes []plan.Change, early []bool) {
	removed := map[[2]string]int{}
	for i := range changes {
		if changes[i].Action.Removes() && !early[i] {
			removed[[2]string{changes[i].Addr.Kind, changes[i].Addr.Key}] = i
		}
	}
	if len(removed) == 0 {
		return
	}
	for i := range changes {
		if changes[i].Have == nil || !changes[i].Action.Writes() {
			continue
		}
		references(changes[i].Have, func(kind, key string) {
			r, ok := removed[[2]string{kind, key}]
			// Objects of one kind may refer to each other in a circle; where all of
			// them go, the plan's order among them is enough.
			if together := kind == changes[i].Addr.Kind && changes[i].Action.Removes(); ok && !together {
				g.add(i, r, false)
			}
		})
	}
}

// administrators is rule 4.
func (g *graph) administrators(changes []plan.Change) {
	gate := g.gates + adminGate
	before := ancestors(changes, func(c *plan.Change) bool { return makesAdministrator(c) })
	for i := range changes {
		c := &changes[i]
		switch {
		case !c.Action.Writes():
		case makesAdministrator(c):
			g.add(i, gate, false)
		case takesAdministrator(c) && !before[i]:
			g.add(gate, i, false)
		}
	}
}

func administers(o *schema.Object) bool {
	return o != nil && o.Kind.Administers != nil && o.Kind.Administers(o)
}

func makesAdministrator(c *plan.Change) bool {
	return !c.Action.Removes() && administers(c.Want) && !administers(c.Have)
}

func takesAdministrator(c *plan.Change) bool {
	return administers(c.Have) && (c.Action.Removes() || !administers(c.Want))
}

// ancestors marks the changes that those which start out need, directly or not.
func ancestors(changes []plan.Change, start func(*plan.Change) bool) []bool {
	marked := make([]bool, len(changes))
	var todo []int
	for i := range changes {
		if changes[i].Action.Writes() && start(&changes[i]) {
			todo = append(todo, changes[i].Needs...)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !marked[i] {
			marked[i] = true
			todo = append(todo, changes[i].Needs...)
		}
	}
	return marked
}

// references calls f for every key that the object's set attributes refer to.
func references(o *schema.Object, f func(kind, key string)) {
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if len(a.Kinds) == 0 || !o.Set.Has(i) {
			continue
		}
		a.Each(o.Body, func(key string) {
			for _, kind := range a.Kinds {
				f(kind, key)
			}
		})
	}
}

// cycle returns the first change that can never start, or -1.
func (g *graph) cycle() int {
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
	for i, n := range waits {
		if n > 0 {
			return i
		}
	}
	return -1
}
