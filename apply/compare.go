package apply

import "github.com/rolecall-dev/rolecall/provider/schema"

// differs returns the compared attributes of the mask in which x and y differ. An attribute that
// is not set counts as empty, because products leave out empty values.
//
// References to renamed objects need no special case: a plan has their new keys everywhere, and
// changes of objects that refer to one depend on its rename.
func differs(k *schema.Kind, mask schema.Mask, same func(*schema.Attribute, any, any) bool, x, y any) schema.Mask {
	var out schema.Mask
	for i := range k.Attributes {
		if a := &k.Attributes[i]; mask.Has(i) && a.Comparable() && !same(a, x, y) {
			out = out.With(i)
		}
	}
	return out
}

// changedSincePlan returns the attributes of the live object that changed since the plan was
// computed. For an object that cannot be read, an attribute that was not known then and is known
// now was written since.
func changedSincePlan(have, now *schema.Object) schema.Mask {
	mask := have.Set
	if have.LastWritten {
		mask |= now.Set
	}
	return differs(have.Kind, mask, (*schema.Attribute).Equal, have.Body, now.Body)
}

// unmet returns the attributes of the object that are not as wanted. An immutable attribute that
// the product does not return is not compared, nor are entries that it adds to a MergeEntries map.
func unmet(want, now *schema.Object) schema.Mask {
	return differs(want.Kind, tellable(want, now), (*schema.Attribute).Satisfies, want.Body, now.Body)
}

// unmetSince is unmet for a change from have, which is nil for a create: in a ServerManaged map
// only the entries that the change sets are compared.
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
