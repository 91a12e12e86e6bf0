package build

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The limits hold the plan as a whole: too many removals (limits_removals.go), the key's own
// user and what protect names (limits_protect.go), the last administrator
// (limits_administrators.go). What they compare with is schema.Limits. A violation forbids
// the plan, not one change: who removes too much has probably not meant any of it.
type limits struct {
	stage
	*impact
	changes        []*candidate // those of live objects, and the removals of what is deleted with other objects
	violations     []schema.Finding
	administrators plan.Administrators
}

// checkLimits holds the whole plan against the limits.
func checkLimits(s stage, p *planned, m *impact) *limits {
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

// noteRemoved tells each change what counts as removed with it, and one change of each
// subject that loses less how much it keeps.
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
