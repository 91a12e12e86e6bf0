package build

import "github.com/rolecall-dev/rolecall/provider/schema"

// Objects in other objects, such as memberships in a team (schema.Kind.Parent). An authoritative
// kind covers the objects of parents that a file mentions: it declares the parent or an object in
// it. Files that do not mention a team must not empty it. With Manage.AllParents the kind covers
// the objects of all parents.

// parentMentioned reports whether a file mentions the parent of the live object. A parent that
// the plan deletes counts, because its objects are deleted with it. For a kind without parents it
// returns true.
func (d *drafts) parentMentioned(t *kindState, o *schema.Object) bool {
	if t.parent == nil {
		return true
	}
	mentioned := false
	t.parent.attr.Each(o.Body, func(key string) {
		mentioned = t.mentioned[key]
		for _, to := range t.parent.to {
			mentioned = mentioned || to.declares(key) || to.replaced[key] != "" || d.dropped[objectRef{to, key}]
		}
	})
	return mentioned
}

// covers reports whether an authoritative kind removes the live object if no file declares it.
func (d *drafts) covers(t *kindState, o *schema.Object) bool {
	return t.manage.AllParents || d.parentMentioned(t, o)
}

// uncoveredNote says why objects of the authoritative kind are left alone.
func uncoveredNote(t *kindState) string {
	return "in " + many(t.parent.to[0].kind) + ` that no file mentions; scope = "all" covers them`
}

// declaredInShort reports whether a declared parent lists objects of the kind in its block, also
// if the list is empty: members = {}.
func (t *kindState) declaredInShort() bool {
	for i := range t.refs {
		r := &t.refs[i]
		if !r.within {
			continue
		}
		for _, to := range r.to {
			inputs := to.kind.Having(schema.ConfigOnly)
			if to.kind.Expand == nil || inputs == 0 {
				continue
			}
			for _, w := range to.want {
				if w.Set&inputs != 0 {
					return true
				}
			}
		}
	}
	return false
}
