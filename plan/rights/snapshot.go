package rights

import "github.com/rolecall-dev/rolecall/provider/schema"

// A Snapshot says what the objects of a tenant let their subjects do at one time, such as
// before a plan or after it. It records the look-ups that it could not answer in full.
type Snapshot struct {
	// Unlisted are the kinds that were looked into and not listed.
	Unlisted map[string]bool
	// Incomplete are the objects that were looked at and not read as a whole.
	Incomplete map[*schema.Object]bool

	find   func(kind, key string) (o *schema.Object, listed bool)
	places *Places
	areas  map[areaOf]area // resolved, each once
	saw    bool            // an incomplete object was looked at
	whole  bool            // what Grants found last
}

// An areaOf names an area: what it means is the kind's to say.
type areaOf struct {
	kind *schema.Kind
	name string
}

// An area is the places that grants stand for.
type area struct {
	set        int // of Places; 0 where they are not known
	places     int
	incomplete bool // they are not known because objects that tell them were not read
}

// NewSnapshot returns a snapshot of the objects that find returns, nil where there is none,
// with whether their kind was listed. Sets of places are numbered by places.
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
	return o, o != nil
}

// Grants lists what a subject may do by itself and through the objects that hold rights
// for it, in no order, with the places of each area. It is not known whole where one of
// those objects, or of those that tell the places, was not read. A nil subject may do
// nothing by itself.
func (s *Snapshot) Grants(subject *schema.Object, held []*schema.Object) (grants []schema.Grant, whole bool) {
	s.whole = true
	grants = s.of(subject)
	for _, h := range held {
		if h.Incomplete {
			s.Incomplete[h], s.whole = true, false
		}
		grants = append(grants, s.of(h)...)
	}
	return grants, s.whole
}

// of lists what one object lets its subject do.
func (s *Snapshot) of(o *schema.Object) []schema.Grant {
	grants := Of(o, s.Lookup)
	for i := range grants {
		g := &grants[i]
		if g.Area == "" || o.Kind.Area == nil {
			continue
		}
		a := s.area(o.Kind, g.Area)
		s.whole = s.whole && !a.incomplete
		if a.set != 0 {
			g.Set, g.Places = a.set, a.places
			g.Least = g.Least || a.places == 0
		}
	}
	return grants
}

// area resolves an area.
func (s *Snapshot) area(k *schema.Kind, name string) area {
	id := areaOf{k, name}
	a, ok := s.areas[id]
	if !ok {
		s.saw = false
		if names, known := k.Area(name, s.Lookup); known {
			a = area{set: s.places.Set(names), places: len(names)}
		} else {
			a.incomplete = s.saw
		}
		s.areas[id] = a
	}
	return a
}
