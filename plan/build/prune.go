package build

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// prune decides what becomes of the live objects that no file declares.
func (f *drafting) prune(t *kindState) {
	named, cascades := namedByRemoved(f.stage, t), f.affects(t)
	for j, owner := range t.owner {
		if owner != none || !t.visible(j) {
			continue
		}
		if cascades && f.deletes(t, t.live[j]) {
			f.cascaded[t] = append(f.cascaded[t], j)
			continue
		}
		if i, ok := t.successor[j]; ok {
			f.remove(t, j, schema.Delete, candidate{successor: t.want[i].Addr.Key, Change: plan.Change{
				Reason: t.want[i].Addr.String() + " takes its place", Pos: t.want[i].Pos,
			}})
			continue
		}
		if r := named[j]; r != nil {
			action, reason := removalAction(t, schema.Delete), "because of a removed block"
			if t.kind.UpdateOnly {
				action, reason = schema.Forget, "because of a removed block; it stays as it is, because "+f.product.Title+" owns it"
			}
			f.remove(t, j, action, candidate{Change: plan.Change{Reason: reason, Pos: r.Pos}})
			continue
		}
		action := schema.NoOp
		if t.manage.Mode == schema.Authoritative {
			action = removalAction(t, schema.Forget)
		}
		if !action.Removes() || t.kind.UpdateOnly {
			f.keep(t, j, "")
			continue
		}
		if !f.covers(t, t.live[j]) {
			f.keep(t, j, uncoveredNote(t))
			continue
		}
		if l := t.live[j]; l.Frozen == schema.Everything {
			f.keep(t, j, "cannot be removed: "+l.FrozenBy)
			continue
		}
		f.remove(t, j, action, candidate{Change: plan.Change{
			Reason: fmt.Sprintf("no file declares it, and %s are authoritative", many(t.kind)), Pos: t.manage.Pos,
		}})
	}
}

// removalAction says what removing an object of the kind means here: what the manage
// block asks for, or else the kind's default, or else the given action.
func removalAction(t *kindState, otherwise schema.Action) schema.Action {
	action := t.manage.OnRemoval
	if action == schema.NoOp {
		action = t.kind.DefaultRemoval()
	}
	if !action.Removes() {
		return otherwise
	}
	return action
}

// keep leaves an undeclared object alone, but for references that have to move.
// The note says why it stays although its kind is authoritative.
func (f *drafting) keep(t *kindState, j int, note string) {
	l := t.live[j]
	if t.writes() {
		if stale := t.refsToReplaced(l, 0); stale != 0 {
			if l.Incomplete {
				f.requestRead(t, j)
				return
			}
			f.add(candidate{table: t, live: j, Change: plan.Change{
				Action: schema.Update, Addr: l.Addr, Have: l, Want: project(t, nil, l), Changed: stale,
				Reason: referenceReason(t, 0, l, stale),
			}})
			return
		}
	}
	if f.undeclared[t] == nil {
		f.undeclared[t] = map[string][]int{}
	}
	f.undeclared[t][note] = append(f.undeclared[t][note], j)
}

// remove plans the removal of a live object. The change is filled in from the
// partial one, which knows the reason.
func (f *drafting) remove(t *kindState, j int, action schema.Action, d candidate) {
	l := t.live[j]
	if action == schema.Deactivate && inactive(l) { // it is as it shall be, but for references that have to move
		if t.refsToReplaced(l, 0) == 0 {
			f.unchanged[t.kind.Name]++
		} else {
			f.keep(t, j, "")
		}
		return
	}
	if l.Incomplete {
		f.requestRead(t, j)
	}
	d.table, d.live = t, j
	d.Action, d.Addr, d.Have = action, l.Addr, l
	if l.Frozen == schema.Everything && t.writes() && action.Writes() {
		d.Action = schema.Refuse
		f.addFinding(notRemoved(f.stage, t, l, d.Pos))
	}
	if d.Action == schema.Delete {
		f.dropped[objectRef{t, l.Addr.Key}] = true
	}
	f.add(d)
}

// namedByRemoved finds the live objects that removed blocks name, and reports the blocks
// that cannot be followed. A block whose object is gone has done its work.
func namedByRemoved(s stage, t *kindState) map[int]*schema.Removal {
	named := map[int]*schema.Removal{}
	for _, r := range t.removed {
		key, _ := t.kind.NormalKey(r.Key)
		j := none
		if at, ok := t.find(key); ok {
			key, j = t.live[at].Addr.Key, at
		}
		switch {
		case t.declares(key) || j != none && t.owner[j] != none:
			s.addFinding(declaredAndRemoved(s, t, r))
		case j == none:
			warnUnknownRemoved(s, t, r, key)
		case t.kind.UpdateOnly && !t.kind.NoList:
			s.addFinding(removesExisting(s, t, r))
		case t.meant[key] || j != none && !t.visible(j) && !s.ignores(t, j): // exclude has said it
		case !t.visible(j):
			s.addFinding(removesIgnored(s, t, r))
		default:
			named[j] = r
		}
	}
	return named
}

// warnUnknownRemoved warns of a removed block that names nothing where there is something with
// nearly that name: nobody would notice that a leaver stays for a typing mistake.
func warnUnknownRemoved(s stage, t *kindState, r *schema.Removal, key string) {
	if !t.listed || t.kind.NoList {
		return
	}
	near := s.suggest(key, t)
	if near == "" {
		return
	}
	s.addFinding(schema.Finding{
		Severity: schema.Warning, Code: "plan/unknown-removed", Pos: r.Pos, Value: r.Key,
		Addr:    schema.Address{Provider: s.Tenant.Name, Kind: t.kind.Name, Key: key},
		Summary: "A removed block names an unknown object",
		Detail: fmt.Sprintf("%s has no %s %q. Did you mean %q? If the %s is gone already, delete the block.",
			s.product.Title, noun(t.kind), key, near, noun(t.kind)),
	})
}
