package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A canonical encodes values so that different values have different bytes: the length precedes
// every text and every list.
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

// identities encodes a set.
func (c *canonical) identities(all []Identity) {
	slices.SortFunc(all, func(a, b Identity) int { return bytes.Compare(a[:], b[:]) })
	c.count(len(all))
	for i := range all {
		c.bytes = append(c.bytes, all[i][:]...)
	}
}

// settings encodes a result of SteeringSettings.
func (c *canonical) settings(o *schema.Object) {
	if o != nil && o.Set != 0 {
		c.object(o, o.Set)
	}
}

// gains encodes a result of Plan.gains. What carries a right is no part of it.
func (c *canonical) gains(all map[schema.Address][]schema.Grant) {
	if len(all) == 0 {
		return
	}
	c.text("gains")
	known := map[*schema.Grant]Identity{} // by the first grant, because many subjects share a list
	for _, subject := range slices.SortedFunc(maps.Keys(all), schema.Address.Compare) {
		list := all[subject]
		id, ok := known[&list[0]]
		if !ok {
			var h canonical
			for i, g := range list {
				if i == 0 || g.Right != list[i-1].Right || g.Scope != list[i-1].Scope {
					h.texts([]string{g.Right, g.Scope})
				}
			}
			id = h.sum()
			known[&list[0]] = id
		}
		c.texts([]string{subject.Kind, subject.Key, string(id[:])})
	}
}

// change returns the identity of a change that writes. The key before a rename is one of the
// attributes before. WriteOnce attributes of a create are part of it; ReadOnly ones are not.
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

// before encodes a live object, and whether the product let it be read.
func (c *canonical) before(o *schema.Object) {
	if o == nil {
		c.object(nil, 0)
		return
	}
	c.object(o, compared(o.Kind))
	c.flag(o.LastWritten)
}

// object encodes the attributes of the mask that the object sets to other values than the default.
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

// ValueDigest returns a digest of the value of an attribute of a body, for comparing it later without
// keeping the value.
func ValueDigest(a *schema.Attribute, body any) [8]byte {
	var c canonical
	c.reset("value")
	c.text(a.Name)
	c.value(a.Any(body))
	sum := c.sum()
	return [8]byte(sum[:])
}

// value encodes the value of an attribute.
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
