package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Objects that the product deletes with another object.
//
// A team's memberships are within the team (schema.Within): the product deletes them
// when the team is deleted. The plan makes no changes for them, neither because they
// are authoritative nor because a removed block names them, but it reports the rights
// that users lose. A declared object must not be within a deleted one.

// encloses reports whether a change deletes what is within its object too. Where another
// object replaces the deleted one, or where several share its key, it does not.
func (d *draft) encloses() bool {
	return d.Action == schema.Delete && len(d.table.inside) > 0 && d.heir == "" && len(d.table.duplicates[d.Have.Addr.Key]) == 0
}

// lets records that the change deletes what is within its object too.
func (d *draft) lets() {
	if d.encloses() {
		if d.table.gone == nil {
			d.table.gone = map[string]bool{}
		}
		d.table.gone[d.Addr.Key] = true
	}
}

// loses reports whether the plan deletes an object that objects of the kind may be within.
func (t *table) loses() bool {
	for i := range t.refs {
		if r := &t.refs[i]; r.within {
			for _, to := range r.to {
				if len(to.gone) > 0 || to.loses() {
					return true
				}
			}
		}
	}
	return false
}

// takers calls f with every deleted object that o is within.
func (t *table) takers(o *schema.Object, f func(place)) {
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
			if to.gone[key] {
				f(place{to, key})
			} else if j, live := to.at[key]; live {
				to.takers(to.live[j], f)
			}
		})
	}
}

// taken reports whether a live object is deleted with the object that it is within.
func (t *table) taken(o *schema.Object) bool {
	taken := false
	if t.loses() {
		t.takers(o, func(place) { taken = true })
	}
	return taken
}

// A rider is a live object that is deleted with the object that it is within.
type rider struct {
	table *table
	at    int
	with  place
}

// riders lists the objects that are deleted with others, in the order of kinds and lists.
func (b *builder) riders() []rider {
	var out []rider
	for _, t := range b.tables {
		if !t.loses() {
			continue
		}
		for j, l := range t.live {
			n := len(out)
			t.takers(l, func(p place) {
				if len(out) == n {
					out = append(out, rider{t, j, p})
				}
			})
		}
	}
	return out
}

func (r *rider) object() *schema.Object { return r.table.live[r.at] }

// removals are the deletes that would have to be made if the riders did not go by
// themselves, so that the guards see them.
func (b *builder) removals() []draft {
	riders := b.riders()
	if len(riders) == 0 {
		return nil
	}
	by := b.takerDrafts()
	out := make([]draft, len(riders))
	for n := range riders {
		r := &riders[n]
		l, with := r.object(), b.drafts[by[r.with]]
		out[n] = draft{table: r.table, live: r.at, with: &with.Addr, Change: Change{
			Action: schema.Delete, Addr: l.Addr, Have: l, Pos: with.Pos,
		}}
		if i, ok := r.table.heir[r.at]; ok {
			out[n].heir = r.table.want[i].Addr.Key
		}
	}
	return out
}

// takerDrafts finds the changes that take others along.
func (b *builder) takerDrafts() map[place]int {
	by := map[place]int{}
	for i := range b.drafts {
		if d := &b.drafts[i]; d.encloses() {
			by[place{d.table, d.Addr.Key}] = i
		}
	}
	return by
}

// refuseWithin refuses the deletes of what declared objects are within: both cannot
// be meant.
func (b *builder) refuseWithin() {
	left := map[place][]*schema.Object{}
	for _, t := range b.tables {
		if !t.loses() {
			continue
		}
		for i, w := range t.want {
			if t.partner[i] != skipped {
				t.takers(w, func(p place) { left[p] = append(left[p], w) })
			}
		}
	}
	if len(left) == 0 {
		return
	}
	by := b.takerDrafts()
	for p, objects := range left {
		d := &b.drafts[by[p]]
		d.Action = schema.Refuse
		delete(p.table.gone, p.key)
		b.find(b.declaredWithin(d, objects))
	}
}

func (b *builder) declaredWithin(d *draft, left []*schema.Object) schema.Finding {
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
		Code: "plan/declared-within", Addr: d.Addr, Pos: d.Pos,
		Summary: title("A deleted "+noun(k)+" contains declared objects", "A deleted object contains declared objects"),
		Detail: fmt.Sprintf("This plan deletes %s and everything in it, but the files declare %s. Delete %s as well, or keep "+
			"the %s: declare it, and drop its removed block if it has one.",
			d.Addr, text.AndMore(names, len(left)-len(names)), choose(one, "that block", "those blocks"), noun(k)),
	}
}

// tellRiders records in the changes which objects they delete too.
func (b *builder) tellRiders() {
	keys := map[place]map[*table][]string{}
	objects := map[place][]*schema.Object{}
	for _, r := range b.riders() {
		objects[r.with] = append(objects[r.with], r.object())
		if keys[r.with] == nil {
			keys[r.with] = map[*table][]string{}
		}
		keys[r.with][r.table] = append(keys[r.with][r.table], r.object().Addr.Key)
	}
	if len(keys) == 0 {
		return
	}
	for p, i := range b.takerDrafts() {
		d := &b.drafts[i]
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
