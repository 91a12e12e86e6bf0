package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// hold checks that every reference leads somewhere after the plan: what changes
// refers to objects that exist, and nothing is deleted that is still referred to.
func (b *builder) hold() {
	gone := b.gone()
	b.askHolders(gone)
	unknown := b.unknown()
	if b.unfinished() {
		return
	}
	for _, u := range unknown {
		b.find(b.unknownReference(u))
	}
	b.forsaken()
	b.refuseWithin()
	for level := len(b.tables) - 1; level >= 0; level-- { // what stays may hold what is further down
		if t := b.tables[level]; len(gone[t]) > 0 {
			b.refuseHeld(t, gone[t])
		}
	}
}

// gone lists the deletes of every kind by key, also for what goes with another
// object. What is only deactivated still exists and can be referred to.
func (b *builder) gone() map[*table]map[string]*draft {
	gone := map[*table]map[string]*draft{}
	note := func(t *table, key string, d *draft) {
		if gone[t] == nil {
			gone[t] = map[string]*draft{}
		}
		gone[t][key] = d
	}
	for i := range b.drafts {
		if d := &b.drafts[i]; d.Action == schema.Delete {
			note(d.table, d.Addr.Key, d)
		}
	}
	for _, r := range b.riders() {
		note(r.table, r.object().Addr.Key, gone[r.with.table][r.with.key])
	}
	return gone
}

// askHolders asks for every kind that may refer to something that goes, and for
// the thin objects of these kinds whose references are not known.
func (b *builder) askHolders(gone map[*table]map[string]*draft) {
	for _, holder := range b.tables {
		for i := range holder.refs {
			r := &holder.refs[i]
			if r.loose || !slices.ContainsFunc(r.to, func(t *table) bool { return len(gone[t]) > 0 }) {
				continue
			}
			b.want(holder)
			for j, l := range holder.live {
				if l.Thin && !l.Set.Has(r.at) {
					b.complete(holder, j)
				}
			}
		}
	}
}

// A broken reference leads nowhere. The first object that has it stands for all.
type broken struct {
	ref    *reference
	key    string
	holder *schema.Object
	attr   string
	also   []schema.Address // other holders
}

// unknown finds references of declared objects that name nothing, where they are
// new: what was there before the plan is not its business. References to kinds
// that were not listed ask for them. A Loose one may name what does not exist, but
// not what this very plan calls something else.
func (b *builder) unknown() []*broken {
	found := map[string]*broken{}
	note := func(t *table, o *schema.Object, mask schema.Mask) {
		for i := range t.refs {
			r := &t.refs[i]
			if !mask.Has(r.at) {
				continue
			}
			r.attr.Each(o.Body, func(key string) {
				if key == "" || r.target(key) != nil || (r.loose || r.blind) && r.follow(key) == key || b.askTargets(r) {
					return
				}
				id := strings.Join(r.attr.Kinds, " ") + "\x00" + key
				switch u := found[id]; {
				case u == nil:
					found[id] = &broken{ref: r, key: key, holder: o, attr: r.attr.Name}
				case comesFirst(o, u.holder):
					u.also = append(u.also, u.holder.Addr)
					u.ref, u.holder, u.attr = r, o, r.attr.Name
				default:
					u.also = append(u.also, o.Addr)
				}
			})
		}
	}
	for _, t := range b.tables {
		for _, w := range t.want {
			if t.kind.Virtual {
				note(t, w, w.Set)
			}
		}
	}
	for i := range b.drafts {
		if d := &b.drafts[i]; d.Want != nil && d.Action != schema.Refuse {
			note(d.table, d.Want, d.Changed)
		}
	}
	out := make([]*broken, 0, len(found))
	for _, u := range found {
		out = append(out, u)
	}
	slices.SortFunc(out, func(x, y *broken) int {
		return cmp.Or(cmp.Compare(x.key, y.key), x.holder.Addr.Compare(y.holder.Addr))
	})
	return out
}

// comesFirst picks the object to which a mistake is best pinned: the virtual one
// that others are written from, or else the one that comes first in the files.
func comesFirst(a, b *schema.Object) bool {
	if a.Kind.Virtual != b.Kind.Virtual {
		return a.Kind.Virtual
	}
	return cmp.Or(comparePos(a.Pos, b.Pos), a.Addr.Compare(b.Addr)) < 0
}

// askTargets asks for the kinds of a reference, and reports whether any had to be.
func (b *builder) askTargets(r *reference) bool {
	asked := false
	for _, t := range r.to {
		if !t.listed && !t.kind.Virtual {
			b.want(t)
			asked = true
		}
	}
	return asked
}

func (b *builder) unknownReference(u *broken) schema.Finding {
	var kinds []string
	for _, t := range u.ref.to {
		kinds = append(kinds, noun(t.kind))
	}
	words := strings.Join(kinds, " or ")
	detail := fmt.Sprintf("%s refers to %s %q, which no file declares and %s does not have.", u.holder.Addr, words, u.key, b.product.Title)
	if next := u.ref.follow(u.key); next != u.key {
		detail += fmt.Sprintf(" This plan renames it to %q: refer to that.", next)
	} else {
		detail += b.meant(u.key, u.ref.to...) + " Correct the key, or declare the object."
	}
	switch {
	case len(u.also) == 1:
		detail += " One more object makes the same reference."
	case len(u.also) > 1:
		detail += fmt.Sprintf(" %d more objects make the same reference.", len(u.also))
	}
	f := u.holder.Problem("plan/unknown-reference", u.attr,
		title("Reference to an unknown "+words, "Reference to something unknown"), detail).About(u.key)
	f.Also = u.also
	return f
}
