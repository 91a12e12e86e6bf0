package build

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The limits check the plan as a whole: too many removals (limits_removals.go), the key's own user
// and protected objects (limits_protect.go), and the last administrator
// (limits_administrators.go). The numbers are in schema.Limits. A violation forbids the whole plan:
// a plan that removes too much is probably wrong in other changes too.
type limits struct {
	stage
	*impact
	changes        []*candidate // changes of live objects, and deletes of objects that are deleted with others
	violations     []schema.Finding
	administrators plan.Administrators
}

// checkLimits checks the plan against the limits, unless its impact is not computed.
func checkLimits(s stage, p *planned, m *impact) *limits {
	if s.NoImpact {
		return &limits{}
	}
	g := &limits{stage: s, impact: m}
	for i := range p.candidates {
		if d := &p.candidates[i]; d.Action.Writes() && d.Have != nil {
			g.changes = append(g.changes, d)
		}
	}
	g.changes = append(g.changes, p.removals()...)
	for _, t := range s.tables {
		g.limitRemovals(t)
	}
	for _, d := range g.changes {
		g.limitOwnUser(d)
		g.limitProtected(d)
	}
	g.limitProtectedSubjects()
	g.limitAdministrators()
	g.noteRemoved()
	m.requestIncomplete()
	checkProtect(s)
	return g
}

func (g *limits) addViolation(code string, addr schema.Address, pos schema.Pos, summary, detail string) {
	g.violations = append(g.violations, schema.Finding{
		Code: code, Addr: addr, Pos: pos, Summary: summary, Detail: detail,
	})
}

// noteRemoved records in each change what counts as removed with it, and in one change of each
// subject that loses fewer rights how much it keeps.
func (g *limits) noteRemoved() {
	by := g.cascadingDeletes()
	for _, r := range g.cascadeDeletes() {
		d := &g.candidates[by[r.cascadedBy]]
		d.Removes = append(d.Removes, r.object().Addr)
	}
	for _, t := range g.tables {
		for _, l := range g.lossesOf(t, true) {
			for _, i := range l.causes {
				d := &g.candidates[i]
				d.Removes = append(d.Removes, g.address(t, l.key))
			}
		}
		for _, l := range g.lossesOf(t, false) {
			d := &g.candidates[l.causes[0]]
			if d.Narrows == nil {
				d.Narrows = map[schema.Address]float64{}
			}
			d.Narrows[g.address(t, l.key)] = l.kept
		}
	}
}
