package plan

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A place is an object by its kind and key, in a map of changes.
type place struct {
	table *table
	key   string
}

// need notes in every change which earlier ones it depends upon: an object that is
// referred to must be there first, with the key and, for who is new to it, with
// the rights that the plan shows; and nothing is deleted before what refers to it
// was changed.
func (b *builder) need() {
	made, gone := map[place]int{}, map[place]int{}
	for i := range b.drafts {
		switch d := &b.drafts[i]; d.Action {
		case schema.Create, schema.Update, schema.Rename:
			made[place{d.table, d.Addr.Key}] = i
		case schema.Delete:
			gone[place{d.table, d.Addr.Key}] = i
		}
	}
	riders := b.riders()
	for _, r := range riders {
		gone[place{r.table, r.object().Addr.Key}] = gone[r.with]
	}
	for i := range b.drafts {
		if b.drafts[i].Action.Writes() {
			b.needTargets(i, made)
			b.neededByGone(i, gone)
		}
	}
	b.neededByTaken(riders, made, gone)
	b.needAdministrators()
	for i := range b.drafts {
		d := &b.drafts[i]
		if at, ok := made[place{d.table, d.heir}]; ok && d.heir != "" && d.Action.Writes() {
			d.Needs = append(d.Needs, at)
		}
		slices.Sort(d.Needs)
		d.Needs = slices.Compact(d.Needs)
	}
}

// needTargets lets change i wait for what it refers to.
func (b *builder) needTargets(i int, made map[place]int) {
	d := &b.drafts[i]
	for n := range d.table.refs {
		r := &d.table.refs[n]
		var before map[string]bool
		if d.Have != nil {
			before = r.texts(d.Have)
			for key := range before {
				b.needNames(i, place{r.target(key), key}, made)
			}
		}
		if d.Want == nil {
			continue
		}
		r.attr.Each(d.Want.Body, func(key string) {
			to := place{r.target(key), key}
			if at, ok := made[to]; ok && at < i && (b.drafts[at].Action != schema.Update || !before[key]) {
				d.Needs = append(d.Needs, at)
			}
			if !before[key] {
				b.needNames(i, to, made)
			}
		})
	}
}

// needNames lets change i wait for the renames by which an object that it refers to
// gets its key: its own, or else those of what its key contains.
func (b *builder) needNames(i int, p place, made map[place]int) {
	if at, ok := made[p]; ok && at < i && b.drafts[at].Action == schema.Rename {
		b.drafts[i].Needs = append(b.drafts[i].Needs, at)
		return
	}
	if p.table == nil || !p.table.followed {
		return
	}
	j, ok := p.table.at[p.key]
	if !ok || p.table.source[j].Addr.Key == p.table.live[j].Addr.Key {
		return
	}
	for n := range p.table.refs {
		if r := &p.table.refs[n]; r.attr.Is(schema.Key) {
			r.attr.Each(p.table.live[j].Body, func(key string) { b.needNames(i, place{r.target(key), key}, made) })
		}
	}
}

// neededByGone lets the deletes of what change i no longer refers to wait for it,
// and those of what it may go on naming (Loose): it may go with them.
func (b *builder) neededByGone(i int, gone map[place]int) {
	d := &b.drafts[i]
	if len(gone) == 0 || d.Have == nil || d.Action == schema.Deactivate {
		return
	}
	for n := range d.table.refs {
		r := &d.table.refs[n]
		var after map[string]bool
		if d.Want != nil {
			after = r.texts(d.Want)
		}
		r.attr.Each(d.Have.Body, func(key string) {
			at, ok := gone[place{r.target(key), key}]
			if ok && at > i && (!after[key] || r.loose) {
				b.drafts[at].Needs = append(b.drafts[at].Needs, i)
			}
		})
	}
}

// neededByTaken does for what goes with something else what neededByGone and heir do
// for what goes by itself: the deletes of what it refers to wait for the delete that
// takes it along, and that one waits for whatever takes its place.
func (b *builder) neededByTaken(riders []rider, made, gone map[place]int) {
	for _, rides := range riders {
		t, i := rides.table, gone[rides.with]
		for n := range t.refs {
			r := &t.refs[n]
			r.attr.Each(rides.object().Body, func(key string) {
				if at, ok := gone[place{r.target(key), key}]; ok && at > i && !r.within && !r.loose {
					b.drafts[at].Needs = append(b.drafts[at].Needs, i)
				}
			})
		}
		if n, ok := t.heir[rides.at]; ok {
			if at, made := made[place{t, t.want[n].Addr.Key}]; made && at < i {
				b.drafts[i].Needs = append(b.drafts[i].Needs, at)
			}
		}
	}
}

// texts returns the keys that an object refers to.
func (r *reference) texts(o *schema.Object) map[string]bool {
	keys := map[string]bool{}
	r.attr.Each(o.Body, func(key string) { keys[key] = true })
	return keys
}

// needAdministrators lets whatever takes the last administrators away wait for
// what makes new ones: if that fails, the old ones stay.
func (b *builder) needAdministrators() {
	var up, down []int
	for i := range b.drafts {
		switch d := &b.drafts[i]; {
		case d.promotes():
			up = append(up, i)
		case d.demotes():
			down = append(down, i)
		}
	}
	if len(up) == 0 || len(down) == 0 || b.administrators() > len(down) {
		return
	}
	for _, i := range down {
		for _, at := range up {
			if at < i {
				b.drafts[i].Needs = append(b.drafts[i].Needs, at)
			}
		}
	}
}

// administrators counts the live ones, those that are out of sight included.
func (b *builder) administrators() int {
	n := 0
	for _, t := range b.tables {
		if t.kind.Administers == nil {
			continue
		}
		for _, l := range t.live {
			if administers(l) {
				n++
			}
		}
	}
	return n
}
