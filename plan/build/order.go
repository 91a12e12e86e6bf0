package build

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// order sorts the drafts in the order of execution, adds dependencies and takes out the changes
// that --target excludes.
//
// Creates, renames and updates follow the order of references, so that an object exists before
// another refers to it. Removals come after them in the opposite order: users lose a role before
// it is deleted, a member is added before another is removed, and a set of groups changes before
// one of the groups is deleted. Changes that are never executed come last. orderPrivileges then
// changes this order so that no user temporarily holds extra rights.
func order(s stage, d *drafts, permitted map[subject]bool) *planned {
	slices.SortFunc(d.candidates, func(x, y candidate) int {
		px, py := x.position(), y.position()
		return cmp.Or(slices.Compare(px[:], py[:]), compareDrafts(&x, &y))
	})
	addDependencies(d)
	p := &planned{drafts: d}
	applyTargets(s, p)
	applyScope(s, p)
	if s.Approved != nil && permitted == nil {
		p.rememberDependencies()
	}
	if permitted != nil {
		restrict(s, p, permitted)
	}
	p.indexCandidates()
	candidates, findings := orderPrivileges(p)
	p.candidates, s.findings = candidates, append(s.findings, findings...)
	p.indexCandidates()
	return p
}

// cascadesOfRights lists for each candidate the objects that are deleted with its own and that
// give users rights.
func (p *planned) cascadesOfRights() map[int][]cascadeDelete {
	out := map[int][]cascadeDelete{}
	by := p.cascadingDeletes()
	for _, r := range p.cascadeDeletes() {
		if r.table.holdsRights() {
			out[by[r.cascadedBy]] = append(out[by[r.cascadedBy]], r)
		}
	}
	return out
}

// position orders candidates by phase, by the kind's level and by action. Administrators are
// demoted after others are promoted.
func (d *candidate) position() [3]int {
	const (
		change = iota
		remove
		skip // never executed
	)
	action := 2
	switch {
	case d.Action == schema.Create:
		action = 0
	case d.demotes():
		action = 3
	case d.Action == schema.Rename:
		action = 1
	}
	switch {
	case d.Action.Removes():
		return [3]int{remove, -d.table.level, action}
	case d.Action.Writes():
		return [3]int{change, d.table.level, action}
	}
	return [3]int{skip, d.table.level, action}
}

// demotes reports whether a user is no longer administrator after the change, also because the
// account gets another name; promotes reports whether a user becomes administrator.
func (d *candidate) demotes() bool {
	return d.Action.Writes() && d.Have.Administers() && (d.Action.Removes() || d.HandsOver() || !d.Want.Administers())
}

func (d *candidate) promotes() bool {
	return d.Action.Writes() && !d.Have.Administers() && d.Want.Administers()
}

// deactivates reports whether the object is removed or becomes inactive.
func (d *candidate) deactivates() bool {
	return d.Action.Removes() || d.Action.Writes() && d.Have != nil && d.Want.Inactive() && !d.Have.Inactive()
}
