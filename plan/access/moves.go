package access

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Step is one change to an object.
type Step struct {
	Link             // the object; Missing without a position if it is to be created
	Create    bool   // the object does not exist
	Attribute string // "" of an object that is created, and of one that files write in another attribute
	Add       bool   // the value is added to a set
	Value     string // as people read it
}

// A move is a step that can be tried.
type move struct {
	Step
	do     func(t *trial)
	shared *schema.Object // a role: whoever has it gains the right too
	place  bool           // it changes where, not what
}

// A mover finds the steps that may bring a subject nearer to a goal.
type mover struct {
	goal
	sub   *Subject
	moves []move
}

// words lists the texts under which a set may have the right: the right and its last words, as of
// "edit field phone".
func (m *mover) words() []string {
	out := []string{m.right}
	for rest := m.right; ; {
		_, after, ok := strings.Cut(rest, " ")
		if !ok {
			return out
		}
		rest = after
		out = append(out, rest)
	}
}

// find lists the steps.
func (m *mover) find() {
	if o := m.sub.Object; o != nil && !o.Kind.Virtual {
		m.object(o)
	}
	for _, h := range m.sub.held {
		if !m.many(h.Kind) {
			m.object(h)
		}
	}
	for _, o := range m.sub.as {
		m.shared(o)
	}
	m.roles()
	m.newMembers()
}

// object adds the steps that change an object of the subject alone.
func (m *mover) object(o *schema.Object) {
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if m.Live == nil && a.Is(schema.ConfigOnly) && a.Type == schema.TypeSet && len(a.Kinds) == 0 {
			m.place(o, i) // such as a store code, which stands for its store
		}
		if o.Frozen.Has(i) || !a.Comparable() || a.Is(schema.Key) || !a.Is(schema.CarriesRights) {
			continue
		}
		switch a.Type {
		case schema.TypeString:
			for _, v := range m.values(o, i) {
				m.set(o, i, v)
			}
		case schema.TypeBool:
			on, _ := a.Any(o.Body).(bool)
			m.add(o, i, !on, strconv.FormatBool(!on), false, false)
		case schema.TypeSet:
			m.members(o, i)
		case schema.TypeSets:
			m.sets(o, i)
		}
	}
}

// set adds the step that sets a text or a reference.
func (m *mover) set(o *schema.Object, i int, v string) {
	word := v
	if a := &o.Kind.Attributes[i]; len(a.Kinds) > 0 {
		if kind := m.target(a, v); kind != "" {
			word = kind + "." + v
		}
	}
	m.add(o, i, v, word, false, false)
}

// values lists the other values of an attribute: those that it can have, or that other objects have.
func (m *mover) values(o *schema.Object, i int) []string {
	a := &o.Kind.Attributes[i]
	all := map[string]bool{}
	for _, kind := range a.Kinds {
		for key := range m.objects[kind] {
			all[key] = true
		}
	}
	if len(a.Kinds) == 0 {
		for _, v := range a.OneOf {
			all[v] = true
		}
		for _, other := range m.objects[o.Addr.Kind] {
			if v, _ := other.Any(a.Name).(string); v != "" && len(a.OneOf) == 0 && a.Valid(v) == nil {
				all[v] = true
			}
		}
	}
	now, _ := a.Any(o.Body).(string)
	delete(all, now)
	return slices.Sorted(maps.Keys(all))
}

// members adds the steps that add a member to a set: the right, a place, or an object with places.
func (m *mover) members(o *schema.Object, i int) {
	a := &o.Kind.Attributes[i]
	now, _ := a.Any(o.Body).([]string)
	if len(a.Kinds) > 0 {
		for _, kind := range a.Kinds {
			for _, key := range slices.Sorted(maps.Keys(m.objects[kind])) {
				if !slices.Contains(now, key) {
					m.add(o, i, append(slices.Clone(now), key), kind+"."+key, true, true)
				}
			}
		}
		return
	}
	for _, word := range m.words() {
		if a.Valid(word) == nil && !slices.Contains(now, word) {
			m.add(o, i, append(slices.Clone(now), word), word, true, false)
		}
	}
	m.place(o, i)
}

// place adds the step that adds the place of the scope to a set.
func (m *mover) place(o *schema.Object, i int) {
	if m.scope == nil || m.scope.Places != 1 || m.scope.set == 0 {
		return
	}
	now, _ := o.Kind.Attributes[i].Any(o.Body).([]string)
	if place := m.places.Names(m.scope.set)[0]; m.isPlace(place) {
		m.add(o, i, append(slices.Clone(now), place), m.Label(place), true, true)
	}
}

// sets adds the steps that add a set of keys, such as an access: those that are declared, those of other
// subjects, and each single object.
func (m *mover) sets(o *schema.Object, i int) {
	a := &o.Kind.Attributes[i]
	now, _ := a.Any(o.Body).([][]string)
	seen := map[string]bool{}
	try := func(set []string, word string) {
		if id := setID(set); !seen[id] && len(set) > 0 {
			seen[id] = true
			m.add(o, i, append(slices.Clone(now), set), word, true, true)
		}
	}
	for _, set := range now {
		seen[setID(set)] = true
	}
	for _, id := range slices.Sorted(maps.Keys(m.named[a.Via])) {
		set, _ := firstSet(m.named[a.Via][id])
		try(set, m.named[a.Via][id].Addr.String())
	}
	if m.scope == nil {
		return
	}
	for _, kind := range a.Kinds {
		for _, key := range slices.Sorted(maps.Keys(m.objects[kind])) {
			try([]string{key}, kind+"."+key)
		}
	}
}

