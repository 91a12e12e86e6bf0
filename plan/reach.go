package plan

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// reach finds the objects that the changes reach: their own, those that refer to
// them, those that refer to these and so on, and the subjects to which a reached
// object refers (a membership names its member). Every reached object knows the
// causes. One pass over the objects of a kind is enough, because a kind refers
// only to kinds before it.
func (b *builder) reach() *causes {
	c := newCauses()
	touched := map[*table]bool{} // kinds whose holders may gain or lose
	for i := range b.drafts {
		d := &b.drafts[i]
		if !d.Action.Writes() || !d.carries() {
			continue
		}
		d.table.mark(d.Addr.Key, c.one(i), c)
		touched[d.table] = touched[d.table] || d.Have != nil
	}
	for _, t := range b.tables {
		for i := range t.refs {
			b.spread(t, &t.refs[i], c)
		}
		b.askReached(t, touched, c)
		for i := range t.refs {
			b.forward(t, &t.refs[i], c)
		}
	}
	return c
}

// carries reports whether the change can make a difference to anyone's rights. A
// new key alone does not, unless it is that of a person, and where the kind says which attributes carry rights
// (Guarded), the others do not either, but for references.
func (d *draft) carries() bool {
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

func (t *table) mark(key string, set int, c *causes) {
	if t.reached == nil {
		t.reached = map[string]int{}
	}
	t.reached[key] = c.join(t.reached[key], set)
}

// spread marks the objects of a kind that refer to reached ones, before the plan
// or after it.
func (b *builder) spread(t *table, r *reference, c *causes) {
	near := false
	for _, to := range r.to {
		near = near || len(to.reached) > 0
	}
	if !near {
		return
	}
	var sets []int
	collect := func(key string) {
		for _, to := range r.to {
			if s := to.reached[key]; s != 0 && r.target(key) == to {
				sets = append(sets, s)
			}
		}
	}
	visit := func(key string, o *schema.Object) {
		sets = sets[:0]
		if r.attr.Each(o.Body, collect); len(sets) > 0 {
			t.mark(key, c.joinAll(sets), c)
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
	for key, o := range t.fresh {
		visit(key, o)
	}
}

// forward marks the subjects to which the reached objects of a kind refer.
func (b *builder) forward(t *table, r *reference, c *causes) {
	holder, subject := r == t.holder, false
	for _, to := range r.to {
		if (to.kind.Subject || holder) && len(t.reached) > 0 {
			if !r.loose {
				b.want(to)
			}
			for _, other := range to.held {
				b.want(other) // what one takes away another may still give
			}
			subject = true
		}
	}
	if !subject {
		return
	}
	sets := map[place][]int{}
	for key, set := range t.reached {
		for _, planned := range [...]bool{false, true} {
			v := view{builder: b, planned: planned}
			if o, ok := v.object(t, key); ok {
				r.attr.Each(o.Body, func(k string) {
					if to := r.named(k); to != nil && (to.kind.Subject || holder) {
						sets[place{to, k}] = append(sets[place{to, k}], set)
					}
				})
			}
		}
	}
	for at, s := range sets {
		at.table.mark(at.key, c.joinAll(s), c)
	}
}

// askReached asks for the kinds through which a change of what exists reaches
// subjects. The objects of such a kind are not only counted where it is declared:
// whoever holds a role gains or loses with it. Objects that do not tell whether they
// refer to something reached are read; where they are too many, all of them count as
// reached.
func (b *builder) askReached(t *table, touched map[*table]bool, c *causes) {
	for i := range t.refs {
		for _, to := range t.refs[i].to {
			if !touched[to] || !b.grants(t) {
				continue
			}
			b.want(t)
			touched[t] = true
			thin := t.unseen(t.refs[i].at)
			if b.peruse(t, thin) {
				continue
			}
			set := c.joinAll(slices.Collect(maps.Values(to.reached)))
			for _, j := range thin {
				t.mark(t.live[j].Addr.Key, set, c)
			}
		}
	}
}

// grants reports whether objects of the kind hold rights, or those that refer to
// them do.
func (b *builder) grants(t *table) bool {
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
