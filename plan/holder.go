package plan

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Rights that objects hold for a user.
//
// A membership's rights belong to its member: Kind.Holder names the reference to that
// user. Everything about users is then reported for the member, from their own rights
// and all rights that are held for them together, because a right that comes from one
// membership instead of another is neither gained nor lost.

// holds finds the reference to the users whom the rights of the kind's objects belong
// to, and records the kind in the kinds that it may name.
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

// subject reports whether rights are reported for the objects of the kind.
func (t *table) subject() bool { return t.holder == nil && t.kind.Grants != nil || len(t.held) > 0 }

// whose calls f with the place of the object that the rights of an object belong to:
// itself, or the one that its holder names, which need not exist yet.
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

// named is target, but returns for a Loose reference without a target the first kind
// that the text may be a key of.
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

// forsaken warns of declared objects that hold rights for a user whom the plan removes:
// the product deletes them too, or creates the user again because of them.
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

// orphaned reports whether the object is held for a user whom the plan deletes.
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
