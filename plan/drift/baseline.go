package drift

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Baseline is what one tenant had when rolecall last applied to it, or was told that all is known:
// keys, ids and hashes only. Nil is no baseline.
type Baseline struct {
	Provider string `json:"provider"`
	Product  string `json:"product"`
	Tenant   string `json:"tenant"`
	Endpoint string `json:"endpoint"`
	At       string `json:"at"` // RFC 3339
	// Kinds has the objects by kind. A kind that could not be listed is missing.
	Kinds map[string]*Kind `json:"kinds"`
	// Known are the fingerprints of the differences that were known, sorted.
	Known []string `json:"known,omitempty"`
}

// A Kind has the objects of one kind by key.
type Kind struct {
	Attributes []string          `json:"attributes"` // names, in the order of Object.Hashes
	Objects    map[string]Object `json:"objects"`
}

// An Object is what the baseline knows of one object.
type Object struct {
	ID       string `json:"id,omitempty"`
	Declared bool   `json:"declared,omitempty"`
	// Hashes has one hash for each attribute; "" if its value was not known.
	Hashes []string `json:"hashes,omitempty"`
}

// entry returns what the baseline knows of an object.
func (b *Baseline) entry(a schema.Address) (Object, bool) {
	if b == nil || b.Kinds[a.Kind] == nil {
		return Object{}, false
	}
	o, ok := b.Kinds[a.Kind].Objects[a.Key]
	return o, ok
}

// has reports whether the baseline has the objects of a kind.
func (b *Baseline) has(kind string) bool { return b != nil && b.Kinds[kind] != nil }

func (b *Baseline) knows(fingerprint string) bool {
	_, ok := slices.BinarySearch(b.Known, fingerprint)
	return ok
}

// hash returns the hash of an attribute of an object, or "".
func (b *Baseline) hash(a schema.Address, attribute string) string {
	o, ok := b.entry(a)
	if !ok {
		return ""
	}
	if i := slices.Index(b.Kinds[a.Kind].Attributes, attribute); i >= 0 && i < len(o.Hashes) {
		return o.Hashes[i]
	}
	return ""
}

// same reports whether all known attributes of a live object are as in the baseline.
func (b *Baseline) same(o *schema.Object) bool {
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		was := b.hash(o.Addr, a.Name)
		if was != "" && o.Set.Has(i) && was != plan.ValueDigest(a, o.Body) {
			return false
		}
	}
	return true
}

// origin says which side of a changed attribute moved.
func (b *Baseline) origin(a *schema.Attribute, c *plan.Change) Origin {
	was := b.hash(c.Have.Addr, a.Name)
	if was == "" {
		return Unknown
	}
	switch was {
	case plan.ValueDigest(a, c.Have.Body):
		return Pending
	case plan.ValueDigest(a, c.Want.Body):
		return Moved
	}
	return Conflict
}

// digests lists the hashes of the attributes of an object, in the order of its kind.
func digests(o *schema.Object) []string {
	var out []string
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		switch {
		case !recorded(a):
		case o.Set.Has(i):
			out = append(out, plan.ValueDigest(a, o.Body))
		default:
			out = append(out, "")
		}
	}
	return out
}

func recorded(a *schema.Attribute) bool { return a.Comparable() && !a.Is(schema.Key) }

// An Observation is what a baseline is made from.
type Observation struct {
	Plan   *plan.Plan
	Tenant *schema.Tenant
	Live   map[string][]schema.Object // before the changes of the plan
	// Applied are the changes that are in effect, with the objects as read back; the zero Object
	// after a removal.
	Applied map[*plan.Change]schema.Object
	At      string
}

// Record returns the baseline of a tenant in which everything is known, the differences of d too.
func Record(o Observation, d *Drift) *Baseline {
	b := o.baseline()
	for i := range d.Differences {
		b.Known = append(b.Known, d.Differences[i].Fingerprint)
	}
	for i := range d.Accepted {
		b.Known = append(b.Known, d.Accepted[i].Fingerprint)
	}
	slices.Sort(b.Known)
	return b
}

