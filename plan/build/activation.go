package build

import (
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// active reports whether rights that other objects hold for the object count before and after the
// change. They count for an object that does not exist yet, unless it is created inactive.
func (d *candidate) active() (was, is bool) {
	return d.Have == nil || !d.Have.Inactive(), d.Want != nil && !d.Want.Inactive()
}

// orderActivation lets objects that hold rights for a user change while the user is inactive, if
// the plan activates or deactivates the user.
func (p *privilegeOrder) orderActivation() {
	for _, i := range p.subjects {
		d := &p.candidates[i]
		for _, r := range p.cascades[i] {
			p.changeInactive(i, true, r.table, r.object())
		}
		p.changeInactive(i, true, d.table, d.Have)
		p.changeInactive(i, false, d.table, d.Want)
	}
}

// changeInactive lets a change wait for the deactivation of the object's grantees, or their
// activation wait for the change, if they are active before (or, with active false, after).
func (p *privilegeOrder) changeInactive(change int, active bool, t *kindState, o *schema.Object) {
	t.grantees("", o, func(at objectRef) {
		who, ok := p.switching[at]
		if !ok {
			return
		}
		switch _, is := p.candidates[who].active(); {
		case is != active:
		case is:
			p.wait(who, change)
		case p.candidates[who].Action != schema.Delete:
			p.wait(change, who)
		}
	})
}

// propagate marks the objects that have rights through changed shared objects, before the plan or
// as planned, with these changes. An object that holds rights for a user who becomes active or
// inactive marks the user, too: it counts only before or only after. An object that a change
// deletes besides its own marks the object of the change.
func (p *privilegeOrder) propagate(planned bool) marks {
	through := newMarks(p.kinds, p.sets)
	for i := range p.shared {
		through.mark(p.candidates[i].table, p.candidates[i].Addr.Key, p.sets.one(i))
	}
	for _, t := range p.kinds {
		for n := range t.refs {
			through.markReferrers(t, &t.refs[n], func(visit func(string, *schema.Object)) { p.each(t, planned, visit) })
		}
	}
	for _, t := range p.kinds {
		shared := t.kind.GrantsTo != nil
		if t.grantee == nil || len(p.switching) == 0 && !shared {
			continue
		}
		p.each(t, planned, func(key string, o *schema.Object) {
			t.grantees(key, o, func(at objectRef) {
				if _, ok := p.switching[at]; ok || shared {
					through.mark(at.table, at.key, through.of(t)[key])
				}
			})
		})
	}
	for i, deleted := range p.cascades {
		for _, r := range deleted {
			through.mark(p.candidates[i].table, p.candidates[i].Addr.Key, through.of(r.table)[r.object().Addr.Key])
		}
	}
	return through
}
