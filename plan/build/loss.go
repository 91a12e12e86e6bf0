package build

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A loss is what guards need to know of one subject that loses rights, through
// whatever objects: its own attributes, a role, a group, what is held for it.
type loss struct {
	key    string
	causes []int // places of the changes that reach it
	// reduced: so much is lost that it counts like a removal; see rights.Kept.
	reduced bool
	kept    float64 // how much of its rights it keeps, from 0 to 1; see rights.Kept
	// unread: the subject was not read, so that it may lose rights.
	unread bool
}

// noteLoss keeps that a subject loses rights. Whoever can still do everything loses
// nothing that matters.
func (m *impact) noteLoss(t *kindState, key string, causes []int, before, after, lost []schema.Grant) {
	if rights.CoversAll(after) {
		return
	}
	kept := rights.Kept(before, after, &m.places)
	reduced := kept < rights.Half || rights.KeepsNothing(before, lost)
	m.losses[t] = append(m.losses[t], loss{key: key, causes: causes, reduced: reduced, kept: kept})
}

// noteEmptied keeps that an object which holds rights for several people, such as a group,
// no longer holds them for most or for any of those whom it held them for. Guards count it
// like an object that is removed, however many people that is.
func (m *impact) noteEmptied() {
	for i := range m.candidates {
		d := &m.candidates[i]
		h := d.table.grantee
		if h == nil || h.attr.Type != schema.TypeSet || d.Have == nil || d.Want == nil || !d.Changed.Has(h.at) {
			continue
		}
		had, has := h.attr.Texts(d.Have.Body), h.attr.Texts(d.Want.Body)
		stays := slices.ContainsFunc(had, func(s string) bool { return inside([]string{s}, has) })
		if len(had) > 0 && (!stays || 2*len(has) < len(had)) {
			m.losses[d.table] = append(m.losses[d.table], loss{key: d.Have.Addr.Key, causes: []int{i}, reduced: true})
		}
	}
}

// noteUnreadLoss keeps that a subject may lose rights that were not read, because
// that would be too costly or the product does not let it be read: in doubt, where
// one of the changes takes any, it loses all of them.
func (m *impact) noteUnreadLoss(t *kindState, key string, set int) {
	takes, known := m.takes[set]
	if !known {
		takes = slices.ContainsFunc(m.sets[set], func(i int) bool { return mayRevoke(&m.candidates[i]) })
		m.takes[set] = takes
	}
	if takes {
		m.losses[t] = append(m.losses[t], loss{key: key, causes: m.sets[set], reduced: true, unread: true})
	}
}

// unreadable reports whether rights that a live object may lose are not known, because
// the product does not let it be read and nothing tells how it was written last. Where
// a change gives it everything, it loses none.
func (m *impact) unreadable(t *kindState, key string) bool {
	j, live := t.byKey[key]
	if !live || !t.live[j].LastWritten {
		return false
	}
	missing := t.guarded &^ t.live[j].Set
	if d := m.outcome(t).changes[j]; d != nil && d.Want != nil {
		missing &= d.Changed
		if full := t.kind.GrantsAll; full != nil && full(d.Want) {
			return false
		}
	}
	return missing != 0
}

// mayRevoke reports whether a change may take rights from those whom it reaches. One
// that only adds to sets does not.
func mayRevoke(d *candidate) bool {
	if d.Have == nil {
		return false
	}
	if d.Want == nil {
		return true
	}
	for i := range d.table.kind.Attributes {
		a := &d.table.kind.Attributes[i]
		if !d.Changed.Has(i) || !d.table.carriesRights(i) {
			continue
		}
		if a.Type != schema.TypeSet || !d.Have.Set.Has(i) || !inside(a.Texts(d.Have.Body), a.Texts(d.Want.Body)) {
			return true
		}
	}
	return false
}

// lossesOf lists the subjects of a kind that lose rights although their objects stay usable:
// those that count as removed, or those that lose less.
func (m *impact) lossesOf(t *kindState, reduced bool) []loss {
	var out []loss
	_, given := m.handovers(t) // counted as removed by the change itself
	for _, l := range m.losses[t] {
		if l.reduced == reduced && (reduced || l.kept < 1) && !given[l.key] && !m.removesObject(t, l.key) {
			out = append(out, l)
		}
	}
	return out
}

// nameCauses names the changes by which subjects lose what they lose.
func (p *planned) nameCauses(losses ...loss) string {
	causes := map[int]bool{}
	for _, l := range losses {
		for _, i := range l.causes {
			causes[i] = true
		}
	}
	addresses := p.addresses(slices.Collect(maps.Keys(causes)))
	return someAddresses(addresses, len(addresses))
}
