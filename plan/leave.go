package plan

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// leave decides what becomes of the live objects that no file declares.
func (b *builder) leave(t *table) {
	named, loses := b.named(t), t.loses()
	for j, owner := range t.owner {
		if owner != none || !t.sees(j) {
			continue
		}
		if loses && t.taken(t.live[j]) {
			t.rides = append(t.rides, j)
			continue
		}
		if i, ok := t.heir[j]; ok {
			b.drop(t, j, schema.Delete, draft{heir: t.want[i].Addr.Key, Change: Change{
				Reason: t.want[i].Addr.String() + " takes its place", Pos: t.want[i].Pos,
			}})
			continue
		}
		if r := named[j]; r != nil {
			action, reason := t.removes(schema.Delete), "because of a removed block"
			if t.kind.Existing {
				action, reason = schema.Forget, "because of a removed block; it stays as it is, because "+b.product.Title+" owns it"
			}
			b.drop(t, j, action, draft{Change: Change{Reason: reason, Pos: r.Pos}})
			continue
		}
		action := schema.NoOp
		if t.manage.Mode == schema.Authoritative {
			action = t.removes(schema.Forget)
		}
		if !action.Removes() || t.kind.Existing {
			b.stay(t, j, "")
			continue
		}
		if !t.covers(t.live[j]) {
			b.stay(t, j, t.uncoveredNote())
			continue
		}
		if l := t.live[j]; l.Frozen == schema.Everything {
			b.stay(t, j, "cannot be removed: "+l.FrozenBy)
			continue
		}
		b.drop(t, j, action, draft{Change: Change{
			Reason: fmt.Sprintf("no file declares it, and %s are authoritative", many(t.kind)), Pos: t.manage.Pos,
		}})
	}
}

// removes says what removing an object of the kind means here: what the manage
// block asks for, or else the kind's default, or else the given action.
func (t *table) removes(otherwise schema.Action) schema.Action {
	action := t.manage.OnRemoval
	if action == schema.NoOp {
		action = t.kind.DefaultRemoval()
	}
	if !action.Removes() {
		return otherwise
	}
	return action
}

// stay leaves an undeclared object alone, but for references that have to move.
// The note says why it stays although its kind is authoritative.
func (b *builder) stay(t *table, j int, note string) {
	l := t.live[j]
	if t.writes() {
		if stale := t.stale(l, 0); stale != 0 {
			if l.Thin {
				b.complete(t, j)
				return
			}
			b.add(draft{table: t, live: j, Change: Change{
				Action: schema.Update, Addr: l.Addr, Have: l, Want: t.project(nil, l), Changed: stale,
				Reason: t.moving(0, l, stale),
			}})
			return
		}
	}
	t.kept[note] = append(t.kept[note], j)
}

// drop plans the removal of a live object. The change is filled in from the
// partial one, which knows the reason.
func (b *builder) drop(t *table, j int, action schema.Action, d draft) {
	l := t.live[j]
	if action == schema.Deactivate && t.kind.Inactive != nil && t.kind.Inactive(l) {
		b.rest(t, j)
		return
	}
	if l.Thin {
		b.complete(t, j)
	}
	d.table, d.live = t, j
	d.Action, d.Addr, d.Have = action, l.Addr, l
	if l.Frozen == schema.Everything && t.writes() && action.Writes() {
		d.Action = schema.Refuse
		b.find(b.notRemoved(t, l, d.Pos))
	}
	if d.Action == schema.Delete {
		t.dropped[l.Addr.Key] = true
	}
	b.add(d)
}

// rest leaves an object that is inactive already: it is as it shall be.
func (b *builder) rest(t *table, j int) {
	if t.stale(t.live[j], 0) != 0 {
		b.stay(t, j, "")
		return
	}
	b.plan.Unchanged[t.kind.Name]++
}

// named finds the live objects that removed blocks name, and reports the blocks
// that cannot be followed. A block whose object is gone has done its work.
func (b *builder) named(t *table) map[int]*schema.Removal {
	named := map[int]*schema.Removal{}
	for _, r := range t.removed {
		key, _ := t.kind.NormalKey(r.Key)
		j := none
		if at, ok := t.find(key); ok {
			key, j = t.live[at].Addr.Key, at
		}
		switch {
		case t.declares(key) || j != none && t.owner[j] != none:
			b.find(b.declaredAndRemoved(t, r))
		case j == none:
			b.checkRemoved(t, r, key)
		case t.kind.Existing && !t.kind.Unlisted:
			b.find(b.removesExisting(t, r))
		case t.meant[key] || j != none && !t.sees(j) && !b.ignores(t, j): // exclude has said it
		case !t.sees(j):
			b.find(b.removesIgnored(t, r))
		default:
			named[j] = r
		}
	}
	return named
}

// checkRemoved warns of a removed block that names nothing where there is something with
// nearly that name: nobody would notice that a leaver stays for a typing mistake.
func (b *builder) checkRemoved(t *table, r *schema.Removal, key string) {
	if !t.listed || t.kind.Unlisted {
		return
	}
	near := b.nearest(key, t)
	if near == "" {
		return
	}
	b.find(schema.Finding{
		Severity: schema.Warning, Code: "plan/unknown-removed", Pos: r.Pos, Value: r.Key,
		Addr:    schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name, Key: key},
		Summary: "A removed block names an unknown object",
		Detail: fmt.Sprintf("%s has no %s %q. Did you mean %q? If the %s is gone already, delete the block.",
			b.product.Title, noun(t.kind), key, near, noun(t.kind)),
	})
}

// find looks a live object up by its key, its earlier key, its second name, or its key
// as it is printed.
func (t *table) find(key string) (int, bool) {
	for _, k := range [...]string{key, t.renamed[key]} {
		if j, ok := t.at[k]; ok {
			return j, true
		}
	}
	if j, ok := t.alias[key]; ok {
		return j, true
	}
	return t.printedAs(key)
}

// printedAs finds the one live object whose key has characters that nobody sees and is
// printed as the text, which shows them as escapes such as \x1b.
func (t *table) printedAs(s string) (int, bool) {
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

func (t *table) declares(key string) bool { _, ok := t.declared[key]; return ok }

// removal returns the removed block that names the live object, or nil.
func (t *table) removal(o *schema.Object) *schema.Removal {
	for _, r := range t.removed {
		if key, _ := t.kind.NormalKey(r.Key); key == o.Addr.Key || o.Alias != "" && key == o.Alias {
			return r
		}
	}
	return nil
}