// add adds the step that gives an attribute of an object a value.
func (m *mover) add(o *schema.Object, i int, v any, word string, member, place bool) *move {
	name := o.Kind.Attributes[i].Name
	if o.Kind.Attributes[i].Is(schema.Computed) {
		name = ""
	}
	m.moves = append(m.moves, move{
		Step:  Step{Link: m.link(o.Addr, o), Attribute: name, Value: word, Add: member},
		place: place,
		do: func(t *trial) {
			c := t.object(o).Clone()
			a := &c.Kind.Attributes[i]
			value := v
			if old, is := a.Any(c.Body).([]string); is && member {
				value = slices.Concat(old, v.([]string)) // another step may have added to it
			}
			a.SetAny(c.Body, value)
			c.Set = c.Set.With(i)
			if a.Is(schema.ConfigOnly) && m.Tenant.Product.Offline != nil {
				m.Tenant.Product.Offline([]schema.Object{c}) // it sets attributes of the body
			}
			if c.Kind.Adjust != nil {
				c.Kind.Adjust(&c)
			}
			t.put(&c)
		},
	})
	return &m.moves[len(m.moves)-1]
}

// roles adds the steps that add the right to a role that the subject has.
func (m *mover) roles() {
	seen := map[schema.Address]bool{}
	list, _ := m.Rights(m.sub)
	for n := range list {
		r := &list[n]
		for _, o := range r.used {
			if seen[o.Addr] || o.Kind.Subject || !names(r.Holder, o.Addr.Key) {
				continue
			}
			seen[o.Addr] = true
			for i := range o.Kind.Attributes {
				a := &o.Kind.Attributes[i]
				now, _ := a.Any(o.Body).([]string)
				if Permits(o.Kind, a) && !o.Frozen.Has(i) && a.Valid(m.right) == nil {
					m.add(o, i, append(slices.Clone(now), m.right), m.right, true, false).shared = o
				}
			}
		}
	}
}

// shared adds the steps that change an object that stands for all users of a role.
func (m *mover) shared(o *schema.Object) {
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if o.Frozen.Has(i) || !a.Is(schema.CarriesRights) {
			continue
		}
		switch now := a.Any(o.Body).(type) {
		case map[string]bool:
			for _, name := range slices.Sorted(maps.Keys(now)) {
				if !now[name] {
					v := maps.Clone(now)
					v[name] = true
					m.add(o, i, v, name+" = true", false, false).shared = o
				}
			}
		case map[string]string:
			for _, field := range m.words() {
				verb, _, _ := strings.Cut(m.right, " ")
				if was, known := now[field]; known && was != verb {
					v := maps.Clone(now)
					v[field] = verb
					m.add(o, i, v, field+" = "+verb, false, false).shared = o
				}
			}
		}
	}
}

// many reports whether an object of the kind holds rights for several subjects.
func (m *mover) many(k *schema.Kind) bool {
	i := k.Index(k.Grantee)
	return i >= 0 && k.Attributes[i].Type.Many()
}

// newMembers adds the steps that let other objects hold rights for the subject: a group gets a member, or a
// membership is made.
func (m *mover) newMembers() {
	for _, k := range m.Tenant.Product.Kinds {
		i := k.Index(k.Grantee)
		if k.Grants == nil || i < 0 || !slices.Contains(k.Attributes[i].Kinds, m.sub.Addr.Kind) {
			continue
		}
		if !m.many(k) {
			m.newHolders(k)
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(m.objects[k.Name])) {
			o := m.objects[k.Name][key]
			if now, _ := o.Any(k.Grantee).([]string); !o.Frozen.Has(i) && !slices.Contains(now, m.sub.Addr.Key) {
				m.moves = append(m.moves, move{
					Step: Step{Link: m.link(o.Addr, o), Attribute: k.Grantee, Value: m.sub.Addr.String(), Add: true},
					do:   func(t *trial) { t.hold(t.object(o)) },
				})
			}
		}
	}
}

// newHolders adds the steps that make an object of a kind with a reference to the subject.
func (m *mover) newHolders(k *schema.Kind) {
	bodies := []schema.Object{{Kind: k, Body: k.New()}}
	for i := range k.Attributes {
		a := &k.Attributes[i]
		var keys []string
		switch {
		case a.Name == k.Grantee:
			keys = []string{m.sub.Addr.Key}
		case len(a.Kinds) == 0 || a.Type != schema.TypeString:
			continue
		default:
			for _, kind := range a.Kinds {
				for key := range m.objects[kind] {
					if a.Is(schema.Key) && m.scope != nil && m.scope.object.Kind == kind && m.scope.object.Key != key {
						continue
					}
					keys = append(keys, key)
				}
			}
			slices.Sort(keys)
		}
		var next []schema.Object
		for n := range bodies {
			for _, key := range keys {
				o := bodies[n].Clone()
				o.Set = bodies[n].Set.With(i)
				a.SetAny(o.Body, key)
				next = append(next, o)
			}
		}
		bodies = next
	}
	for n := range bodies {
		o := &bodies[n]
		o.Addr = schema.Address{Provider: m.Tenant.Name, Kind: k.Name}
		o.Rekey()
		if m.objects[k.Name][o.Addr.Key] != nil {
			continue // its steps are those of the object
		}
		var words []string
		for i := range k.Attributes {
			if a := &k.Attributes[i]; o.Set.Has(i) && !a.Is(schema.Key) {
				words = append(words, a.Name+" "+strings.Join(a.Members(o.Body), " "))
			}
		}
		m.moves = append(m.moves, move{
			Step: Step{Link: Link{Addr: o.Addr, Origin: Missing}, Create: true, Value: strings.Join(words, ", ")},
			do:   func(t *trial) { t.hold(o) },
		})
	}
}
