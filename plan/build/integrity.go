package build

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An integrity check looks at the references of drafts.
type integrity struct {
	stage
	*drafts
}

// checkReferences checks that every reference leads somewhere after the plan: what changes
// refers to objects that exist, and nothing is deleted that is still referred to.
func checkReferences(s stage, d *drafts) {
	c := integrity{s, d}
	gone := c.deletions()
	c.requestReferrers(gone)
	unknown := c.unknown()
	if c.unfinished() {
		return
	}
	for _, u := range unknown {
		c.addFinding(unknownReference(c.stage, u))
	}
	c.warnOrphanedGrants()
	c.rejectDeclaredCascades()
	for level := len(c.tables) - 1; level >= 0; level-- { // what stays may hold what is further down
		if t := c.tables[level]; len(gone[t]) > 0 {
			c.rejectReferencedDeletes(t, gone[t])
		}
	}
}

// deletions lists the deletes of every kind by key, also for what goes with another
// object. What is only deactivated still exists and can be referred to.
func (c *integrity) deletions() map[*kindState]map[string]*candidate {
	gone := map[*kindState]map[string]*candidate{}
	note := func(t *kindState, key string, d *candidate) {
		if gone[t] == nil {
			gone[t] = map[string]*candidate{}
		}
		gone[t][key] = d
	}
	for i := range c.candidates {
		if d := &c.candidates[i]; d.Action == schema.Delete {
			note(d.table, d.Addr.Key, d)
		}
	}
	for _, r := range c.cascadeDeletes() {
		note(r.table, r.object().Addr.Key, gone[r.cascadedBy.table][r.cascadedBy.key])
	}
	return gone
}

// requestReferrers asks for every kind that may refer to something that goes, and for
// the thin objects of these kinds whose references are not known.
func (c *integrity) requestReferrers(gone map[*kindState]map[string]*candidate) {
	for _, holder := range c.tables {
		for i := range holder.refs {
			r := &holder.refs[i]
			if r.loose || !slices.ContainsFunc(r.to, func(t *kindState) bool { return len(gone[t]) > 0 }) {
				continue
			}
			c.requestList(holder)
			for j, l := range holder.live {
				if l.Incomplete && !l.Set.Has(r.at) {
					c.requestRead(holder, j)
				}
			}
		}
	}
}

// A danglingRef reference leads nowhere. The first object that has it stands for all.
type danglingRef struct {
	ref    *reference
	key    string
	holder *schema.Object
	attr   string
	also   []schema.Address // other holders
}

// unknown finds references of declared objects that name nothing, where they are
// new: what was there before the plan is not its business. References to kinds
// that were not listed ask for them. A WeakRef may name what does not exist, but
// not what this very plan calls something else.
func (c *integrity) unknown() []*danglingRef {
	found := map[string]*danglingRef{}
	note := func(t *kindState, o *schema.Object, mask schema.Mask) {
		for i := range t.refs {
			r := &t.refs[i]
			if !mask.Has(r.at) {
				continue
			}
			r.attr.Each(o.Body, func(key string) {
				if key == "" || r.target(key) != nil || (r.loose || r.unverifiable) && r.rekeyed(key) == key || requestTargets(c.stage, r) {
					return
				}
				id := strings.Join(r.attr.Kinds, " ") + "\x00" + key
				switch u := found[id]; {
				case u == nil:
					found[id] = &danglingRef{ref: r, key: key, holder: o, attr: r.attr.Name}
				case comesFirst(o, u.holder):
					u.also = append(u.also, u.holder.Addr)
					u.ref, u.holder, u.attr = r, o, r.attr.Name
				default:
					u.also = append(u.also, o.Addr)
				}
			})
		}
	}
	for _, t := range c.tables {
		for _, w := range t.want {
			if t.kind.Virtual {
				note(t, w, w.Set)
			}
		}
	}
	for i := range c.candidates {
		if d := &c.candidates[i]; d.Want != nil && d.Action != schema.Refuse {
			note(d.table, d.Want, d.Changed)
		}
	}
	out := make([]*danglingRef, 0, len(found))
	for _, u := range found {
		out = append(out, u)
	}
	slices.SortFunc(out, func(x, y *danglingRef) int {
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

// requestTargets asks for the kinds of a reference, and reports whether any had to be.
func requestTargets(s stage, r *reference) bool {
	asked := false
	for _, t := range r.to {
		if !t.listed && !t.kind.Virtual {
			s.requestList(t)
			asked = true
		}
	}
	return asked
}

func unknownReference(s stage, u *danglingRef) schema.Finding {
	var kinds []string
	for _, t := range u.ref.to {
		kinds = append(kinds, noun(t.kind))
	}
	words := strings.Join(kinds, " or ")
	detail := fmt.Sprintf("%s refers to %s %q, which no file declares and %s does not have.", u.holder.Addr, words, u.key, s.product.Title)
	if next := u.ref.rekeyed(u.key); next != u.key {
		detail += fmt.Sprintf(" This plan renames it to %q: refer to that.", next)
	} else {
		detail += s.suggestAny(u.key, u.ref.to...) + " Correct the key, or declare the object."
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
