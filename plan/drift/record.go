package drift

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Record returns the baseline of a tenant in which all that no file declares is known, and in which
// every address belongs to the account that has it now. Where live differs from the files it keeps what
// before says, because it is not known that the files moved.
func Record(o Observation, before *Baseline) *Baseline {
	b := o.baseline()
	for _, c := range joined(o.Plan.Changes, o.Plan.Observed, o.Plan.Excluded) {
		k := b.Kinds[c.Addr.Kind]
		switch {
		case k == nil || c.Want == nil:
		case c.Have != nil:
			now := k.Objects[c.Have.Addr.Key]
			for i := range now.Hashes.size() {
				if c.Changed.Has(c.Have.Kind.Index(k.Attributes[i])) {
					now.Hashes = now.Hashes.with(i, before.hash(c.Have.Addr, k.Attributes[i]))
				}
			}
			if now != (Object{}) {
				k.Objects[c.Have.Addr.Key] = now
			}
		case !before.has(c.Addr.Kind):
			k.Objects[c.Addr.Key] = Object{}
		default:
			if was, ok := before.Kinds[c.Addr.Kind].Objects[c.Addr.Key]; ok {
				k.Objects[c.Addr.Key] = was
			}
		}
	}
	for _, a := range inactiveUsers(o.Plan) {
		if was, known := before.entry(a); known && b.has(a.Kind) {
			now := b.Kinds[a.Kind].Objects[a.Key]
			now.Inactive = was.Inactive
			b.Kinds[a.Kind].Objects[a.Key] = now
		}
	}
	return b
}

// Refresh returns the baseline after an apply. What apply did becomes known, and so does what is as
// declared. Of everything else it keeps what the baseline before says; without one, all is known.
func Refresh(o Observation, before *Baseline) *Baseline {
	b := o.baseline()
	if before == nil {
		return b
	}
	r := refreshing{observed: &o, before: before, open: o.open(), first: o.firstApplied()}
	for kind, old := range before.Kinds {
		k := b.Kinds[kind]
		if k == nil { // it was not listed this time
			b.Kinds[kind] = old
			continue
		}
		for key, now := range k.Objects {
			r.settle(k, schema.Address{Provider: o.Tenant.Name, Kind: kind, Key: key}, now)
		}
		// Declared objects that are missing stay known, so that their loss is not forgotten.
		for key, was := range old.Objects {
			a := schema.Address{Provider: o.Tenant.Name, Kind: kind, Key: key}
			if _, is := k.Objects[key]; !is && r.open[a] && slices.Equal(old.Attributes, k.Attributes) {
				k.Objects[key] = was
				r.differs = true
			}
		}
	}
	if r.differs {
		b.At = before.At
	}
	return b
}

// A refreshing is the state of Refresh.
type refreshing struct {
	observed *Observation
	before   *Baseline
	open     map[schema.Address]bool
	first    map[schema.Address]*plan.Change
	differs  bool // something is not as the baseline has it
}

// settle decides what the baseline has of one live object: now, what it had before, or nothing.
func (r *refreshing) settle(k *Kind, a schema.Address, now Object) {
	c, from := r.first[a], a
	if c != nil && c.Have != nil {
		from = c.Have.Addr
	}
	was, known := r.before.entry(from)
	created, asDeclared := c != nil && c.Have == nil, now.Declared && !r.open[a]
	switch {
	case asDeclared && known && !created && was.ID != "" && now.ID != was.ID && r.isSubject(a.Kind):
		k.Objects[a.Key], r.differs = was, true // somebody else may own the address, until a person says that it is known
	case asDeclared:
	case created:
		r.differs = true
	case !known:
		delete(k.Objects, a.Key)
		r.differs = true
	default:
		next := r.keep(k, a, was, now)
		k.Objects[a.Key] = next
		r.differs = r.differs || r.open[a] || next.ID != now.ID || next.Inactive != now.Inactive || next.Hashes != now.Hashes
	}
}

// keep returns what was known of an object, with what apply did to it: attributes that had the known
// value before, and have another one now.
func (r *refreshing) keep(k *Kind, a schema.Address, was, now Object) Object {
	next := Object{ID: was.ID, Declared: was.Declared && (now.Declared || r.open[a]), Inactive: was.Inactive}
	if slices.Equal(r.before.Kinds[a.Kind].Attributes, k.Attributes) {
		next.Hashes = was.Hashes
	}
	c := r.first[a]
	if c == nil {
		return next
	}
	if c.Have.Inactive() == was.Inactive {
		next.Inactive = now.Inactive
	}
	if now.Hashes == "" { // it is not known what it has now
		next.Hashes = ""
		return next
	}
	prior := hashesOf(c.Have)
	for i := range next.Hashes.size() {
		if prior.at(i) == next.Hashes.at(i) {
			next.Hashes = next.Hashes.with(i, now.Hashes.at(i))
		}
	}
	return next
}

func (r *refreshing) isSubject(kind string) bool {
	k := r.observed.Tenant.Product.Kind(kind)
	return k != nil && k.Subject
}
