package plan

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Rights that objects hold for somebody.
//
// A membership's rights are its member's: Kind.Holder names the reference that says
// whose. Everything that is about people is then told of the member, over all that
// is held for them and their own rights together, because a right that comes from
// one membership instead of another is neither gained nor lost.

// holds finds the reference that says whose the rights of the kind's objects are,
// and tells the kinds of those whom it may name.
func (t *table) holds() {
	if t.kind.Holder == "" || t.kind.Grants == nil {
		return
	}
	for i := range t.refs {
		if r := &t.refs[i]; r.attr.Name == t.kind.Holder {
			t.holder = r
			for _, to := range r.to {
				to.held = append(to.held, t)
			}
		}
	}
}

// subject reports whether rights are told of the objects of the kind.
func (t *table) subject() bool { return t.holder == nil && t.kind.Grants != nil || len(t.held) > 0 }

// whose calls f with the place of whoever the rights of an object are: itself, or
// whom its holder names. Nobody has to be known there: the product may only just
// make them.
func (t *table) whose(key string, o *schema.Object, f func(place)) {
	switch {
	case t.holder == nil:
		f(place{t, key})
	case o != nil:
		t.holder.attr.Each(o.Body, func(who string) {
			if to := t.holder.named(who); to != nil {
				f(place{to, who})
			}
		})
	}
}

// named is target, but for a Loose reference that leads nowhere yet it is the first
// kind that the text may be a key of.
func (r *reference) named(key string) *table {
	if to := r.target(key); to != nil || !r.loose || len(r.to) == 0 {
		return to
	}
	return r.to[0]
}

// countHolders counts those of the kind for whom live objects hold rights.
func (t *table) countHolders() int {
	found := map[string]bool{}
	for _, from := range t.held {
		for _, l := range from.live {
			from.whose("", l, func(p place) {
				if p.table == t {
					found[p.key] = true
				}
			})
		}
	}
	return len(found)
}

// gather lists for everybody of whom it is asked what is held for them. It is one
// pass over the objects that hold rights for others.
func (v *view) gather(asked func(place) bool) {
	v.held = map[place][]*schema.Object{}
	for _, t := range v.tables {
		if t.holder == nil {
			continue
		}
		t.each(v.planned, func(key string, o *schema.Object) {
			t.whose(key, o, func(p place) {
				if asked(p) {
					v.held[p] = append(v.held[p], o)
				}
			})
		})
	}
}

// sides returns the tenant before and after the plan, with what is held for those
// whom a change reaches.
func (b *builder) sides() (before, after *view) {
	if b.before == nil {
		reached := func(p place) bool { return p.table.reached[p.key] != 0 }
		b.before, b.after = &view{builder: b}, &view{builder: b, planned: true}
		b.before.gather(reached)
		b.after.gather(reached)
	}
	return b.before, b.after
}

// forsaken warns of declared objects that hold rights for somebody who is to go:
// the product drops them too, or makes whoever goes again for their sake.
func (b *builder) forsaken() {
	gone := map[place]*draft{}
	for i := range b.drafts {
		if d := &b.drafts[i]; len(d.table.held) > 0 && d.Action.Removes() {
			gone[place{d.table, d.Addr.Key}] = d
		}
	}
	if len(gone) == 0 {
		return
	}
	for _, t := range b.tables {
		if t.holder == nil {
			continue
		}
		left := map[*draft][]*schema.Object{}
		for i, w := range t.want {
			if t.partner[i] != skipped {
				t.whose(w.Addr.Key, w, func(p place) {
					if d := gone[p]; d != nil {
						left[d] = append(left[d], w)
					}
				})
			}
		}
		for d, objects := range left {
			b.find(forsakes(d, objects))
		}
	}
}

func forsakes(d *draft, left []*schema.Object) schema.Finding {
	slices.SortFunc(left, func(x, y *schema.Object) int { return x.Addr.Compare(y.Addr) })
	addresses := make([]schema.Address, len(left))
	for i, o := range left {
		addresses[i] = o.Addr
	}
	what := someAddresses(addresses, len(addresses))
	return left[0].Problem("plan/holder-goes", left[0].Kind.Holder, "Declared for a user whom this plan removes", fmt.Sprintf(
		"The files declare %s, and this plan %s %s, to whom they belong. Declare %s as well, or delete those blocks.",
		what, choose(d.Action == schema.Delete, "deletes", "deactivates"), d.Addr, d.Addr)).Warn()
}

// orphaned reports whether what is held goes with somebody whom the plan deletes.
func (t *table) orphaned(o *schema.Object) bool {
	if t.holder == nil {
		return false
	}
	orphaned := false
	t.whose("", o, func(p place) {
		if j, ok := p.table.at[p.key]; ok && p.table.changes[j] != nil {
			orphaned = orphaned || p.table.changes[j].Action == schema.Delete
		}
	})
	return orphaned
}

// bereaves reports whether the plan deletes anybody for whom the kind's objects
// hold rights.
func (t *table) bereaves() bool {
	if t.holder == nil {
		return false
	}
	for _, to := range t.holder.to {
		for _, d := range to.changes {
			if d.Action == schema.Delete {
				return true
			}
		}
	}
	return false
}
