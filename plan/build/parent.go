package build

import "github.com/rolecall-dev/rolecall/provider/schema"

// Objects within others, such as the memberships of a team (schema.Kind.Parent). An
// authoritative kind covers those within the parents that a file mentions: it declares
// the parent, or something within it. A file that says nothing about a team does not
// mean to empty it. With Manage.AllParents the kind covers the whole tenant.

// mention finds the reference that names parents, and notes within which of them
// something is declared. Desired objects must have their final keys.
func (t *kindState) mention() {
	parent := t.kind.Parent()
	for i := range t.refs {
		if t.refs[i].attr == parent && len(t.refs[i].to) > 0 {
			t.parent = &t.refs[i]
		}
	}
	if t.parent == nil {
		return
	}
	t.mentioned = map[string]bool{}
	note := func(key string) { t.mentioned[key] = true }
	for _, w := range t.want {
		t.parent.attr.Each(w.Body, note)
	}
}

// parentMentioned reports whether a file mentions the parent of the live object. A
// parent that the plan deletes counts, because what is within it cannot stay. Without
// a parent there is nothing to mention.
func (t *kindState) parentMentioned(o *schema.Object) bool {
	if t.parent == nil {
		return true
	}
	mentioned := false
	t.parent.attr.Each(o.Body, func(key string) {
		mentioned = t.mentioned[key]
		for _, to := range t.parent.to {
			mentioned = mentioned || to.declares(key) || to.replaced[key] != "" || to.dropped[key]
		}
	})
	return mentioned
}

// covers reports whether the live object goes where its kind is authoritative and no
// file declares it.
func (t *kindState) covers(o *schema.Object) bool {
	return t.manage.AllParents || t.parentMentioned(o)
}

// uncoveredNote says why objects of the kind are left alone although it is authoritative.
func (t *kindState) uncoveredNote() string {
	return "in " + many(t.parent.to[0].kind) + ` that no file mentions; scope = "all" covers them`
}

// declaredInShort reports whether a declared parent lists objects of the kind in its
// block, if only that there are none: members = {}.
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
