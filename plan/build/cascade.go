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
// A team contains its memberships (schema.OwnedBy): the product deletes them with the team. The
// plan has no changes for them, even if their kind is authoritative or removed blocks name them,
// but it reports the rights that users lose. A deleted object must not contain declared ones.

// cascadesDelete reports whether a change also deletes the objects that its object contains. It
// does not if another object replaces the deleted one, or if several have its key.
func (d *candidate) cascadesDelete() bool {
	return d.Action == schema.Delete && len(d.table.containedKinds) > 0 && d.successor == "" && len(d.table.duplicates[d.Have.Addr.Key]) == 0
}

// A cascade has the objects that a plan deletes together with the objects that they contain.
type cascade struct {
	kinds   []*kindState                   // all of them
	deleted map[*kindState]map[string]bool // keys of objects that a change deletes
}

func newCascade(x *tenant) cascade {
	return cascade{x.tables, map[*kindState]map[string]bool{}}
}

// record adds a change if it deletes the objects that its object contains.
func (c *cascade) record(d *candidate) {
	if d.cascadesDelete() {
		if c.deleted[d.table] == nil {
			c.deleted[d.table] = map[string]bool{}
		}
		c.deleted[d.table][d.Addr.Key] = true
	}
}

// affects reports whether the plan deletes an object that may contain objects of the kind.
func (c *cascade) affects(t *kindState) bool {
	if len(c.deleted) == 0 {
		return false
	}
	for i := range t.refs {
		if r := &t.refs[i]; r.within && slices.ContainsFunc(r.to, func(to *kindState) bool { return len(c.deleted[to]) > 0 || c.affects(to) }) {
			return true
		}
	}
	return false
}

// containers calls f with every deleted object that contains o, which is of the kind.
func (c *cascade) containers(t *kindState, o *schema.Object, f func(objectRef)) {
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
			if c.deleted[to][key] {
				f(objectRef{to, key})
			} else if j, live := to.byKey[key]; live {
				c.containers(to, to.live[j], f)
			}
		})
	}
}

// deletes reports whether a live object of the kind is deleted with an object that contains it.
func (c *cascade) deletes(t *kindState, o *schema.Object) bool {
	deleted := false
	if c.affects(t) {
		c.containers(t, o, func(objectRef) { deleted = true })
	}
	return deleted
}

// A cascadeDelete is a live object that is deleted with the object that contains it.
type cascadeDelete struct {
	table      *kindState
	at         int
	cascadedBy objectRef
}

// cascadeDeletes lists the objects that are deleted with others, in the order of kinds and lists.
func (c *cascade) cascadeDeletes() []cascadeDelete {
	var out []cascadeDelete
	for _, t := range c.kinds {
		if !c.affects(t) {
			continue
		}
		for j, l := range t.live {
			n := len(out)
			c.containers(t, l, func(p objectRef) {
				if len(out) == n {
					out = append(out, cascadeDelete{t, j, p})
				}
			})
		}
	}
	return out
}

func (r *cascadeDelete) object() *schema.Object { return r.table.live[r.at] }

// removals returns a delete for each object that is deleted with another one, for the limits.
func (d *drafts) removals() []*candidate {
	along := d.cascadeDeletes()
	if len(along) == 0 {
		return nil
	}
	by := d.cascadingDeletes()
	out := make([]*candidate, len(along))
	for n := range along {
		r := &along[n]
		l, with := r.object(), d.candidates[by[r.cascadedBy]]
		out[n] = &candidate{table: r.table, live: r.at, cascadedBy: &with.Addr, Change: plan.Change{
			Action: schema.Delete, Addr: l.Addr, Have: l, Pos: with.Pos,
		}}
		if i, ok := r.table.successor[r.at]; ok {
			out[n].successor = r.table.want[i].Addr.Key
		}
	}
	return out
}

// cascadingDeletes finds the changes that delete contained objects too.
func (d *drafts) cascadingDeletes() map[objectRef]int {
	by := map[objectRef]int{}
	for i := range d.candidates {
		if c := &d.candidates[i]; c.cascadesDelete() {
			by[objectRef{c.table, c.Addr.Key}] = i
		}
	}
	return by
}

// rejectDeclaredCascades refuses the deletes of objects that contain declared ones.
func (c *integrity) rejectDeclaredCascades() {
	left := map[objectRef][]*schema.Object{}
	for _, t := range c.tables {
		if !c.affects(t) {
			continue
		}
		for i, w := range t.want {
			if t.partner[i] != skipped {
				c.containers(t, w, func(p objectRef) { left[p] = append(left[p], w) })
			}
		}
	}
	if len(left) == 0 {
		return
	}
	by := c.cascadingDeletes()
	for p, objects := range left {
		d := &c.candidates[by[p]]
		d.Action = schema.Refuse
		delete(c.deleted[p.table], p.key)
		c.addFinding(declaredInDeleted(d, objects))
	}
}

func declaredInDeleted(d *candidate, left []*schema.Object) schema.Finding {
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
			"the %s: declare it, and delete its removed block if it has one.",
			d.Addr, text.AndMore(names, len(left)-len(names)), text.Choose(one, "that block", "those blocks"), noun(k)),
	}
}

// describeCascades records in the changes which contained objects they delete too.
func describeCascades(p *planned) {
	along := map[objectRef][]*schema.Object{}
	for _, r := range p.cascadeDeletes() {
		along[r.cascadedBy] = append(along[r.cascadedBy], r.object())
	}
	if len(along) == 0 {
		return
	}
	for ref, i := range p.cascadingDeletes() {
		d := &p.candidates[i]
		d.Cascades = along[ref]
		slices.SortFunc(d.Cascades, func(x, y *schema.Object) int { return cmp.Or(x.Addr.Compare(y.Addr), cmp.Compare(x.ID, y.ID)) })
		keys := map[*schema.Kind][]string{}
		for _, o := range d.Cascades {
			keys[o.Kind] = append(keys[o.Kind], o.Addr.Key)
		}
		for _, t := range p.kinds {
			if list := keys[t.kind]; len(list) > 0 {
				d.Reason = sentence(d.Reason, fmt.Sprintf("also deletes %s: %s", counted(len(list), t.kind), some(list, 10)))
			}
		}
	}
}
