package build

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Objects that the product deletes with another object.
//
// A team's memberships are within the team (schema.Within): the product deletes them
// when the team is deleted. The plan makes no changes for them, neither because they
// are authoritative nor because a removed block names them, but it reports the rights
// that users lose. A declared object must not be within a deleted one.

// cascadesDelete reports whether a change deletes what is within its object too. Where another
// object replaces the deleted one, or where several share its key, it does not.
func (d *candidate) cascadesDelete() bool {
	return d.Action == schema.Delete && len(d.table.containedKinds) > 0 && d.successor == "" && len(d.table.duplicates[d.Have.Addr.Key]) == 0
}

// recordCascade records that the change deletes what is within its object too.
func (d *candidate) recordCascade() {
	if d.cascadesDelete() {
		if d.table.deleted == nil {
			d.table.deleted = map[string]bool{}
		}
		d.table.deleted[d.Addr.Key] = true
	}
}

// hasCascade reports whether the plan deletes an object that objects of the kind may be within.
func (t *kindState) hasCascade() bool {
	for i := range t.refs {
		if r := &t.refs[i]; r.within {
			for _, to := range r.to {
				if len(to.deleted) > 0 || to.hasCascade() {
					return true
				}
			}
		}
	}
	return false
}

// deletedContainers calls f with every deleted object that o is within.
func (t *kindState) deletedContainers(o *schema.Object, f func(objectRef)) {
	for i := range t.refs {
		r := &t.refs[i]
		if !r.within {
			continue
		}
		r.attr.Each(o.Body, func(key string) {
			to := r.target(key)
			if to == nil {
				return
			}
			if to.deleted[key] {
				f(objectRef{to, key})
			} else if j, live := to.byKey[key]; live {
				to.deletedContainers(to.live[j], f)
			}
		})
	}
}

// cascades reports whether a live object is deleted with the object that it is within.
func (t *kindState) cascades(o *schema.Object) bool {
	taken := false
	if t.hasCascade() {
		t.deletedContainers(o, func(objectRef) { taken = true })
	}
	return taken
}

// A cascadeDelete is a live object that is deleted with the object that it is within.
type cascadeDelete struct {
	table      *kindState
	at         int
	cascadedBy objectRef
}

// cascadeDeletes lists the objects that are deleted with others, in the order of kinds and lists.
func (b *builder) cascadeDeletes() []cascadeDelete {
	var out []cascadeDelete
	for _, t := range b.tables {
		if !t.hasCascade() {
			continue
		}
		for j, l := range t.live {
			n := len(out)
			t.deletedContainers(l, func(p objectRef) {
				if len(out) == n {
					out = append(out, cascadeDelete{t, j, p})
				}
			})
		}
	}
	return out
}

func (r *cascadeDelete) object() *schema.Object { return r.table.live[r.at] }

// removals are the deletes that would have to be made if the riders did not go by
// themselves, so that the guards see them.
func (b *builder) removals() []candidate {
	riders := b.cascadeDeletes()
	if len(riders) == 0 {
		return nil
	}
	by := b.cascadingDeletes()
	out := make([]candidate, len(riders))
	for n := range riders {
		r := &riders[n]
		l, with := r.object(), b.candidates[by[r.cascadedBy]]
		out[n] = candidate{table: r.table, live: r.at, cascadedBy: &with.Addr, Change: plan.Change{
			Action: schema.Delete, Addr: l.Addr, Have: l, Pos: with.Pos,
		}}
		if i, ok := r.table.successor[r.at]; ok {
			out[n].successor = r.table.want[i].Addr.Key
		}
	}
	return out
}

// cascadingDeletes finds the changes that take others along.
func (b *builder) cascadingDeletes() map[objectRef]int {
	by := map[objectRef]int{}
	for i := range b.candidates {
		if d := &b.candidates[i]; d.cascadesDelete() {
			by[objectRef{d.table, d.Addr.Key}] = i
		}
	}
	return by
}

// rejectDeclaredCascades refuses the deletes of what declared objects are within: both cannot
// be meant.
func (b *builder) rejectDeclaredCascades() {
	left := map[objectRef][]*schema.Object{}
	for _, t := range b.tables {
		if !t.hasCascade() {
			continue
		}
		for i, w := range t.want {
			if t.partner[i] != skipped {
				t.deletedContainers(w, func(p objectRef) { left[p] = append(left[p], w) })
			}
		}
	}
	if len(left) == 0 {
		return
	}
	by := b.cascadingDeletes()
	for p, objects := range left {
		d := &b.candidates[by[p]]
		d.Action = schema.Refuse
		delete(p.table.deleted, p.key)
		b.addFinding(b.declaredInDeleted(d, objects))
	}
}

func (b *builder) declaredInDeleted(d *candidate, left []*schema.Object) schema.Finding {
	k := d.table.kind
	slices.SortFunc(left, func(x, y *schema.Object) int { return x.Addr.Compare(y.Addr) })
	names := make([]string, 0, shown)
	for _, o := range left[:min(shown, len(left))] {
		name := o.Addr.String()
		if o.Pos.File != "" {
			name += fmt.Sprintf(" (%s, line %d)", o.Pos.File, o.Pos.Line)
		}
		names = append(names, name)
	}
	one := len(left) == 1
	return schema.Finding{
		Code: "plan/deletes-declared", Addr: d.Addr, Pos: d.Pos,
		Summary: title("A deleted "+noun(k)+" contains declared objects", "A deleted object contains declared objects"),
		Detail: fmt.Sprintf("This plan deletes %s and everything in it, but the files declare %s. Delete %s as well, or keep "+
			"the %s: declare it, and drop its removed block if it has one.",
			d.Addr, text.AndMore(names, len(left)-len(names)), choose(one, "that block", "those blocks"), noun(k)),
	}
}

// describeCascades records in the changes which objects they delete too.
func (b *builder) describeCascades() {
	keys := map[objectRef]map[*kindState][]string{}
	objects := map[objectRef][]*schema.Object{}
	for _, r := range b.cascadeDeletes() {
		objects[r.cascadedBy] = append(objects[r.cascadedBy], r.object())
		if keys[r.cascadedBy] == nil {
			keys[r.cascadedBy] = map[*kindState][]string{}
		}
		keys[r.cascadedBy][r.table] = append(keys[r.cascadedBy][r.table], r.object().Addr.Key)
	}
	if len(keys) == 0 {
		return
	}
	for p, i := range b.cascadingDeletes() {
		d := &b.candidates[i]
		d.Cascades = objects[p]
		slices.SortFunc(d.Cascades, func(x, y *schema.Object) int { return cmp.Or(x.Addr.Compare(y.Addr), cmp.Compare(x.ID, y.ID)) })
		for _, t := range b.tables {
			if along := keys[p][t]; len(along) > 0 {
				slices.Sort(along)
				d.Reason = sentence(d.Reason, fmt.Sprintf("also deletes %s: %s",
					counted(len(along), t.kind), some(along, 10)))
			}
		}
	}
}
