package build

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// active reports whether what other objects hold for the object counts, before the change
// and after it. It does for an object that does not exist yet, unless it is created
// inactive.
func (d *candidate) active() (was, is bool) {
	return d.Have == nil || !inactive(d.Have), d.Want != nil && !inactive(d.Want)
}

// orderActivation keeps what is held for a user who becomes active or inactive from
// counting in a form that it has neither before nor after: it changes while the user is
// inactive.
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

// changeInactive orders a change around those that make the grantees of the object active
// or, the other way, inactive.
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

// propagate finds for every object the changes of shared objects that its rights come
// through before the plan, or as planned. What is held for a user is the user's own where
// it counts only before or after, and what a change deletes besides its object is that
// object's, since they come and go together.
func (p *privilegeOrder) propagate(planned bool) map[*kindState]map[string]int {
	through := map[*kindState]map[string]int{}
	mark := func(t *kindState, key string, set int) {
		if through[t] == nil {
			through[t] = map[string]int{}
		}
		if set != 0 {
			through[t][key] = p.sets.join(through[t][key], set)
		}
	}
	for i := range p.shared {
		mark(p.candidates[i].table, p.candidates[i].Addr.Key, p.sets.one(i))
	}
	for _, t := range p.kinds {
		for n := range t.refs {
			r := &t.refs[n]
			if !slices.ContainsFunc(r.to, func(to *kindState) bool { return len(through[to]) > 0 }) {
				continue
			}
			var sets []int
			collect := func(key string) {
				if to := r.target(key); to != nil {
					sets = append(sets, through[to][key])
				}
			}
			p.each(t, planned, func(key string, o *schema.Object) {
				sets = sets[:0]
				r.attr.Each(o.Body, collect)
				mark(t, key, p.sets.joinAll(sets))
			})
		}
	}
	for _, t := range p.kinds {
		if len(p.switching) == 0 || t.grantee == nil {
			continue
		}
		p.each(t, planned, func(key string, o *schema.Object) {
			t.grantees(key, o, func(at objectRef) {
				if _, ok := p.switching[at]; ok {
					mark(at.table, at.key, through[t][key])
				}
			})
		})
	}
	for i, deleted := range p.cascades {
		for _, r := range deleted {
			mark(p.candidates[i].table, p.candidates[i].Addr.Key, through[r.table][r.object().Addr.Key])
		}
	}
	return through
}
