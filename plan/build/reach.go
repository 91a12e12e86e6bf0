package build

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// markImpacted finds the objects that the changes reach: their own, those that refer to
// them, those that refer to these and so on, and the subjects to which a reached
// object refers (a membership names its member). Every reached object knows the
// causes. One pass over the objects of a kind is enough, because a kind refers
// only to kinds before it.
func (b *builder) markImpacted() *changeSets {
	c := newChangeSets()
	touched := map[*kindState]bool{} // kinds whose holders may gain or lose
	for i := range b.candidates {
		d := &b.candidates[i]
		if !d.Action.Writes() || !d.affectsRights() {
			continue
		}
		d.table.markImpacted(d.Addr.Key, c.one(i), c)
		touched[d.table] = touched[d.table] || d.Have != nil
	}
	for _, t := range b.tables {
		for i := range t.refs {
			b.markReferring(t, &t.refs[i], c)
		}
		b.requestImpacted(t, touched, c)
		for i := range t.refs {
			b.markSubjects(t, &t.refs[i], c)
		}
	}
	return c
}

// affectsRights reports whether the change can make a difference to anyone's rights. A
// new key alone does not, unless it is that of a person, and where the kind says which attributes carry rights
// (Guarded), the others do not either, but for references.
func (d *candidate) affectsRights() bool {
	if d.Have == nil || d.Want == nil || d.HandsOver() {
		return true
	}
	relevant := d.table.guarded
	if relevant == 0 {
		relevant = ^d.table.keys
	}
	for i := range d.table.refs {
		relevant = relevant.With(d.table.refs[i].at)
	}
	return d.Changed&relevant != 0 || inactive(d.Have) != inactive(d.Want)
}

func (t *kindState) markImpacted(key string, set int, c *changeSets) {
	if t.impacted == nil {
		t.impacted = map[string]int{}
	}
	t.impacted[key] = c.join(t.impacted[key], set)
}

// markReferring marks the objects of a kind that refer to reached ones, before the plan
// or after it.
func (b *builder) markReferring(t *kindState, r *reference, c *changeSets) {
	near := false
	for _, to := range r.to {
		near = near || len(to.impacted) > 0
	}
	if !near {
		return
	}
	var sets []int
	collect := func(key string) {
		for _, to := range r.to {
			if s := to.impacted[key]; s != 0 && r.target(key) == to {
				sets = append(sets, s)
			}
		}
	}
	visit := func(key string, o *schema.Object) {
		sets = sets[:0]
		if r.attr.Each(o.Body, collect); len(sets) > 0 {
			t.markImpacted(key, c.joinAll(sets), c)
		}
	}
	for j, l := range t.live {
		d := t.changes[j]
		if d == nil {
			visit(l.Addr.Key, l)
			continue
		}
		visit(d.Addr.Key, l)
		if d.Want != nil {
			visit(d.Addr.Key, d.Want)
		}
	}
	for key, o := range t.created {
		visit(key, o)
	}
}

// markSubjects marks the subjects to which the reached objects of a kind refer.
func (b *builder) markSubjects(t *kindState, r *reference, c *changeSets) {
	holder, subject := r == t.grantee, false
	for _, to := range r.to {
		if (to.kind.Subject || holder) && len(t.impacted) > 0 {
			if !r.loose {
				b.requestList(to)
			}
			for _, other := range to.grantKinds {
				b.requestList(other) // what one takes away another may still give
			}
			subject = true
		}
	}
	if !subject {
		return
	}
	sets := map[objectRef][]int{}
	for key, set := range t.impacted {
		for _, planned := range [...]bool{false, true} {
			v := view{builder: b, planned: planned}
			if o, ok := v.object(t, key); ok {
				r.attr.Each(o.Body, func(k string) {
					if to := r.named(k); to != nil && (to.kind.Subject || holder) {
						sets[objectRef{to, k}] = append(sets[objectRef{to, k}], set)
					}
				})
			}
		}
	}
	for at, s := range sets {
		at.table.markImpacted(at.key, c.joinAll(s), c)
	}
}

// requestImpacted asks for the kinds through which a change of what exists reaches
// subjects. The objects of such a kind are not only counted where it is declared:
// whoever holds a role gains or loses with it. Objects that do not tell whether they
// refer to something reached are read; where they are too many, all of them count as
// reached.
func (b *builder) requestImpacted(t *kindState, touched map[*kindState]bool, c *changeSets) {
	for i := range t.refs {
		for _, to := range t.refs[i].to {
			if !touched[to] || !b.grants(t) {
				continue
			}
			b.requestList(t)
			touched[t] = true
			thin := t.thinWithout(t.refs[i].at)
			if b.requestForImpact(t, thin) {
				continue
			}
			set := c.joinAll(slices.Collect(maps.Values(to.impacted)))
			for _, j := range thin {
				t.markImpacted(t.live[j].Addr.Key, set, c)
			}
		}
	}
}

// grants reports whether objects of the kind hold rights, or those that refer to
// them do.
func (b *builder) grants(t *kindState) bool {
	if t.kind.Grants != nil {
		return true
	}
	for _, other := range b.tables[t.level+1:] {
		if other.refersTo(t) && b.grants(other) {
			return true
		}
	}
	return false
}
