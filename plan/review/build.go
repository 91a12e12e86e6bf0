package review

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Add fills in the people of a tenant and their ways, whose header is set. history returns the last commit of a line
// of a file.
func (t *Tenant) Add(s *access.State, history func(schema.Pos) Commit) {
	b := builder{t: t, State: s, history: history, ways: map[*access.Holding]*Way{}, sets: map[int]int{}}
	b.signIns = b.recordsSignIns()
	t.Ways, t.People = []*Way{}, []*Person{}
	roster := s.Roster()
	for _, sub := range s.Subjects() {
		held, whole := roster.Of(sub)
		p := b.person(sub, held)
		p.Incomplete = !whole
		t.People = append(t.People, p)
	}
	slices.SortStableFunc(t.People, func(a, b *Person) int {
		switch {
		case a.Orphan == b.Orphan:
			return 0
		case a.Orphan:
			return -1
		}
		return 1
	})
}

// A builder makes the people of a tenant.
type builder struct {
	*access.State
	t       *Tenant
	history func(schema.Pos) Commit
	signIns bool // the product records who has signed in
	ways    map[*access.Holding]*Way
	sets    map[int]int // numbers in Tenant.PlaceSets
}

// recordsSignIns reports whether some user is known to have signed in. Otherwise the product does not
// record it.
func (b *builder) recordsSignIns() bool {
	return slices.ContainsFunc(b.Subjects(), func(sub *access.Subject) bool {
		return sub.Object != nil && sub.Object.Kind.NeverSignedIn != nil && !sub.Object.NeverSignedIn()
	})
}

func (b *builder) person(sub *access.Subject, held []access.Held) *Person {
	at := b.Subject(sub)
	p := &Person{
		Kind: sub.Addr.Kind, Key: sub.Addr.Key, Name: access.Name(sub.Object), User: sub.Person, Anyone: access.Anyone(sub),
		Administrator: sub.Administers(), Orphan: !b.Declared(sub), Position: b.position(at), Until: at.Until, Reason: at.Why, Holds: []Hold{},
	}
	if sub.Object != nil {
		p.ID = sub.Object.ID
	}
	if sub.Person {
		p.State = b.state(sub)
	}
	for _, h := range held {
		x := Hold{Way: b.way(h.Holding), Until: h.Until, Reason: h.Why}
		x.Number = x.Way.Number
		if h.Through != nil {
			x.Through = &Link{h.Through.Addr.String(), b.position(b.Link(h.Through))}
		}
		p.Administrator = p.Administrator || x.All && x.Everywhere
		p.Privileged = p.Privileged || x.Privileged
		p.Holds = append(p.Holds, x)
	}
	return p
}

func (b *builder) state(sub *access.Subject) State {
	switch o := sub.Object; {
	case o == nil:
		return NotListed
	case o.Inactive():
		return Disabled
	case b.Live == nil || o.Kind.Virtual:
		return NotKnown
	case o.Invited(), b.signIns && o.NeverSignedIn():
		return Invited
	}
	return Active
}

func (b *builder) position(l access.Link) Position {
	out := Position{Origin: l.Origin, File: l.Pos.File, Line: l.Pos.Line}
	if l.Pos.File != "" {
		out.Commit = b.history(l.Pos)
	}
	return out
}

// way returns the way of a holding, with a number.
func (b *builder) way(h *access.Holding) *Way {
	if w := b.ways[h]; w != nil {
		return w
	}
	w := &Way{
		Number: len(b.t.Ways), Via: h.Via, Rights: h.Rights, Scopes: h.Scopes, Everywhere: h.Everywhere,
		All: h.All, Unknown: h.Unknown, Privileged: h.Privileged, Places: b.placeSet(h.Set),
	}
	for _, l := range h.Chain {
		w.Chain = append(w.Chain, Link{l.Addr.String(), b.position(l)})
	}
	b.name(h.Scopes)
	b.ways[h], b.t.Ways = w, append(b.t.Ways, w)
	return w
}

func (b *builder) placeSet(set int) int {
	if set == 0 {
		return 0
	}
	n, ok := b.sets[set]
	if !ok {
		places := b.PlaceNames(set)
		b.name(places)
		b.t.PlaceSets = append(b.t.PlaceSets, places)
		n = len(b.t.PlaceSets)
		b.sets[set] = n
	}
	return n
}

// name adds the labels of scopes or places.
func (b *builder) name(names []string) {
	for _, name := range names {
		if label := b.Labels[name]; label != "" {
			if b.t.Labels == nil {
				b.t.Labels = map[string]string{}
			}
			b.t.Labels[name] = label
		}
	}
}
