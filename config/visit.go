package config

import (
	"maps"
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
	name   string // as written: "role.keeper"
	state  progress
	failed bool // no value can be had; that has been reported
	secret bool // something in it comes from a sensitive variable
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

// visit evaluates a node once. Meeting one that is being evaluated is a cycle.
func (e *evaluator) visit(n *node, from hcl.Range, evaluate func()) {
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
		e.cycle(n, from)
	}
}

// cycle reports a circle of references and gives up every node in it.
func (e *evaluator) cycle(n *node, from hcl.Range) {
	circle := e.path[slices.Index(e.path, n):]
	if n.failed {
		return // met a second time from inside the same circle
	}
	names := make([]string, 0, len(circle)+1)
	for _, c := range circle {
		c.failed = true
		names = append(names, c.name)
	}
	e.report(problem("config/cycle", &from, "References go in a circle",
		"%s: each of them needs the next one first. Move what they share into a local value that all of them use.",
		strings.Join(append(names, n.name), " -> ")))
}

// A local is one named value of a locals block. One that reaches resources has a
// value for each tenant, since names resolve inside the tenant.
type local struct {
	attr   *hcl.Attribute
	bound  *bool // whether it reaches resources; nil while not known
	values map[*tenant]*localValue
}

type localValue struct {
	node
	value cty.Value
}

func (d *declarer) declareLocals(b *hcl.Block) {
	attrs, diags := b.Body.JustAttributes()
	d.report(diags...)
	for _, written := range slices.Sorted(maps.Keys(attrs)) {
		a, name := attrs[written], schema.NFC(written)
		if other, ok := d.locals[name]; ok {
			d.report(problem("config/duplicate", a.NameRange.Ptr(), "Local "+quoted(name)+" is declared twice",
				"It was already declared at %s. Keep one of the two.", place(other.attr.NameRange)))
			continue
		}
		d.locals[name] = &local{attr: a, values: map[*tenant]*localValue{}}
	}
}

// localIn evaluates a local as the tenant sees it.
func (e *evaluator) localIn(t *tenant, name string, from hcl.Range) *localValue {
	lc := e.locals[name]
	if !e.reaches(lc) {
		t = nil
	}
	v := lc.values[t]
	if v == nil {
		v = &localValue{node: node{name: "local." + name}, value: cty.DynamicVal}
		lc.values[t] = v
	}
	e.visit(&v.node, from, func() {
		s := e.scopeOf(t, "a local value", lc.attr.Expr)
		if v.secret = s.secret; s.failed || v.failed {
			v.failed = true
			return
		}
		done := e.watch.on(lc.attr.Range)
		val, diags := valueOf(lc.attr.Expr, s.ctx)
		done()
		e.report(explain(diags, s.secret)...)
		v.failed = diags.HasErrors()
		v.value = val
	})
	return v
}

// reaches reports whether a local refers to resources, itself or through others.
func (e *evaluator) reaches(lc *local) bool {
	if lc.bound != nil {
		return *lc.bound
	}
	found := false
	lc.bound = &found // ends a circle; visit reports it
	if e.reaching++; e.reaching > maxReferences {
		e.reaching--
		return false // visit reports it
	}
	defer func() { e.reaching-- }()
	for _, t := range lc.attr.Expr.Variables() {
		switch root := t.RootName(); {
		case root == "local" && len(t) > 1:
			name, _ := stepName(t[1])
			other := e.locals[name]
			found = found || other != nil && e.reaches(other)
		case root == "local":
			for _, other := range e.locals {
				found = found || other != lc && e.reaches(other)
			}
		case e.isKind(root):
			found = true
		}
	}
	return found
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
