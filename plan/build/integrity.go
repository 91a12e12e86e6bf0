package build

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An integrity checks the references of drafts.
type integrity struct {
	stage
	*drafts
}

// checkReferences checks that references have a target after the plan: changed objects refer to
// existing ones, and no object is deleted that others still refer to.
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
	for level := len(c.tables) - 1; level >= 0; level-- { // an object that stays may refer to objects of lower levels
		if t := c.tables[level]; len(gone[t]) > 0 {
			c.rejectReferencedDeletes(t, gone[t])
		}
	}
}

// deletions lists the deletes of every kind by key, contained objects included. A deactivated
// object still exists, so others can refer to it.
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

// requestReferrers requests every kind that may refer to a deleted object, and the incomplete
// objects of these kinds whose references are not known.
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

// A danglingRef is a reference without a target.
type danglingRef struct {
	ref    *reference
	key    string
	holder *schema.Object // the first object with the reference
	attr   string
	also   []schema.Address // other objects with it
}

// unknown finds references without a target that the plan makes. It requests the kinds of
// references that were not listed. The target of a WeakRef need not exist, but it must not have
// the key of an object before its rename.
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
		for i, w := range t.want {
			if t.kind.Virtual && t.inScope[i] {
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

// comesFirst reports whether a finding about both objects should be at a: virtual objects come
// first, then those that come first in the files.
func comesFirst(a, b *schema.Object) bool {
	if a.Kind.Virtual != b.Kind.Virtual {
		return a.Kind.Virtual
	}
	return cmp.Or(comparePos(a.Pos, b.Pos), a.Addr.Compare(b.Addr)) < 0
}

// requestTargets requests the kinds of a reference, and reports whether any was not listed.
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
		detail += s.suggestAny(u.key, u.ref.to...) + " Correct the key"
		if slices.ContainsFunc(u.ref.to, func(t *kindState) bool { return !t.kind.UpdateOnly }) {
			detail += ", or declare the object"
		}
		detail += "."
	}
	switch {
	case len(u.also) == 1:
		detail += " One more object makes the same reference."
	case len(u.also) > 1:
		detail += fmt.Sprintf(" %d more objects make the same reference.", len(u.also))
	}
	f := u.holder.Problem("plan/unknown-reference", u.attr,
		title("Reference to an unknown "+words, "Reference to an unknown object"), detail).About(u.key)
	f.Also = u.also
	return f
}
