package drift

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Baseline is what one tenant had when rolecall last applied to it, or was told that all is known:
// keys, ids and hashes only. Nil is no baseline.
type Baseline struct {
	Provider string `json:"provider"`
	Product  string `json:"product"`
	Tenant   string `json:"tenant"`
	Endpoint string `json:"endpoint"`
	// At is a time, as RFC 3339: whatever differs from the baseline was changed after it.
	At string `json:"at"`
	// Kinds has the objects by kind. A kind that could not be listed is missing.
	Kinds map[string]*Kind `json:"kinds"`
}

// A Kind has the objects of one kind by key.
type Kind struct {
	Attributes []string          `json:"attributes"` // names, in the order of Object.Hashes
	Objects    map[string]Object `json:"objects"`
}

// Valid reports whether the objects have all their hashes.
func (k *Kind) Valid() bool {
	for _, o := range k.Objects {
		if o.Hashes != "" && len(o.Hashes) != len(k.Attributes)*hashSize {
			return false
		}
	}
	return k.Objects != nil
}

// An Object is what the baseline knows of one object. The zero value stands for a declared object that
// did not exist when the first baseline was written, so it is not known why.
type Object struct {
	ID       string `json:"id,omitempty"`
	Declared bool   `json:"declared,omitempty"`
	Inactive bool   `json:"inactive,omitempty"`
	Hashes   hashes `json:"hashes,omitempty"`
}

func (o Object) absent() bool { return o == Object{} }

// entry returns what the baseline knows of an object.
func (b *Baseline) entry(a schema.Address) (Object, bool) {
	if b == nil || b.Kinds[a.Kind] == nil {
		return Object{}, false
	}
	o, ok := b.Kinds[a.Kind].Objects[a.Key]
	return o, ok && !o.absent()
}

// absent reports whether a declared object was missing when the first baseline was written.
func (b *Baseline) absent(a schema.Address) bool {
	if !b.has(a.Kind) {
		return false
	}
	o, ok := b.Kinds[a.Kind].Objects[a.Key]
	return ok && o.absent()
}

// has reports whether the baseline has the objects of a kind.
func (b *Baseline) has(kind string) bool { return b != nil && b.Kinds[kind] != nil }

// hash returns the hash of an attribute of an object, or "" if it is not known.
func (b *Baseline) hash(a schema.Address, attribute string) string {
	o, ok := b.entry(a)
	if !ok {
		return ""
	}
	return b.Kinds[a.Kind].hash(o, attribute)
}

func (k *Kind) hash(o Object, attribute string) string {
	return o.Hashes.at(slices.Index(k.Attributes, attribute))
}

// changed returns the attributes that carry rights and have another value than in the baseline. That
// by which users are activated is not one of them: some products change it when a user signs in.
func (b *Baseline) changed(o *schema.Object) schema.Mask {
	return b.changedOf(o, schema.Everything)
}

// changedOf is changed for some attributes.
func (b *Baseline) changedOf(o *schema.Object, of schema.Mask) schema.Mask {
	before, known := b.entry(o.Addr)
	if !known {
		return 0
	}
	carrying := of & o.Set & o.Kind.Having(schema.CarriesRights)
	var m schema.Mask
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if !carrying.Has(i) || !recorded(a) || a.Name == activating(o.Kind) {
			continue
		}
		if was := b.Kinds[o.Addr.Kind].hash(before, a.Name); was != "" && was != hashOf(a, o.Body) {
			m = m.With(i)
		}
	}
	return m
}

// origin says which side changed an attribute: the product, the files or both. was is the address by which
// the baseline knows the object.
func (b *Baseline) origin(a *schema.Attribute, was schema.Address, have, want *schema.Object) Origin {
	switch b.hash(was, a.Name) {
	case "":
		return Unknown
	case hashOf(a, have.Body):
		return Pending
	case hashOf(a, want.Body):
		return Moved
	}
	return Conflict
}
