package build

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An impact has the subjects whose rights a plan changes, and how much each loses.
type impact struct {
	*reach
	before, after *side
	places        rights.Places
	losses        map[*kindState][]loss // subjects that lose rights
	affected      []rights.Difference
	danger        []plan.Danger
	unknown       []plan.Unknown
}

// computeImpact computes the rights of every reached subject before and after the plan, its own and
// those that other objects hold for it, unless Input.NoImpact is set. Subjects with equal differences
// or causes share them.
func computeImpact(s stage, p *planned) *impact {
	if s.NoImpact {
		return &impact{}
	}
	m := &impact{reach: findReach(s, p), losses: map[*kindState][]loss{}}
	if s.unfinished() {
		return m
	}
	reached := func(who objectRef) bool { return m.of(who.table)[who.key] != 0 }
	m.before, m.after = newSide(s.tenant, p, false, &m.places, reached), newSide(s.tenant, p, true, &m.places, reached)
	c := comparison{m, shared{}, newDangers(s.tenant), declaredPeopleOf(s.tenant), map[int][]schema.Address{}}
	for _, t := range s.tables {
		if t.subject() {
			c.compareAll(t)
		}
	}
	m.danger = c.danger.list
	m.noteEmptied()
	m.requestIncomplete()
	return m
}

// A comparison compares the rights of subjects before and after the plan.
type comparison struct {
	*impact
	shared shared
	danger *dangers
	people declaredPeople
	causes map[int][]schema.Address // addresses of the changes of a set
}

// compareAll compares the rights of the reached subjects of a kind. A user whose account gets
// another name loses all rights, and the new name gains them.
func (c *comparison) compareAll(t *kindState) {
	renamed, given := c.handovers(t)
	for _, key := range c.readable(t, slices.Sorted(maps.Keys(c.of(t)))) {
		old := renamed[key]
		if old == "" && given[key] {
			continue // reported with the new name
		}
		set := c.of(t)[key]
		had, wholeBefore := c.before.rights(objectRef{t, key})
		has, wholeAfter := c.after.rights(objectRef{t, key})
		if old != "" {
			hasOld, wholeOld := c.after.rights(objectRef{t, old})
			c.compare(t, old, c.join(set, c.of(t)[old]), had, hasOld, wholeBefore && wholeOld)
			had, wholeBefore = nil, wholeBefore && wholeOld
		}
		c.compare(t, key, set, had, has, wholeBefore && wholeAfter)
	}
}

// compare adds the difference and the loss of a subject. With whole false, not all of its rights
// are known.
func (c *comparison) compare(t *kindState, key string, set int, had, has []schema.Grant, whole bool) {
	gained, lost := rights.Diff(had, has, &c.places)
	switch {
	case c.unreadable(t, key) && !rights.CoversAll(has):
		c.noteUnreadLoss(t, key, set)
	case len(lost) > 0:
		c.noteLoss(t, key, c.sets[set], had, has, lost)
	case !whole && !rights.CoversAll(has):
		c.noteUnreadLoss(t, key, set)
	}
	c.noteUnknown(t, key, set, has, gained)
	if len(gained)+len(lost) == 0 {
		return
	}
	d := rights.Difference{
		Subject: c.address(t, key), Person: t.kind.Subject,
		Gained: c.shared.one(gained), Lost: c.shared.one(lost), LosesAll: whole && rights.LosesAll(had, has),
		CausedBy: c.causedBy(set), People: c.people.of(c.planned, t, key),
	}
	c.affected = append(c.affected, d)
	c.danger.add(&d, had)
}

// noteUnknown adds a subject that the product does not let be read, unless it has all rights
// afterwards, and one that gains rights that are not known.
func (c *comparison) noteUnknown(t *kindState, key string, set int, has, gained []schema.Grant) {
	j, live := t.byKey[key]
	u := plan.Unknown{Subject: c.address(t, key)}
	switch {
	case live && t.live[j].LastWritten && !rights.CoversAll(has):
	case slices.ContainsFunc(gained, func(g schema.Grant) bool { return g.Unknown }):
		u.Gained = true
	default:
		return
	}
	u.CausedBy = c.causedBy(set)
	c.unknown = append(c.unknown, u)
}

// causedBy returns the sorted addresses of the changes of a set.
func (c *comparison) causedBy(set int) []schema.Address {
	if c.causes[set] == nil {
		c.causes[set] = c.addresses(c.sets[set])
	}
	return c.causes[set]
}

// requestIncomplete requests what the kinds' functions looked up and did not find complete.
func (m *impact) requestIncomplete() {
	thin := map[*kindState][]int{}
	for _, side := range [...]*side{m.before, m.after} {
		for kind := range side.Unlisted {
			m.requestList(m.table[kind])
		}
		for o := range side.Incomplete {
			t := m.table[o.Addr.Kind]
			if j, live := t.find(o.Addr.Key); live {
				thin[t] = append(thin[t], j)
			}
		}
	}
	for _, t := range m.tables {
		if slices.Sort(thin[t]); len(thin[t]) > 0 {
			m.requestForImpact(t, slices.Compact(thin[t]))
		}
	}
}

// addresses returns the sorted addresses of changes.
func (p *planned) addresses(changes []int) []schema.Address {
	out := make([]schema.Address, len(changes))
	for n, i := range changes {
		out[n] = p.candidates[i].Addr
	}
	slices.SortFunc(out, schema.Address.Compare)
	return slices.Compact(out)
}

// readable requests reached subjects that were listed without all attributes. If they are too
// many, it returns only the others.
func (m *impact) readable(t *kindState, keys []string) []string {
	var thin []int
	whole := keys[:0:0]
	for _, key := range keys {
		if j, ok := t.byKey[key]; ok && t.live[j].Incomplete && t.kind.Grants != nil {
			thin = append(thin, j)
		} else {
			whole = append(whole, key)
		}
	}
	if len(thin) == 0 || m.requestForImpact(t, thin) {
		return keys
	}
	for _, j := range thin {
		if l := t.live[j]; !l.Inactive() {
			m.noteUnreadLoss(t, l.Addr.Key, m.of(t)[l.Addr.Key])
		}
	}
	return whole
}

// A shared keeps each list of grants once.
type shared map[string][]schema.Grant

func (s shared) one(grants []schema.Grant) []schema.Grant {
	if len(grants) == 0 {
		return nil
	}
	var key []byte
	for _, g := range grants {
		for _, text := range [...]string{g.Right, g.Scope, g.Via} {
			key = append(key, text...)
			key = append(key, 0)
		}
	}
	if have, ok := s[string(key)]; ok {
		return have
	}
	s[string(key)] = grants
	return grants
}
