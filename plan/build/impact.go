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
}

// computeImpact computes the rights of every reached subject before and after the plan, its own and
// those that other objects hold for it. Subjects with equal differences or causes share them.
func computeImpact(s stage, p *planned) *impact {
	m := &impact{reach: findReach(s, p), losses: map[*kindState][]loss{}}
	if s.unfinished() {
		return m
	}
	reached := func(who objectRef) bool { return m.of(who.table)[who.key] != 0 }
	m.before, m.after = newSide(s.tenant, p, false, &m.places, reached), newSide(s.tenant, p, true, &m.places, reached)
	share, danger, people := shared{}, newDangers(s.tenant), declaredPeopleOf(s.tenant)
	because := map[int][]schema.Address{}
	for _, t := range s.tables {
		if !t.subject() {
			continue
		}
		tell := func(key string, set int, had, has []schema.Grant, whole bool) {
			gained, lost := rights.Diff(had, has, &m.places)
			switch {
			case m.unreadable(t, key) && !rights.CoversAll(has):
				m.noteUnreadLoss(t, key, set)
			case len(lost) > 0:
				m.noteLoss(t, key, m.sets[set], had, has, lost)
			case !whole && !rights.CoversAll(has):
				m.noteUnreadLoss(t, key, set)
			}
			if len(gained)+len(lost) == 0 {
				return
			}
			if because[set] == nil {
				because[set] = p.addresses(m.sets[set])
			}
			d := rights.Difference{
				Subject: s.address(t, key), Person: t.kind.Subject,
				Gained: share.one(gained), Lost: share.one(lost), CausedBy: because[set], People: people.of(p, t, key),
			}
			m.affected = append(m.affected, d)
			danger.add(&d, had)
		}
		renamed, given := p.handovers(t)
		for _, key := range m.readable(t, slices.Sorted(maps.Keys(m.of(t)))) {
			set := m.of(t)[key]
			switch old := renamed[key]; {
			case old != "":
				had, wholeBefore := m.before.rights(objectRef{t, key})
				has, wholeAfter := m.after.rights(objectRef{t, old})
				tell(old, m.join(set, m.of(t)[old]), had, has, wholeBefore && wholeAfter)
				has, whole := m.after.rights(objectRef{t, key})
				tell(key, set, nil, has, wholeBefore && wholeAfter && whole)
			case !given[key]: // otherwise reported with the new name
				had, wholeBefore := m.before.rights(objectRef{t, key})
				has, wholeAfter := m.after.rights(objectRef{t, key})
				tell(key, set, had, has, wholeBefore && wholeAfter)
			}
		}
	}
	m.danger = danger.list
	m.noteEmptied()
	m.requestIncomplete()
	return m
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
		if l := t.live[j]; !inactive(l) {
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
