package build

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A planned has the changes of a plan in the order of execution, and the tenant before and after
// them.
type planned struct {
	*drafts
	outcomes []outcome             // by level
	excluded []plan.Change         // by --target
	needs    map[subject][]subject // see rememberDependencies
}

// An outcome is the changes of the objects of a kind.
type outcome struct {
	changes map[int]*candidate        // by live object
	created map[string]*schema.Object // by key
}

func (p *planned) outcome(t *kindState) *outcome { return &p.outcomes[t.level] }

// indexCandidates fills in outcomes and the cascade. Of two steps of one object it takes the
// second.
func (p *planned) indexCandidates() {
	p.outcomes = make([]outcome, len(p.kinds))
	for i := range p.outcomes {
		p.outcomes[i] = outcome{map[int]*candidate{}, map[string]*schema.Object{}}
	}
	clear(p.deleted)
	for i := range p.candidates {
		d := &p.candidates[i]
		if !d.Action.Writes() {
			continue
		}
		if d.live == none {
			p.outcome(d.table).created[d.Addr.Key] = d.Want
		} else {
			p.outcome(d.table).changes[d.live] = d
			p.record(d)
		}
	}
}

// each calls f for every object as it is or as it is planned, with its key after the plan.
func (p *planned) each(t *kindState, planned bool, f func(key string, o *schema.Object)) {
	k, cascades := p.outcome(t), planned && p.affects(t)
	for j, l := range t.live {
		switch d := k.changes[j]; {
		case cascades && p.deletes(t, l):
		case d == nil:
			f(l.Addr.Key, l)
		case !planned:
			f(d.Addr.Key, l)
		case d.Want != nil:
			f(d.Addr.Key, d.Want)
		}
	}
	if planned {
		for key, o := range k.created {
			f(key, o)
		}
	}
}

// eachVersion calls f for every object as it is and, if it changes, as it is planned, with its key
// after the plan.
func (p *planned) eachVersion(t *kindState, f func(key string, o *schema.Object)) {
	k := p.outcome(t)
	for j, l := range t.live {
		d := k.changes[j]
		if d == nil {
			f(l.Addr.Key, l)
			continue
		}
		f(d.Addr.Key, l)
		if d.Want != nil {
			f(d.Addr.Key, d.Want)
		}
	}
	for key, o := range k.created {
		f(key, o)
	}
}

// object finds an object by its key or its alias, as it is or as it is planned. Renamed objects
// have their new keys in both, as references to them do. Deactivated objects exist.
func (p *planned) object(t *kindState, key string, planned bool) (*schema.Object, bool) {
	k := p.outcome(t)
	if o, ok := k.created[key]; ok && planned {
		return o, true
	}
	j, ok := t.byKey[key]
	if !ok {
		if j, ok = t.byAlias[key]; !ok {
			return nil, false
		}
	}
	d := k.changes[j]
	if planned && p.deletes(t, t.live[j]) {
		return nil, false
	}
	if !planned || d == nil || d.Action == schema.Deactivate {
		return t.live[j], true
	}
	return d.Want, d.Want != nil
}

// after lists the objects of a kind as they would be after the plan. Deactivated objects are
// unchanged; objects that hold rights for a deleted user, and those that are deleted with others,
// are left out. Without changes it returns the input.
func (p *planned) after(t *kindState) []schema.Object {
	k, orphans, cascades := p.outcome(t), p.orphans(t), p.affects(t)
	if len(k.changes)+len(k.created) == 0 && !t.rekeyedAny && len(orphans) == 0 && !cascades {
		return t.source
	}
	out := make([]schema.Object, 0, len(t.live)+len(k.created))
	for j, l := range t.live {
		switch d := k.changes[j]; {
		case cascades && p.deletes(t, l):
		case orphans[j] && (d == nil || d.Want != nil):
		case d == nil || d.Action == schema.Deactivate:
			out = append(out, *l)
		case d.Want != nil:
			out = append(out, *d.Want)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(k.created)) {
		out = append(out, *k.created[key])
	}
	return out
}

// orphans are the live objects that hold rights for users whom the plan deletes.
func (p *planned) orphans(t *kindState) map[int]bool {
	if t.grantee == nil {
		return nil
	}
	gone, orphans := map[objectRef]bool{}, map[int]bool{}
	for _, to := range t.grantee.to {
		for j, d := range p.outcome(to).changes {
			if d.Action == schema.Delete {
				gone[objectRef{to, to.live[j].Addr.Key}] = true
			}
		}
	}
	for j, l := range t.live {
		if len(gone) > 0 {
			t.grantees("", l, func(who objectRef) { orphans[j] = orphans[j] || gone[who] })
		}
	}
	return orphans
}

// handovers returns the old keys of accounts that get another name, by their new keys, and the
// set of the old keys.
func (p *planned) handovers(t *kindState) (renamed map[string]string, given map[string]bool) {
	if !t.kind.Subject {
		return nil, nil
	}
	for _, d := range p.outcome(t).changes {
		if !d.HandsOver() {
			continue
		}
		if renamed == nil {
			renamed, given = map[string]string{}, map[string]bool{}
		}
		renamed[d.Addr.Key], given[d.From] = d.From, true
	}
	return renamed, given
}

// removesObject reports whether the object is removed or deactivated, or deleted with another.
func (p *planned) removesObject(t *kindState, key string) bool {
	j, live := t.byKey[key]
	if !live {
		return false
	}
	d := p.outcome(t).changes[j]
	return d != nil && d.deactivates() || p.deletes(t, t.live[j])
}

// newKeys lists the new keys of renamed objects, and of objects whose keys contain theirs.
func newKeys(s stage, p *planned) []NewKey {
	var out []NewKey
	for _, t := range s.tables {
		for j, l := range t.live {
			key := l.Addr.Key
			if d := p.outcome(t).changes[j]; d != nil && d.Action == schema.Rename {
				key = d.Addr.Key
			}
			if key != t.source[j].Addr.Key {
				out = append(out, NewKey{t.kind.Name, key, l.ID})
			}
		}
	}
	return out
}
