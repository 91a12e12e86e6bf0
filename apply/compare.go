package apply

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// renames maps kind and old key to the new key, for the objects that a plan
// renames. While the plan is executed, what reads back refers to them by either
// name: the one the change was planned from, or the one they have by now.
type renames map[[2]string]string

func renamesOf(changes []plan.Change) renames {
	m := renames{}
	for i := range changes {
		if c := &changes[i]; c.Action == schema.Rename {
			m[[2]string{c.Addr.Kind, c.From}] = c.Addr.Key
		}
	}
	return m
}

// differs returns the attributes of the mask in which x and y differ, of those
// that are compared at all. An attribute that one of them does not set counts as
// empty there, so that a product which leaves empty things out does not differ.
func (m renames) differs(k *schema.Kind, mask schema.Mask, x, y any) schema.Mask {
	var out schema.Mask
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if mask.Has(i) && a.Comparable() && !a.Equal(x, y) && !m.equal(k, a, x, y) {
			out = out.With(i)
		}
	}
	return out
}

// equal compares references that may speak of a renamed object by its old key.
func (m renames) equal(k *schema.Kind, a *schema.Attribute, x, y any) bool {
	if len(m) == 0 || len(a.Kinds) == 0 {
		return false
	}
	newX, newY := m.follow(k, a, x), m.follow(k, a, y)
	return a.Equal(newX, y) || a.Equal(x, newY) || a.Equal(newX, newY)
}

// follow returns a body with the attribute alone, its references brought to the
// new keys.
func (m renames) follow(k *schema.Kind, a *schema.Attribute, body any) any {
	out := k.New()
	a.Copy(out, body)
	a.Replace(out, func(key string) string {
		for _, kind := range a.Kinds {
			if to, ok := m[[2]string{kind, key}]; ok {
				return to
			}
		}
		return key
	})
	return out
}
