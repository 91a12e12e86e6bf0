package plan

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Identity is a hash that two changes share exactly if they are the same change: it covers the
// action, the address, the object before and after, and the objects that the product deletes with
// it. The hash of a plan also covers its Settings, and its gains if it changes what all rights mean. Ids, positions, reasons, the order of changes and
// the name of the provider block are not part of it.
type Identity [sha256.Size]byte

// digestPrefix begins every digest and names the hash.
const digestPrefix = "sha256:"

// Digest returns "sha256:" and 64 hexadecimal digits. Two documents have the same digest exactly if
// they make the same changes in the same tenants. Plans without changes do not count. A document
// without impact has no digest, because it cannot be approved. Nor has one without names: its readers do
// not see all of the plan, and with the digest of the plan they could test a guess of a name.
func (d *Document) Digest() string {
	if d.NoImpact() || d.WithoutNames {
		return ""
	}
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
		c.gains(p.gains())
		plans = append(plans, c.sum())
	}
	var c canonical
	c.reset("document")
	c.identities(plans)
	sum := c.sum()
	return digestPrefix + hex.EncodeToString(sum[:])
}

// gains returns what everybody gains by a plan that changes what all rights mean
// (schema.Kind.Governs); nil for other plans. Such a change concerns people of whom it says nothing
// itself, so it is another one if others gain.
func (p *Plan) gains() map[schema.Address][]schema.Grant {
	if !slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Governs() }) {
		return nil
	}
	out := map[schema.Address][]schema.Grant{}
	for i := range p.Affected {
		if d := &p.Affected[i]; len(d.Gained) > 0 {
			out[WithoutProvider(d.Subject)] = d.Gained
		}
	}
	return out
}

// Governs reports whether the change writes what decides what all rights mean.
func (c *Change) Governs() bool {
	return c.Action.Writes() && cmp.Or(c.Want, c.Have).Kind.Governs != nil
}

// ParseDigest returns the digest in the form of Digest.
func ParseDigest(s string) (string, error) {
	digits, ok := bytes.CutPrefix(bytes.ToLower(bytes.TrimSpace([]byte(s))), []byte(digestPrefix))
	var sum Identity
	if n, err := hex.Decode(sum[:], digits[:min(len(digits), 2*len(sum))]); !ok || err != nil || n != len(sum) || len(digits) != 2*len(sum) {
		return "", fmt.Errorf("%q is not a digest, which is %s and %d hexadecimal digits", s, digestPrefix, 2*len(sum))
	}
	return digestPrefix + string(digits), nil
}

// SteeringSettings returns the settings of the provider block that change what apply writes; nil if
// none is set.
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

// SameSettings reports whether two results of SteeringSettings are equal.
func SameSettings(a, b *schema.Object) bool {
	var c, d canonical
	c.settings(a)
	d.settings(b)
	return bytes.Equal(c.bytes, d.bytes)
}

// Joined returns the changes that write. The two steps of one object are joined into one change.
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

// secondStep reports whether b starts from the object that a wants.
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

// Identity returns the hash of the change.
func (c *Change) Identity() Identity {
	var h canonical
	return h.change(c)
}

// EqualAttributes returns the attributes that both objects set to exactly the same value.
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
