package build

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A scope (Input.Scope) lets a plan compare only the objects whose declarations changed, and those
// that they refer to. Other declared objects are known, so that they are neither undeclared nor
// deleted with others, and the plan has no changes and no findings for them.

// looksFor reports whether the plan looks for the undeclared live object, by its key before or after
// the plan.
func (x *tenant) looksFor(t *kindState, j int) bool {
	return x.Scope.Looks(t.live[j].Addr) || x.Scope.Looks(t.source[j].Addr)
}

// applyScope keeps the changes of objects that changed, and the changes on which these depend: other
// changes of objects that they refer to are excluded.
func applyScope(s stage, p *planned) {
	if s.Scope.Whole() {
		return
	}
	keep := make([]bool, len(p.candidates))
	for i := range p.candidates {
		d := &p.candidates[i]
		at, declared := d.table.declared[d.Addr.Key]
		keep[i] = !declared || d.table.changed[at]
	}
	p.keepWithDependencies(keep)
	unknown := map[schema.Address]bool{}
	for _, t := range s.tables {
		for i, in := range t.inScope {
			if !in {
				unknown[t.want[i].Addr] = true
			}
		}
	}
	s.findings = slices.DeleteFunc(s.findings, func(f schema.Finding) bool { return unknown[f.Addr] })
	downgradeFindings(s, p)
}

// scopeOf says what the plan compared; nil if it has no Input.Scope.
func scopeOf(s stage) *plan.Scope {
	if s.Scope == nil {
		return nil
	}
	out := &plan.Scope{Everything: s.Scope.Everything, Left: s.Scope.Left, Longer: s.Scope.Longer, ChecksGone: s.Scope.ChecksGone}
	for _, t := range s.tables {
		for _, in := range t.inScope {
			switch {
			case t.kind.Virtual:
			case in:
				out.Compared++
			default:
				out.NotCompared++
			}
		}
	}
	return out
}
