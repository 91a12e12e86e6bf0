package config

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A local is one named value of a locals block. One that reaches resources has a
// value for each tenant, since names resolve inside the tenant.
type local struct {
	attr        *hcl.Attribute
	toResources *bool // whether it reaches resources; nil while not known
	values      map[*tenant]*localValue
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
				"It was already declared at %s. Keep one of the two.", lineOf(other.attr.NameRange)))
			continue
		}
		d.locals[name] = &local{attr: a, values: map[*tenant]*localValue{}}
	}
}

// localIn evaluates a local as the tenant sees it.
func (e *evaluator) localIn(t *tenant, name string, from hcl.Range) *localValue {
	lc := e.locals[name]
	if !e.refersToResources(lc) {
		t = nil
	}
	v := lc.values[t]
	if v == nil {
		v = &localValue{node: node{name: "local." + name}, value: cty.DynamicVal}
		lc.values[t] = v
	}
	e.evaluateOnce(&v.node, from, func() {
		s := e.scopeOf(t, "a local value", lc.attr.Expr)
		if v.merge(s.uses); v.failed {
			return
		}
		done := e.watch.during(lc.attr.Range)
		val, diags := evaluateExpr(lc.attr.Expr, s.ctx)
		done()
		e.report(explain(diags, s.secret)...)
		v.failed = diags.HasErrors()
		v.value = val
	})
	return v
}

// refersToResources reports whether a local refers to resources, itself or through others.
func (e *evaluator) refersToResources(lc *local) bool {
	if lc.toResources != nil {
		return *lc.toResources
	}
	found := false
	lc.toResources = &found // ends a circle; visit reports it
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
			found = found || other != nil && e.refersToResources(other)
		case root == "local":
			for _, other := range e.locals {
				found = found || other != lc && e.refersToResources(other)
			}
		case e.isKind(root):
			found = true
		}
	}
	return found
}

// localsIn lists the local values that a traversal from "local" takes: one that it
// names, whether that is declared or not, or all.
func (d *declarations) localsIn(t hcl.Traversal) []string {
	if len(t) > 1 {
		if name, ok := stepName(t[1]); ok {
			return []string{name}
		}
	}
	return d.localNames()
}

func (d *declarations) localNames() []string { return slices.Sorted(maps.Keys(d.locals)) }
