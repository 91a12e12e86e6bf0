package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// While a stream is read, a block can be evaluated once everything that it mentions,
// and what that mentions in turn, is declared. This file finds out, and evaluates
// nothing. What is not ready when somebody asks waits until the stream has ended, so
// that thousands of blocks can ask.

// resolve reports whether a block can be evaluated.
func (l *loader) resolve(r *resource) bool {
	if r.state == done || r.waits {
		return r.state == done
	}
	r.waits = true // ends a circle, too
	for i := range r.fields {
		if !l.resolvable(r.tenant, r.fields[i].expr) {
			return false
		}
	}
	for _, a := range []*hcl.Attribute{r.forEach, r.previously} {
		if a != nil && !l.resolvable(r.tenant, a.Expr) {
			return false
		}
	}
	r.waits = false
	return true
}

// readyLocal is ready for a local value as the tenant sees it.
func (l *loader) readyLocal(t *tenant, name string) bool {
	lc := l.locals[name]
	switch {
	case lc == nil || lc.waits:
		return false
	case !l.reaches(lc) || lc.values[t] != nil && lc.values[t].state == done:
		return true
	}
	lc.waits = true
	lc.waits = !l.resolvable(t, lc.attr.Expr)
	return !lc.waits
}

// resolvable reports whether all that an expression mentions is ready.
func (l *loader) resolvable(t *tenant, e hcl.Expression) bool {
	return !slices.ContainsFunc(mentionedIn(e), func(m hcl.Traversal) bool { return !l.metOne(t, m) })
}

func (l *loader) metOne(t *tenant, m hcl.Traversal) bool {
	switch m.RootName() {
	case "each", "var":
		return true
	case "local":
		return !slices.ContainsFunc(l.localsIn(m), func(name string) bool { return !l.readyLocal(t, name) })
	}
	g := t.groups[m.RootName()]
	if g == nil {
		return false
	}
	path, one := g.labelsIn(m)
	if !one {
		return false // the whole kind
	}
	r := g.byLabel[labelsID(path)]
	return r != nil && l.resolve(r)
}
