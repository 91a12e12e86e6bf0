package plan

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// moves reports whether an object that the reference may name is replaced.
func (r *reference) moves() bool {
	for _, t := range r.to {
		if len(t.moved) > 0 {
			return true
		}
	}
	return false
}

// move returns the key of the object that takes the place of the named one.
func (r *reference) move(key string) string {
	for _, t := range r.to {
		if next, ok := t.moved[key]; ok {
			return next
		}
	}
	return key
}

// stale returns the references of a live object, outside of the attributes that a
// file sets, that name an object which is replaced by another. They move with it,
// whether a file declares the holder or not. A reference within a key does not:
// another key is another object.
func (t *table) stale(l *schema.Object, set schema.Mask) schema.Mask {
	var stale schema.Mask
	for i := range t.refs {
		if r := &t.refs[i]; !set.Has(r.at) && r.moves() && !r.attr.Is(schema.Key) && r.holdsMoved(l) {
			stale = stale.With(r.at)
		}
	}
	return stale
}

func (r *reference) holdsMoved(l *schema.Object) bool {
	hit := false
	r.attr.Each(l.Body, func(key string) { hit = hit || r.move(key) != key })
	return hit
}

// follows moves the references of o outside of the attributes that a file sets.
func (t *table) follows(o *schema.Object, set schema.Mask) {
	for i := range t.refs {
		if r := &t.refs[i]; !set.Has(r.at) && r.moves() && !r.attr.Is(schema.Key) {
			r.attr.Replace(o.Body, r.move)
		}
	}
}

// moving says why references change that no file speaks about, or "".
func (t *table) moving(set schema.Mask, l *schema.Object, changed schema.Mask) string {
	reason := ""
	for i := range t.refs {
		r := &t.refs[i]
		if set.Has(r.at) || !changed.Has(r.at) {
			continue
		}
		r.attr.Each(l.Body, func(key string) {
			if next := r.move(key); next != key && reason == "" {
				reason = fmt.Sprintf("%s %q takes the place of %q", noun(r.target(key).kind), next, key)
			}
		})
	}
	return reason
}
