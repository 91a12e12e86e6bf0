package build

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// prune plans the removal of live objects that no file declares, or keeps them.
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
				Reason: "replaced by " + t.want[i].Addr.String(), Pos: t.want[i].Pos,
			}})
			continue
		}
		if r := named[j]; r != nil {
			action, reason := removalAction(t, schema.Delete), removalReason(t, r)
			if t.kind.UpdateOnly {
				action, reason = schema.Forget, "because of a removed block; it stays, because "+f.product.Title+" owns it"
			}
			f.remove(t, j, action, candidate{Change: plan.Change{Reason: reason, Pos: r.Pos}})
			continue
		}
		if !f.looksFor(t, j) {
			f.keep(t, j, "")
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

// removalAction returns how objects of the kind are removed: as the manage block says, or else
// the kind's default, or else the given action.
func removalAction(t *kindState, otherwise schema.Action) schema.Action {
	action := t.kind.Removal(t.manage)
	if !action.Removes() {
		return otherwise
	}
	return action
}

// keep leaves an undeclared object alone, except that references to replaced objects change. The
// note says why an object of an authoritative kind is kept.
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

// remove plans the removal of a live object. d has the reason, the position and the successor.
func (f *drafting) remove(t *kindState, j int, action schema.Action, d candidate) {
	l := t.live[j]
	if action == schema.Deactivate && l.Inactive() { // already as wanted, except for references to replaced objects
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

// namedByRemoved finds the live objects that removed blocks name, and reports blocks that cannot
// be applied. A block whose object does not exist has been applied already.
func namedByRemoved(s stage, t *kindState) map[int]*schema.Removal {
	named := map[int]*schema.Removal{}
	for _, r := range t.removed {
		key, _ := t.kind.NormalKey(r.Key)
		j := t.removes(r)
		if j != none {
			key = t.live[j].Addr.Key
		}
		switch {
		case t.declares(key) || j != none && t.owner[j] != none:
			s.addFinding(declaredAndRemoved(s, t, r))
		case j == none:
			warnUnknownRemoved(s, t, r, key)
		case t.kind.UpdateOnly && !t.kind.NoList:
			s.addFinding(removesExisting(s, t, r))
		case t.meant[key] || j != none && !t.visible(j) && !s.ignores(t, j): // excludeDuplicates has reported it
		case !t.visible(j):
			s.addFinding(removesIgnored(s, t, r))
		default:
			named[j] = r
		}
	}
	return named
}

// warnUnknownRemoved warns of a removed block that names no object if there is one with a similar
// key: with a typing error, a user who left would keep access.
func warnUnknownRemoved(s stage, t *kindState, r *schema.Removal, key string) {
	if !t.listed || t.kind.NoList || r.Expired != nil { // without an error until it expired
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
