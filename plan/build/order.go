package build

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// order brings the drafts into the order of execution, notes what each one needs
// and puts aside what --target leaves out.
//
// Creates, renames and updates go down the order of references, so that an object
// exists before another refers to it. Removals come after all of them and go up:
// a role is emptied before it goes, a member is added before another is removed,
// and a set of groups is rewritten before one of the groups is deleted. What is
// never executed comes last. Where users have rights through what changes, that order
// gives way to the one in which nobody temporarily holds extra rights.
func order(s stage, d *drafts, permitted map[subject]bool) *planned {
	slices.SortFunc(d.candidates, func(x, y candidate) int {
		px, py := x.position(), y.position()
		return cmp.Or(slices.Compare(px[:], py[:]), compareDrafts(&x, &y))
	})
	addDependencies(d)
	p := &planned{drafts: d}
	applyTargets(s, p)
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

// cascadesOfRights lists for each candidate the objects which are deleted with its own and
// through which users have rights.
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

// position orders candidates in the order of references: by phase, by the kind's level and
// by the action. Who stops being an administrator does so after others became one.
func (d *candidate) position() [3]int {
	const (
		change = iota
		remove
		skip // is never executed
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

// administers reports whether the object is an active administrator.
func administers(o *schema.Object) bool {
	return o != nil && o.Kind.Administers != nil && o.Kind.Administers(o)
}

// inactive reports whether the object exists and cannot be used.
func inactive(o *schema.Object) bool {
	return o != nil && o.Kind.Inactive != nil && o.Kind.Inactive(o)
}

// demotes reports whether the change takes an administrator away, also by giving the
// account to another name; promotes reports whether it makes one.
func (d *candidate) demotes() bool {
	return d.Action.Writes() && administers(d.Have) && (d.Action.Removes() || d.HandsOver() || !administers(d.Want))
}

func (d *candidate) promotes() bool {
	return d.Action.Writes() && !administers(d.Have) && administers(d.Want)
}

// deactivates reports whether the object can no longer be used afterwards, also
// where a file says so in an attribute.
func (d *candidate) deactivates() bool {
	return d.Action.Removes() || d.Action.Writes() && d.Have != nil && inactive(d.Want) && !inactive(d.Have)
}
