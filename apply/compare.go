package apply

import "github.com/rolecall-dev/rolecall/provider/schema"

// differs returns the attributes of the mask in which x and y differ, of those
// that are compared at all. An attribute that one of them does not set counts as
// empty there, so that a product which leaves empty things out does not differ.
//
// References need no care for objects that the plan renames: a plan speaks of them
// by their new key throughout, and what refers to one waits for its rename.
func differs(k *schema.Kind, mask schema.Mask, same func(*schema.Attribute, any, any) bool, x, y any) schema.Mask {
	var out schema.Mask
	for i := range k.Attributes {
		if a := &k.Attributes[i]; mask.Has(i) && a.Comparable() && !same(a, x, y) {
			out = out.With(i)
		}
	}
	return out
}

// changedSincePlan returns what of the live object is not as the plan was computed from it. Of
// an object that cannot be read, what was not known then and is now was written since.
func changedSincePlan(have, now *schema.Object) schema.Mask {
	mask := have.Set
	if have.LastWritten {
		mask |= now.Set
	}
	return differs(have.Kind, mask, (*schema.Attribute).Equal, have.Body, now.Body)
}

// unmet returns what of the object is not as wanted. What the product does not
// tell and could not change either is not held against it, and what it adds to a
// Partial map is its own business.
func unmet(want, now *schema.Object) schema.Mask {
	return differs(want.Kind, tellable(want, now), (*schema.Attribute).Satisfies, want.Body, now.Body)
}

// unmetSince is unmet for a change from have, which is nil for a create: of a
// ServerManaged map only the entries that the change is about count.
func unmetSince(have, want, now *schema.Object) schema.Mask {
	if have == nil {
		return unmet(want, now)
	}
	same := func(a *schema.Attribute, want, now any) bool { return a.Applied(have.Body, want, now) }
	return differs(want.Kind, tellable(want, now), same, want.Body, now.Body)
}

func tellable(want, now *schema.Object) schema.Mask {
	return want.Set &^ (want.Kind.Having(schema.Immutable) &^ now.Set)
}

// attributes lists the names of the attributes in the mask.
func attributes(k *schema.Kind, m schema.Mask) []string {
	var out []string
	for i := range k.Attributes {
		if m.Has(i) {
			out = append(out, k.Attributes[i].Name)
		}
	}
	return out
}
