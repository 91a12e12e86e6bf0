package undo

import "github.com/rolecall-dev/rolecall/provider/schema"

// renames are the keys that the run changed. References in a journal, and keys that contain the key of
// another object, have the keys after the run.
type renames struct {
	product *schema.Product
	before  map[schema.Address]string // keys by address after the run, without the provider
}

// renamed returns the renames of the run.
func (u *Undo) renamed() renames {
	r := renames{u.product, map[schema.Address]string{}}
	for _, s := range u.steps {
		if s.why == "" && s.before != nil && s.before.Addr.Key != s.addr.Key {
			r.before[schema.Address{Kind: s.addr.Kind, Key: s.addr.Key}] = s.before.Addr.Key
		}
	}
	return r
}

// key returns the key before the run.
func (r renames) key(k *schema.Kind, key string) string {
	if before, ok := r.before[schema.Address{Kind: k.Name, Key: key}]; ok {
		key = before
	}
	return r.parts(k, key)
}

// parts returns a key with the keys of other objects in it as before the run.
func (r renames) parts(k *schema.Kind, key string) string {
	keys := k.Keys()
	parts, ok := schema.SplitKey(key, len(keys))
	if !ok {
		return key
	}
	for i, a := range keys {
		parts[i] = r.reference(a, parts[i])
	}
	return schema.JoinKey(parts...)
}

// reference returns what a text of an attribute refers to as before the run.
func (r renames) reference(a *schema.Attribute, key string) string {
	for _, name := range a.Kinds {
		k := r.product.Kind(name)
		if k == nil {
			continue
		}
		if before := r.key(k, key); before != key {
			return before
		}
	}
	return key
}

// object returns a copy of the object with the names of before the run.
func (r renames) object(o *schema.Object) *schema.Object {
	c := o.Clone()
	for i := range c.Kind.Attributes {
		if a := &c.Kind.Attributes[i]; len(a.Kinds) > 0 && a.Comparable() {
			a.Replace(c.Body, func(key string) string { return r.reference(a, key) })
		}
	}
	c.Rekey()
	return &c
}
