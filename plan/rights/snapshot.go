package rights

import "github.com/rolecall-dev/rolecall/provider/schema"

// A Snapshot returns the grants of the subjects of a tenant at one time, before or after a plan. It
// records the look-ups that it could not answer completely.
type Snapshot struct {
	// Unlisted are the kinds that were looked up and not listed.
	Unlisted map[string]bool
	// Incomplete are the objects that were looked up and are incomplete.
	Incomplete map[*schema.Object]bool

	find   func(kind, key string) (o *schema.Object, listed bool)
	places *Places
	areas  map[areaOf]area // resolved areas
	saw    bool            // an incomplete object was looked up
	whole  bool            // the grants of the current subject are complete
	trace  bool            // used is recorded
	used   []*schema.Object
}

// An areaOf is an area of a kind.
type areaOf struct {
	kind *schema.Kind
	name string
}

// An area is a set of places.
type area struct {
	set        int // number of Places; 0 if they are not known
	places     int
	incomplete bool // they are not known because objects are incomplete
	used       []*schema.Object
}

// NewSnapshot returns a snapshot of the objects that find returns. find returns nil if there is no
// object, and whether the kind was listed. places numbers the sets of places.
func NewSnapshot(places *Places, find func(kind, key string) (o *schema.Object, listed bool)) *Snapshot {
	return &Snapshot{
		Unlisted: map[string]bool{}, Incomplete: map[*schema.Object]bool{},
		find: find, places: places, areas: map[areaOf]area{},
	}
}

// Lookup finds an object; it is a schema.Lookup.
func (s *Snapshot) Lookup(kind, key string) (*schema.Object, bool) {
	o, listed := s.find(kind, key)
	if !listed {
		s.Unlisted[kind] = true
	}
	if o != nil && o.Incomplete {
		s.Incomplete[o], s.saw = true, true
	}
	if s.trace && o != nil {
		s.used = append(s.used, o)
	}
	return o, o != nil
}

// Held is Grants for one object that has rights itself or, with a key, holds them for that subject, in no
// order. used are the objects that were looked up for it, valid until the next call.
func (s *Snapshot) Held(o *schema.Object, key string) (grants []schema.Grant, used []*schema.Object, whole bool) {
	s.whole, s.trace, s.used = true, true, s.used[:0]
	if o.Incomplete {
		s.Incomplete[o], s.whole = true, false
	}
	switch {
	case o.Kind.GrantsTo != nil:
		grants = o.Kind.GrantsTo(o, key, s.Lookup)
	case o.Kind.Grants != nil:
		grants = o.Kind.Grants(o, s.Lookup)
	}
	used = s.used
	s.used, s.trace = nil, false
	s.resolve(o.Kind, grants)
	s.used = used
	return grants, used, s.whole
}

// AreaObjects lists the objects that have the places of an area of a kind, as far as they exist.
func (s *Snapshot) AreaObjects(k *schema.Kind, name string) []*schema.Object {
	s.area(k, name)
	return s.areas[areaOf{k, name}].used
}

// Grants lists the grants of a subject with a key and of the objects that hold rights for it, in no
// order, with the places of each area. whole is false if one of these objects, or of those that have
// the places, is incomplete. A nil subject has no grants of its own.
func (s *Snapshot) Grants(subject *schema.Object, key string, held []*schema.Object) (grants []schema.Grant, whole bool) {
	s.whole = true
	grants = s.of(subject, "")
	for _, h := range held {
		if h.Incomplete {
			s.Incomplete[h], s.whole = true, false
		}
		grants = append(grants, s.of(h, key)...)
	}
	return grants, s.whole
}

// of lists the grants of one object to itself, or to the subject with the key.
func (s *Snapshot) of(o *schema.Object, key string) []schema.Grant {
	var grants []schema.Grant
	if o != nil && o.Kind.GrantsTo != nil {
		grants = sorted(o.Kind.GrantsTo(o, key, s.Lookup))
	} else {
		grants = Of(o, s.Lookup)
	}
	if o != nil {
		s.resolve(o.Kind, grants)
	}
	return grants
}

// resolve adds the places of areas to the grants of an object of a kind.
func (s *Snapshot) resolve(k *schema.Kind, grants []schema.Grant) {
	for i := range grants {
		g := &grants[i]
		if g.Area == "" || k.Area == nil {
			continue
		}
		a := s.area(k, g.Area)
		s.whole = s.whole && !a.incomplete
		if a.set != 0 {
			g.Set, g.Places = a.set, a.places
			g.Least = g.Least || a.places == 0
		}
	}
}

// area resolves an area.
func (s *Snapshot) area(k *schema.Kind, name string) area {
	id := areaOf{k, name}
	a, ok := s.areas[id]
	if !ok {
		trace, used := s.trace, s.used
		s.saw, s.trace, s.used = false, true, nil
		if names, known := k.Area(name, s.Lookup); known {
			a = area{set: s.places.Set(names), places: len(names)}
		} else {
			a.incomplete = s.saw
		}
		a.used, s.trace, s.used = s.used, trace, used
		s.areas[id] = a
	}
	return a
}
