package build

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A loss is a subject that loses rights through any object: its own attributes, a role, a group, or
// objects that hold rights for it. The limits check losses.
type loss struct {
	key     string
	causes  []int   // indices of the changes that reach it
	reduced bool    // the loss counts as a removal; see rights.Kept
	kept    float64 // the share of rights that it keeps, from 0 to 1; see rights.Kept
	unread  bool    // the subject was not read, so that it may lose rights
}

// noteLoss adds the loss of a subject, unless it still has all rights on everything.
func (m *impact) noteLoss(t *kindState, key string, causes []int, before, after, lost []schema.Grant) {
	if rights.CoversAll(after) {
		return
	}
	kept := rights.Kept(before, after, &m.places)
	reduced := kept < rights.Half || rights.KeepsNothing(before, lost)
	m.losses[t] = append(m.losses[t], loss{key: key, causes: causes, reduced: reduced, kept: kept})
}

// noteEmptied adds a loss for an object that holds rights for several users, such as a group, and
// loses most of them. The limits count it as removed, however many users that are.
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

// noteUnreadLoss adds a loss of all rights for a subject that was not read, because that takes too
// many requests or the product does not allow it, if one of the changes may revoke rights.
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

// unreadable reports whether it is not known which rights a live object has, because the product
// does not let it be read and no journal has its last write. An object that gets all rights loses
// none.
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

// mayRevoke reports whether a change may revoke rights of subjects that it reaches. A change that
// only adds to sets does not.
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

// lossesOf lists the subjects of a kind that lose rights and are not removed: with reduced, those
// that count as removed, otherwise those that lose fewer rights.
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

// nameCauses lists the changes through which subjects lose rights.
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
