package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A loss is what guards need to know of one subject that loses rights, through
// whatever objects: its own attributes, a role, a group, what is held for it.
type loss struct {
	key    string
	causes []int // places of the changes that reach it
	// reduced: so much is lost that it counts like a removal; see grant.Reduced.
	reduced bool
	kept    float64 // how much of its rights it keeps, from 0 to 1; see grant.Kept
	// unread: the subject was not read, so that it may lose rights.
	unread bool
}

// noteLoss keeps that a subject loses rights. Whoever can still do everything loses
// nothing that matters.
func (b *builder) noteLoss(t *kindState, key string, causes []int, before, after, lost []schema.Grant) {
	if rights.CoversAll(after) {
		return
	}
	kept := rights.Kept(before, after, &b.places)
	reduced := kept < rights.Half || rights.KeepsNothing(before, lost)
	t.losses = append(t.losses, loss{key: key, causes: causes, reduced: reduced, kept: kept})
}

// noteEmptied keeps that an object which holds rights for several people, such as a group,
// no longer holds them for most or for any of those whom it held them for. Guards count it
// like an object that is removed, however many people that is.
func (b *builder) noteEmptied() {
	for i := range b.candidates {
		d := &b.candidates[i]
		h := d.table.grantee
		if h == nil || h.attr.Type != schema.TypeSet || d.Have == nil || d.Want == nil || !d.Changed.Has(h.at) {
			continue
		}
		had, has := h.attr.Texts(d.Have.Body), h.attr.Texts(d.Want.Body)
		stays := slices.ContainsFunc(had, func(s string) bool { return inside([]string{s}, has) })
		if len(had) > 0 && (!stays || 2*len(has) < len(had)) {
			d.table.losses = append(d.table.losses, loss{key: d.Have.Addr.Key, causes: []int{i}, reduced: true})
		}
	}
}

// noteUnreadLoss keeps that a subject may lose rights that were not read, because
// that would be too costly or the product does not let it be read: in doubt, where
// one of the changes takes any, it loses all of them.
func (b *builder) noteUnreadLoss(t *kindState, key string, set int, c *changeSets) {
	takes, known := c.takes[set]
	if !known {
		takes = slices.ContainsFunc(c.sets[set], func(i int) bool { return b.candidates[i].mayTake() })
		c.takes[set] = takes
	}
	if takes {
		t.losses = append(t.losses, loss{key: key, causes: c.sets[set], reduced: true, unread: true})
	}
}

// unreadable reports whether rights that a live object may lose are not known, because
// the product does not let it be read and nothing tells how it was written last. Where
// a change gives it everything, it loses none.
func (t *kindState) unreadable(key string) bool {
	j, live := t.byKey[key]
	if !live || !t.live[j].LastWritten {
		return false
	}
	missing := t.guarded &^ t.live[j].Set
	if d := t.changes[j]; d != nil && d.Want != nil {
		missing &= d.Changed
		if full := t.kind.GrantsAll; full != nil && full(d.Want) {
			return false
		}
	}
	return missing != 0
}

// mayTake reports whether a change may take rights from those whom it reaches. One
// that only adds to sets does not.
func (d *candidate) mayTake() bool {
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

// narrowed lists the subjects of a kind that lose some rights and do not count as removed.
func (t *kindState) narrowed() []loss {
	var out []loss
	_, given := t.handedOver()
	for _, l := range t.losses {
		if !l.reduced && l.kept < 1 && !given[l.key] && !t.removesObject(l.key) {
			out = append(out, l)
		}
	}
	return out
}

// reduced lists the subjects of a kind that count as removed although their objects
// stay usable.
func (t *kindState) reduced() []loss {
	var out []loss
	_, given := t.handedOver() // counted as removed by the change itself
	for _, l := range t.losses {
		if l.reduced && !given[l.key] && !t.removesObject(l.key) {
			out = append(out, l)
		}
	}
	return out
}

// removesObject reports whether the object itself is removed or deactivated, or goes with
// another, so that it counts already.
func (t *kindState) removesObject(key string) bool {
	j, live := t.byKey[key]
	if !live {
		return false
	}
	d := t.changes[j]
	return d != nil && d.deactivates() || t.cascades(t.live[j])
}

// nameCauses names the changes by which subjects lose what they lose.
func (b *builder) nameCauses(losses []loss) string {
	seen := map[int]bool{}
	var addresses []schema.Address
	for _, l := range losses {
		for _, i := range l.causes {
			if !seen[i] {
				seen[i] = true
				addresses = append(addresses, b.candidates[i].Addr)
			}
		}
	}
	slices.SortFunc(addresses, schema.Address.Compare)
	addresses = slices.Compact(addresses)
	return someAddresses(addresses, len(addresses))
}

// limitProtectedSubjects keeps protected subjects from losing rights through other
// objects than their own and what is held for them, which limitProtected holds.
func (b *builder) limitProtectedSubjects(along []candidate) {
	if len(b.Tenant.Protect) == 0 {
		return
	}
	told := map[schema.Address]bool{}
	for i := range b.plan.Violations {
		if f := &b.plan.Violations[i]; f.Code == protectedCode {
			told[f.Addr] = true
		}
	}
	for i := range along {
		if told[along[i].Addr] {
			told[*along[i].cascadedBy] = true
		}
	}
	for _, t := range b.tables {
		for i := range t.losses {
			l := &t.losses[i]
			who := schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name, Key: l.key}
			pattern := b.protector(who)
			if pattern == "" || told[who] || slices.ContainsFunc(l.causes, func(i int) bool { return told[b.candidates[i].Addr] }) {
				continue
			}
			way := b.nameCauses([]loss{*l})
			b.addViolation(protectedCode, who, b.candidates[l.causes[0]].Pos, "A protected object would lose rights", fmt.Sprintf(
				"%s %s rights through %s, and protect names %q. To allow this plan, remove it from protect.",
				who, choose(l.unread, "may lose", "would lose"), way, pattern))
		}
	}
}

const protectedCode = "plan/protected"

// noteRemoved tells each change what counts as removed with it, and one change of each
// subject that loses less how much it keeps.
func (b *builder) noteRemoved() {
	by := b.cascadingDeletes()
	for _, r := range b.cascadeDeletes() {
		d := &b.candidates[by[r.cascadedBy]]
		d.Removes = append(d.Removes, r.object().Addr)
	}
	for _, t := range b.tables {
		for _, l := range t.reduced() {
			for _, i := range l.causes {
				d := &b.candidates[i]
				d.Removes = append(d.Removes, schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name, Key: l.key})
			}
		}
		for _, l := range t.narrowed() {
			d := &b.candidates[l.causes[0]]
			if d.Narrows == nil {
				d.Narrows = map[schema.Address]float64{}
			}
			d.Narrows[schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name, Key: l.key}] = l.kept
		}
	}
}
