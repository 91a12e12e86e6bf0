package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Identity is the hash of everything that makes two changes the same one: the
// action, the address, the object before and the object after, and what the
// product deletes along with it. A plan is besides made in the same way, as far as
// the provider block says how. Ids, positions, reasons, the order of changes
// and the name of the provider block play no part.
type Identity [sha256.Size]byte

// digestPrefix begins every digest and names the hash.
const digestPrefix = "sha256:"

// Digest returns the name of what the plans do, such as "sha256:" and 64
// hexadecimal digits: two documents have the same digest exactly when they make
// the same changes in the same tenants. Plans that change nothing do not count.
func (d *Document) Digest() string {
	var plans []Identity
	for _, p := range d.Plans {
		changes := Joined(p.Changes)
		if len(changes) == 0 {
			continue
		}
		var c canonical
		all := make([]Identity, len(changes))
		for i := range changes {
			all[i] = c.change(&changes[i])
		}
		c.reset("plan")
		c.text(p.Product)
		c.text(p.Tenant)
		c.identities(all)
		c.settings(p.Settings)
		plans = append(plans, c.sum())
	}
	var c canonical
	c.reset("document")
	c.identities(plans)
	sum := c.sum()
	return digestPrefix + hex.EncodeToString(sum[:])
}

// ParseDigest returns the digest in the form in which Digest gives it.
func ParseDigest(s string) (string, error) {
	digits, ok := bytes.CutPrefix(bytes.ToLower(bytes.TrimSpace([]byte(s))), []byte(digestPrefix))
	var sum Identity
	if n, err := hex.Decode(sum[:], digits[:min(len(digits), 2*len(sum))]); !ok || err != nil || n != len(sum) || len(digits) != 2*len(sum) {
		return "", fmt.Errorf("%q is not a digest, which is %s and %d hexadecimal digits", s, digestPrefix, 2*len(sum))
	}
	return digestPrefix + string(digits), nil
}

// SteeringSettings returns the settings of the provider block on which it depends what apply
// writes; nil where none is set.
func SteeringSettings(settings *schema.Object) *schema.Object {
	if settings.Kind == nil {
		return nil
	}
	o, unset := *settings, settings.Kind.New()
	o.Set = 0
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if settings.Set.Has(i) && a.Is(schema.Steering) && !a.IsDefault(o.Body) && !a.Equal(o.Body, unset) {
			o.Set = o.Set.With(i)
		}
	}
	if o.Set == 0 {
		return nil
	}
	return &o
}

// SameSettings reports whether apply is steered in the same way.
func SameSettings(a, b *schema.Object) bool {
	var c, d canonical
	c.settings(a)
	d.settings(b)
	return bytes.Equal(c.bytes, d.bytes)
}

// Joined returns the changes that write, with the two steps of one object joined
// into the change that they make together.
func Joined(changes []Change) []Change {
	out := make([]Change, 0, len(changes))
	first := map[schema.Address]int{}
	for i := range changes {
		c := &changes[i]
		if !c.Action.Writes() {
			continue
		}
		if at, ok := first[c.Addr]; ok && secondStep(&out[at], c) {
			out[at].Want = c.Want
			out[at].Changed |= c.Changed
			continue
		}
		first[c.Addr] = len(out)
		out = append(out, *c)
	}
	return out
}

// secondStep reports whether the change goes on where the other one ended.
func secondStep(a, b *Change) bool {
	if a.Action != schema.Update && a.Action != schema.Rename || b.Action != schema.Update {
		return false
	}
	var c canonical
	c.reset("object")
	c.object(a.Want, compared(a.Want.Kind))
	middle := c.sum()
	c.reset("object")
	c.object(b.Have, compared(b.Have.Kind))
	return middle == c.sum()
}

// compared is the mask of the attributes that are compared.
func compared(k *schema.Kind) schema.Mask {
	return ^(k.Having(schema.WriteOnce) | k.Having(schema.ConfigOnly) | k.Having(schema.ReadOnly))
}

// Identity returns what is the same for two changes that do the same.
func (c *Change) Identity() Identity {
	var h canonical
	return h.change(c)
}

// EqualAttributes is the mask of the attributes that both objects set to the same
// value, letter by letter.
func EqualAttributes(a, b *schema.Object) schema.Mask {
	var equal schema.Mask
	var x, y canonical
	for i := range a.Kind.Attributes {
		if !a.Set.Has(i) || !b.Set.Has(i) {
			continue
		}
		at := &a.Kind.Attributes[i]
		x.bytes, y.bytes = x.bytes[:0], y.bytes[:0]
		x.value(at.Any(a.Body))
		y.value(at.Any(b.Body))
		if bytes.Equal(x.bytes, y.bytes) {
			equal = equal.With(i)
		}
	}
	return equal
}
