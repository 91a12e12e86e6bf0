package build

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// rekeyReferences gives live references the new keys of renamed objects, so that a rename makes
// no other difference: the product refers to objects by id. A key that contains the key of a
// renamed object changes too, and so do references to it.
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

// rewritten returns a copy of the object in which next changes the keys in the reference, or nil
// if it changes none. The copy's own key follows.
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

// resolveAliases replaces aliases of live objects by their keys, in the references of desired
// objects and in their own keys.
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

// hasAliases reports whether an object that the reference may name has an alias.
func hasAliases(r *reference) bool {
	return slices.ContainsFunc(r.to, func(t *kindState) bool { return len(t.byAlias) > 0 })
}

// resolveAlias returns the key of the object with the alias, and the text itself if it is a key
// or unknown.
func resolveAlias(r *reference, text string) string {
	for _, t := range r.to {
		if j, ok := t.byAlias[text]; ok && r.target(text) == nil {
			return t.live[j].Addr.Key
		}
	}
	return text
}