// Refresh returns the baseline after an apply. Only what is as declared becomes known: of everything
// else it keeps what the baseline before says, and has all of it if there was none.
func Refresh(o Observation, before *Baseline) *Baseline {
	b := o.baseline()
	if before == nil {
		return b
	}
	b.Known = before.Known
	unsettled := map[schema.Address]bool{}
	for _, list := range [...][]plan.Change{o.Plan.Changes, o.Plan.Observed, o.Plan.Excluded} {
		for i := range list {
			c := &list[i]
			if _, done := o.Applied[c]; done {
				continue
			}
			if unsettled[c.Addr] = true; c.Have != nil {
				unsettled[c.Have.Addr] = true
			}
		}
	}
	for i := range o.Plan.Findings { // users who were deactivated by hand
		if x := &o.Plan.Findings[i]; x.Code == plan.CodeInactive {
			for _, a := range append([]schema.Address{x.Addr}, x.Also...) {
				unsettled[a] = true
			}
		}
	}
	for kind, k := range before.Kinds {
		if b.Kinds[kind] == nil { // it was not listed this time
			b.Kinds[kind] = k
		}
	}
	created := o.created()
	for kind, k := range b.Kinds {
		for key, object := range k.Objects {
			a := schema.Address{Provider: o.Tenant.Name, Kind: kind, Key: key}
			was, known := before.entry(a)
			if !object.Declared && !unsettled[a] {
				was.Declared = false // the files let go of it
			}
			switch {
			case object.Declared && !unsettled[a]:
				if known && was.ID != "" && object.ID != was.ID && o.isSubject(kind) && !created[a] {
					k.Objects[key] = was // somebody else may own the address, until a person says that it is known
				}
			case known && slices.Equal(before.Kinds[kind].Attributes, k.Attributes):
				k.Objects[key] = was
			case known:
				k.Objects[key] = Object{ID: was.ID, Declared: was.Declared}
			default:
				delete(k.Objects, key)
			}
		}
		// Declared objects that are missing stay known, so that their loss is not forgotten.
		if old := before.Kinds[kind]; old != nil {
			for key, was := range old.Objects {
				a := schema.Address{Provider: o.Tenant.Name, Kind: kind, Key: key}
				if _, is := k.Objects[key]; !is && unsettled[a] && slices.Equal(old.Attributes, k.Attributes) {
					k.Objects[key] = was
				}
			}
		}
	}
	return b
}

func (o *Observation) isSubject(kind string) bool {
	k := o.Tenant.Product.Kind(kind)
	return k != nil && k.Subject
}

// created returns the objects that the plan created.
func (o *Observation) created() map[schema.Address]bool {
	out := map[schema.Address]bool{}
	for c := range o.Applied {
		if c.Action == schema.Create {
			out[c.Addr] = true
		}
	}
	return out
}

// baseline records all objects, with the applied changes.
func (o *Observation) baseline() *Baseline {
	p := o.Plan
	b := &Baseline{Provider: p.Provider, Product: p.Product, Tenant: p.Tenant, Endpoint: p.Endpoint, At: o.At, Kinds: map[string]*Kind{}}
	declared := make(map[schema.Address]bool, len(o.Tenant.Objects))
	for i := range o.Tenant.Objects {
		declared[o.Tenant.Objects[i].Addr] = true
	}
	put := func(x *schema.Object) {
		b.Kinds[x.Addr.Kind].Objects[x.Addr.Key] = Object{ID: x.ID, Declared: declared[x.Addr], Hashes: digests(x)}
	}
	for _, k := range o.Tenant.Product.Kinds {
		list, listed := o.Live[k.Name]
		if !listed || k.Virtual {
			continue
		}
		t := &Kind{Objects: make(map[string]Object, len(list))}
		for i := range k.Attributes {
			if recorded(&k.Attributes[i]) {
				t.Attributes = append(t.Attributes, k.Attributes[i].Name)
			}
		}
		b.Kinds[k.Name] = t
		list = schema.Normal(list)
		for j := range list {
			put(&list[j])
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		after, done := o.Applied[c]
		if !done || b.Kinds[c.Addr.Kind] == nil {
			continue
		}
		if c.Have != nil {
			delete(b.Kinds[c.Addr.Kind].Objects, c.Have.Addr.Key)
		}
		for _, x := range c.Cascades {
			if k := b.Kinds[x.Addr.Kind]; k != nil {
				delete(k.Objects, x.Addr.Key)
			}
		}
		switch {
		case after.Kind != nil:
			put(&after)
		case c.Action == schema.Deactivate: // it still exists, and only the product knows how
			b.Kinds[c.Addr.Kind].Objects[c.Addr.Key] = Object{ID: c.Have.ID}
		}
	}
	return b
}
