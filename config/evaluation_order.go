package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A node is what an expression can refer to and what has expressions itself: a
// local or a resource. Nodes are evaluated when they are first needed, so their
// order in the files makes no difference.
type node struct {
	name  string // as written: "role.keeper"
	state progress
	uses
}

type progress uint8

const (
	waiting progress = iota
	running
	done
)

// maxReferences is how many nodes may need each other one after the other: each is
// evaluated inside the evaluation of the one before.
const maxReferences = 10_000

// evaluateOnce evaluates a node once. Meeting one that is being evaluated is a cycle.
func (e *evaluator) evaluateOnce(n *node, from hcl.Range, evaluate func()) {
	switch n.state {
	case waiting:
		if len(e.path) >= maxReferences {
			n.state, n.failed = done, true
			e.report(problem("config/too-deep", &from, "Too many values refer to each other",
				"More than %d local values and blocks each need the next one here. Write the last value where it is needed.", maxReferences))
			return
		}
		n.state = running
		e.path = append(e.path, n)
		evaluate()
		e.path = e.path[:len(e.path)-1]
		n.state = done
	case running:
		e.reportCycle(n, from)
	}
}

// reportCycle reports a circle of references and gives up every node in it.
func (e *evaluator) reportCycle(n *node, from hcl.Range) {
	circle := e.path[slices.Index(e.path, n):]
	if n.failed {
		return // met a second time from inside the same circle
	}
	names := make([]string, 0, len(circle)+1)
	for _, c := range circle {
		c.failed = true
		names = append(names, c.name)
	}
	e.report(problem("config/cycle", &from, "References form a cycle",
		"%s: each of them needs the next one first. Move what they share into a local value that all of them use.",
		strings.Join(append(names, n.name), " -> ")))
}

// stepName returns the name that a step of a traversal takes.
func stepName(step hcl.Traverser) (string, bool) {
	switch s := step.(type) {
	case hcl.TraverseAttr:
		return schema.NFC(s.Name), true
	case hcl.TraverseIndex:
		if s.Key.IsKnown() && !s.Key.IsNull() && s.Key.Type() == cty.String {
			return s.Key.AsString(), true
		}
	}
	return "", false
}
