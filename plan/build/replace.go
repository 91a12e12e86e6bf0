package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// replaces reports whether an object that the reference may name is replaced.
func (r *reference) replaces() bool {
	return slices.ContainsFunc(r.to, func(t *kindState) bool { return len(t.replaced) > 0 })
}

// replacement returns the key of the object that replaces the named one.
func (r *reference) replacement(key string) string {
	for _, t := range r.to {
		if next, ok := t.replaced[key]; ok {
			return next
		}
	}
	return key
}

// refsToReplaced returns the references of a live object that name a replaced object, except in
// attributes of set, which a file sets. They change even if no file declares the live object. A
// reference in a key does not change, because another key is another object.
func (t *kindState) refsToReplaced(l *schema.Object, set schema.Mask) schema.Mask {
	var stale schema.Mask
	for i := range t.refs {
		if r := &t.refs[i]; !set.Has(r.at) && r.replaces() && !r.attr.Is(schema.Key) && refersToReplaced(r, l) {
			stale = stale.With(r.at)
		}
	}
	return stale
}

func refersToReplaced(r *reference, l *schema.Object) bool {
	hit := false
	r.attr.Each(l.Body, func(key string) { hit = hit || r.replacement(key) != key })
	return hit
}

// rewriteReferences changes the references of o to replaced objects, except in attributes of set.
func rewriteReferences(t *kindState, o *schema.Object, set schema.Mask) {
	for i := range t.refs {
		if r := &t.refs[i]; !set.Has(r.at) && r.replaces() && !r.attr.Is(schema.Key) {
			r.attr.Replace(o.Body, r.replacement)
		}
	}
}

// referenceReason says why references change that no file sets, or "".
func referenceReason(t *kindState, set schema.Mask, l *schema.Object, changed schema.Mask) string {
	reason := ""
	for i := range t.refs {
		r := &t.refs[i]
		if set.Has(r.at) || !changed.Has(r.at) {
			continue
		}
		r.attr.Each(l.Body, func(key string) {
			if next := r.replacement(key); next != key && reason == "" {
				reason = fmt.Sprintf("%s %q replaces %q", noun(r.target(key).kind), next, key)
			}
		})
	}
	return reason
}
