package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

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

// settings encodes settings that steer apply, where there are any.
func (c *canonical) settings(o *schema.Object) {
	if o != nil && o.Set != 0 {
		c.object(o, o.Set)
	}
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

// A canonical encodes values so that different ones never give the same bytes:
// every text and every list is preceded by its length.
type canonical struct{ bytes []byte }

func (c *canonical) reset(what string) {
	c.bytes = append(c.bytes[:0], "rolecall "+what+" 1\n"...)
}

func (c *canonical) sum() Identity { return sha256.Sum256(c.bytes) }

func (c *canonical) count(n int) { c.bytes = binary.AppendUvarint(c.bytes, uint64(n)) }

func (c *canonical) text(s string) {
	c.count(len(s))
	c.bytes = append(c.bytes, s...)
}

func (c *canonical) texts(list []string) {
	c.count(len(list))
	for _, s := range list {
		c.text(s)
	}
}

func (c *canonical) flag(b bool) {
	if b {
		c.count(1)
	} else {
		c.count(0)
	}
}

// identities encodes a set in which the order says nothing.
func (c *canonical) identities(all []Identity) {
	slices.SortFunc(all, func(a, b Identity) int { return bytes.Compare(a[:], b[:]) })
	c.count(len(all))
	for i := range all {
		c.bytes = append(c.bytes, all[i][:]...)
	}
}

// Identity returns what is the same for two changes that do the same.
func (c *Change) Identity() Identity {
	var h canonical
	return h.change(c)
}

// change returns the identity of a change that writes. The key before a rename is
// among the attributes before. What a create tells the product only once is part of
// it; what is only shown is not.
func (c *canonical) change(ch *Change) Identity {
	c.reset("change")
	c.text(ch.Action.String())
	c.text(ch.Addr.Kind)
	c.text(ch.Addr.Key)
	c.before(ch.Have)
	switch {
	case ch.Want == nil:
		c.object(nil, 0)
	case ch.Action == schema.Create:
		c.object(ch.Want, compared(ch.Want.Kind)|ch.Want.Kind.Having(schema.WriteOnce))
	default:
		c.object(ch.Want, compared(ch.Want.Kind))
	}
	c.count(len(ch.Cascades))
	for _, o := range ch.Cascades {
		c.text(o.Addr.Kind)
		c.text(o.Addr.Key)
		c.before(o)
	}
	return c.sum()
}

// before encodes a live object, and whether the product let it be read at all.
func (c *canonical) before(o *schema.Object) {
	if o == nil {
		c.object(nil, 0)
		return
	}
	c.object(o, compared(o.Kind))
	c.flag(o.LastWritten)
}

// object encodes the attributes of the mask that the object sets, but for those that
// say the same as leaving them out.
func (c *canonical) object(o *schema.Object, mask schema.Mask) {
	if c.flag(o != nil); o == nil {
		return
	}
	mask &= o.Set
	for i := range o.Kind.Attributes {
		if mask.Has(i) && o.Kind.Attributes[i].IsDefault(o.Body) {
			mask = mask.Without(i)
		}
	}
	n := 0
	for i := range o.Kind.Attributes {
		if mask.Has(i) {
			n++
		}
	}
	c.count(n)
	for i := range o.Kind.Attributes {
		if mask.Has(i) {
			a := &o.Kind.Attributes[i]
			c.text(a.Name)
			c.value(a.Any(o.Body))
		}
	}
}

// value encodes an attribute's value, whose type the attribute tells.
func (c *canonical) value(v any) {
	switch v := v.(type) {
	case string:
		c.text(v)
	case bool:
		c.flag(v)
	case int64:
		c.bytes = binary.AppendVarint(c.bytes, v)
	case []string:
		c.texts(v)
	case [][]string:
		c.count(len(v))
		for _, list := range v {
			c.texts(list)
		}
	case map[string]string:
		encodeMap(c, v, c.text)
	case map[string]bool:
		encodeMap(c, v, c.flag)
	case map[string][]string:
		encodeMap(c, v, c.texts)
	default:
		panic(fmt.Sprintf("plan: no encoding for a value of type %T", v))
	}
}

func encodeMap[V any](c *canonical, m map[string]V, value func(V)) {
	c.count(len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		c.text(name)
		value(m[name])
	}
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
