package build

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// prune decides what becomes of the live objects that no file declares.
func (b *builder) prune(t *kindState) {
	named, loses := b.named(t), t.hasCascade()
	for j, owner := range t.owner {
		if owner != none || !t.visible(j) {
			continue
		}
		if loses && t.cascades(t.live[j]) {
			t.cascaded = append(t.cascaded, j)
			continue
		}
		if i, ok := t.successor[j]; ok {
			b.remove(t, j, schema.Delete, candidate{successor: t.want[i].Addr.Key, Change: plan.Change{
				Reason: t.want[i].Addr.String() + " takes its place", Pos: t.want[i].Pos,
			}})
			continue
		}
		if r := named[j]; r != nil {
			action, reason := t.removes(schema.Delete), "because of a removed block"
			if t.kind.UpdateOnly {
				action, reason = schema.Forget, "because of a removed block; it stays as it is, because "+b.product.Title+" owns it"
			}
			b.remove(t, j, action, candidate{Change: plan.Change{Reason: reason, Pos: r.Pos}})
			continue
		}
		action := schema.NoOp
		if t.manage.Mode == schema.Authoritative {
			action = t.removes(schema.Forget)
		}
		if !action.Removes() || t.kind.UpdateOnly {
			b.keep(t, j, "")
			continue
		}
		if !t.covers(t.live[j]) {
			b.keep(t, j, t.uncoveredNote())
			continue
		}
		if l := t.live[j]; l.Frozen == schema.Everything {
			b.keep(t, j, "cannot be removed: "+l.FrozenBy)
			continue
		}
		b.remove(t, j, action, candidate{Change: plan.Change{
			Reason: fmt.Sprintf("no file declares it, and %s are authoritative", many(t.kind)), Pos: t.manage.Pos,
		}})
	}
}

// removes says what removing an object of the kind means here: what the manage
// block asks for, or else the kind's default, or else the given action.
func (t *kindState) removes(otherwise schema.Action) schema.Action {
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
func (b *builder) keep(t *kindState, j int, note string) {
	l := t.live[j]
	if t.writes() {
		if stale := t.refsToReplaced(l, 0); stale != 0 {
			if l.Incomplete {
				b.requestRead(t, j)
				return
			}
			b.add(candidate{table: t, live: j, Change: plan.Change{
				Action: schema.Update, Addr: l.Addr, Have: l, Want: t.project(nil, l), Changed: stale,
				Reason: t.referenceReason(0, l, stale),
			}})
			return
		}
	}
	t.undeclared[note] = append(t.undeclared[note], j)
}

// remove plans the removal of a live object. The change is filled in from the
// partial one, which knows the reason.
func (b *builder) remove(t *kindState, j int, action schema.Action, d candidate) {
	l := t.live[j]
	if action == schema.Deactivate && t.kind.Inactive != nil && t.kind.Inactive(l) {
		b.skipInactive(t, j)
		return
	}
	if l.Incomplete {
		b.requestRead(t, j)
	}
	d.table, d.live = t, j
	d.Action, d.Addr, d.Have = action, l.Addr, l
	if l.Frozen == schema.Everything && t.writes() && action.Writes() {
		d.Action = schema.Refuse
		b.addFinding(b.notRemoved(t, l, d.Pos))
	}
	if d.Action == schema.Delete {
		t.dropped[l.Addr.Key] = true
	}
	b.add(d)
}

// skipInactive leaves an object that is inactive already: it is as it shall be.
func (b *builder) skipInactive(t *kindState, j int) {
	if t.refsToReplaced(t.live[j], 0) != 0 {
		b.keep(t, j, "")
		return
	}
	b.plan.Unchanged[t.kind.Name]++
}

// named finds the live objects that removed blocks name, and reports the blocks
// that cannot be followed. A block whose object is gone has done its work.
func (b *builder) named(t *kindState) map[int]*schema.Removal {
	named := map[int]*schema.Removal{}
	for _, r := range t.removed {
		key, _ := t.kind.NormalKey(r.Key)
		j := none
		if at, ok := t.find(key); ok {
			key, j = t.live[at].Addr.Key, at
		}
		switch {
		case t.declares(key) || j != none && t.owner[j] != none:
			b.addFinding(b.declaredAndRemoved(t, r))
		case j == none:
			b.checkRemoved(t, r, key)
		case t.kind.UpdateOnly && !t.kind.NoList:
			b.addFinding(b.removesExisting(t, r))
		case t.meant[key] || j != none && !t.visible(j) && !b.ignores(t, j): // exclude has said it
		case !t.visible(j):
			b.addFinding(b.removesIgnored(t, r))
		default:
			named[j] = r
		}
	}
	return named
}

// checkRemoved warns of a removed block that names nothing where there is something with
// nearly that name: nobody would notice that a leaver stays for a typing mistake.
func (b *builder) checkRemoved(t *kindState, r *schema.Removal, key string) {
	if !t.listed || t.kind.NoList {
		return
	}
	near := b.suggest(key, t)
	if near == "" {
		return
	}
	b.addFinding(schema.Finding{
		Severity: schema.Warning, Code: "plan/unknown-removed", Pos: r.Pos, Value: r.Key,
		Addr:    schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name, Key: key},
		Summary: "A removed block names an unknown object",
		Detail: fmt.Sprintf("%s has no %s %q. Did you mean %q? If the %s is gone already, delete the block.",
			b.product.Title, noun(t.kind), key, near, noun(t.kind)),
	})
}

// find looks a live object up by its key, its earlier key, its second name, or its key
// as it is printed.
func (t *kindState) find(key string) (int, bool) {
	for _, k := range [...]string{key, t.renamed[key]} {
		if j, ok := t.byKey[k]; ok {
			return j, true
		}
	}
	if j, ok := t.byAlias[key]; ok {
		return j, true
	}
	return t.printedAs(key)
}

// printedAs finds the one live object whose key has characters that nobody sees and is
// printed as the text, which shows them as escapes such as \x1b.
func (t *kindState) printedAs(s string) (int, bool) {
	if !strings.Contains(s, `\`) {
		return none, false
	}
	if t.printed == nil {
		t.printed = map[string]int{}
		for j, l := range t.live {
			printed := text.Clean(l.Addr.Key)
			if printed == l.Addr.Key {
				continue
			}
			if _, twice := t.printed[printed]; twice {
				j = none
			}
			t.printed[printed] = j
		}
	}
	j, ok := t.printed[s]
	return j, ok && j != none
}

func (t *kindState) declares(key string) bool { _, ok := t.declared[key]; return ok }

// removal returns the removed block that names the live object, or nil.
func (t *kindState) removal(o *schema.Object) *schema.Removal {
	for _, r := range t.removed {
		if key, _ := t.kind.NormalKey(r.Key); key == o.Addr.Key || o.Alias != "" && key == o.Alias {
			return r
		}
	}
	return nil
}
