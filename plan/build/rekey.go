package build

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// rekeyReferences lets live references follow renamed objects, so that a rename makes no
// other difference: the product refers by id, and only our keys change. Where a
// key contains a renamed key it changes too, and what refers to that follows.
func rekeyReferences(t *kindState) {
	for i := range t.refs {
		r := &t.refs[i]
		if !r.renames() {
			continue
		}
		for j, o := range t.live {
			if c := r.rewritten(o, r.rekeyed); c != nil {
				t.live[j], t.rekeyedAny = c, true
			}
		}
	}
	for j, o := range t.live {
		if old := t.source[j].Addr.Key; old != o.Addr.Key {
			t.renamed[old] = o.Addr.Key
		}
	}
}

// rewritten returns a copy of the object with other texts in the reference, and the key that
// follows from them, or nil where no text changes.
func (r *reference) rewritten(o *schema.Object, next func(string) string) *schema.Object {
	hit := false
	if r.attr.Each(o.Body, func(key string) { hit = hit || next(key) != key }); !hit {
		return nil
	}
	c := o.Clone()
	r.attr.Replace(c.Body, next)
	if r.attr.Is(schema.Key) {
		c.Rekey()
	}
	return &c
}

// renames reports whether an object that the reference may name gets a new key.
func (r *reference) renames() bool {
	return slices.ContainsFunc(r.to, func(t *kindState) bool { return len(t.renamed) > 0 })
}

// rekeyed returns the key that an object will have.
func (r *reference) rekeyed(key string) string {
	for _, t := range r.to {
		if next, ok := t.renamed[key]; ok {
			return next
		}
	}
	return key
}

// resolveAliases writes the keys of live objects in the place of their second names,
// in the references of desired objects and in their own keys.
func resolveAliases(t *kindState) {
	for i := range t.refs {
		r := &t.refs[i]
		if !hasAliases(r) {
			continue
		}
		for n, w := range t.want {
			if c := r.rewritten(w, func(key string) string { return resolveAlias(r, key) }); c != nil {
				t.want[n] = c
			}
		}
	}
	if len(t.byAlias) == 0 {
		return
	}
	for n, w := range t.want {
		j, ok := t.byAlias[w.Addr.Key]
		if _, exact := t.byKey[w.Addr.Key]; !ok || exact {
			continue
		}
		c := w.Clone()
		copyKey(t, c.Body, t.live[j].Body)
		c.Addr.Key = t.live[j].Addr.Key
		t.want[n] = &c
	}
}

// copyKey copies the attributes that make the key.
func copyKey(t *kindState, dst, src any) {
	for i := range t.kind.Attributes {
		if t.keys.Has(i) {
			t.kind.Attributes[i].Copy(dst, src)
		}
	}
}

// hasAliases reports whether an object that the reference may name has a second name.
func hasAliases(r *reference) bool {
	return slices.ContainsFunc(r.to, func(t *kindState) bool { return len(t.byAlias) > 0 })
}

// resolveAlias returns the key of the object that a text names by its second name, and
// the text itself where it is a key already or nothing known.
func resolveAlias(r *reference, text string) string {
	for _, t := range r.to {
		if j, ok := t.byAlias[text]; ok && r.target(text) == nil {
			return t.live[j].Addr.Key
		}
	}
	return text
}
