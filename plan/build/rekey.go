package build

import "github.com/rolecall-dev/rolecall/provider/schema"

// rekeyReferences lets live references follow renamed objects, so that a rename makes no
// other difference: the product refers by id, and only our keys change. Where a
// key contains a renamed key it changes too, and what refers to that follows.
func (t *kindState) rekeyReferences() {
	for i := range t.refs {
		r := &t.refs[i]
		if !r.renames() {
			continue
		}
		hit := false
		seek := func(key string) { hit = hit || r.rekeyed(key) != key }
		for j, o := range t.live {
			hit = false
			if r.attr.Each(o.Body, seek); !hit {
				continue
			}
			c := o.Clone()
			r.attr.Replace(c.Body, r.rekeyed)
			if r.attr.Is(schema.Key) {
				c.Rekey()
			}
			t.live[j], t.rekeyedAny = &c, true
		}
	}
	for j, o := range t.live {
		if old := t.source[j].Addr.Key; old != o.Addr.Key {
			t.renamed[old] = o.Addr.Key
		}
	}
}

// renames reports whether an object that the reference may name gets a new key.
func (r *reference) renames() bool {
	for _, t := range r.to {
		if len(t.renamed) > 0 {
			return true
		}
	}
	return false
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
func (t *kindState) resolveAliases() {
	for i := range t.refs {
		r := &t.refs[i]
		if !r.aliases() {
			continue
		}
		hit := false
		seek := func(key string) { hit = hit || r.resolveAlias(key) != key }
		for n, w := range t.want {
			hit = false
			if r.attr.Each(w.Body, seek); !hit {
				continue
			}
			c := w.Clone()
			r.attr.Replace(c.Body, r.resolveAlias)
			if r.attr.Is(schema.Key) {
				c.Rekey()
			}
			t.want[n] = &c
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
		t.copyKey(c.Body, t.live[j].Body)
		c.Addr.Key = t.live[j].Addr.Key
		t.want[n] = &c
	}
}

// copyKey copies the attributes that make the key.
func (t *kindState) copyKey(dst, src any) {
	for i := range t.kind.Attributes {
		if t.keys.Has(i) {
			t.kind.Attributes[i].Copy(dst, src)
		}
	}
}

// aliases reports whether an object that the reference may name has a second name.
func (r *reference) aliases() bool {
	for _, t := range r.to {
		if len(t.byAlias) > 0 {
			return true
		}
	}
	return false
}

// resolveAlias returns the key of the object that a text names by its second name, and
// the text itself where it is a key already or nothing known.
func (r *reference) resolveAlias(text string) string {
	for _, t := range r.to {
		if j, ok := t.byAlias[text]; ok && r.target(text) == nil {
			return t.live[j].Addr.Key
		}
	}
	return text
}
