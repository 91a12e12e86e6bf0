package build

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// addDependencies notes in every change which earlier ones it depends upon: an object that is
// referred to must be there first, with the key and, for who is new to it, with
// the rights that the plan shows; and nothing is deleted before what refers to it
// was changed.
func (p *planned) addDependencies() {
	made, gone := map[objectRef]int{}, map[objectRef]int{}
	for i := range p.candidates {
		switch d := &p.candidates[i]; d.Action {
		case schema.Create, schema.Update, schema.Rename:
			made[objectRef{d.table, d.Addr.Key}] = i
		case schema.Delete:
			gone[objectRef{d.table, d.Addr.Key}] = i
		}
	}
	riders := p.cascadeDeletes()
	for _, r := range riders {
		gone[objectRef{r.table, r.object().Addr.Key}] = gone[r.cascadedBy]
	}
	for i := range p.candidates {
		if p.candidates[i].Action.Writes() {
			p.dependOnTargets(i, made)
			p.deletesDependOn(i, gone)
		}
	}
	p.cascadesDependOn(riders, made, gone)
	p.dependOnPromotions()
	for i := range p.candidates {
		d := &p.candidates[i]
		if at, ok := made[objectRef{d.table, d.successor}]; ok && d.successor != "" && d.Action.Writes() {
			d.DependsOn = append(d.DependsOn, at)
		}
		slices.Sort(d.DependsOn)
		d.DependsOn = slices.Compact(d.DependsOn)
	}
}

// dependOnTargets lets change i wait for what it refers to.
func (p *planned) dependOnTargets(i int, made map[objectRef]int) {
	d := &p.candidates[i]
	for n := range d.table.refs {
		r := &d.table.refs[n]
		var before map[string]bool
		if d.Have != nil {
			before = r.texts(d.Have)
			for key := range before {
				p.dependOnRenames(i, objectRef{r.target(key), key}, made)
			}
		}
		if d.Want == nil {
			continue
		}
		r.attr.Each(d.Want.Body, func(key string) {
			to := objectRef{r.target(key), key}
			if at, ok := made[to]; ok && at < i && (p.candidates[at].Action != schema.Update || !before[key]) {
				d.DependsOn = append(d.DependsOn, at)
			}
			if !before[key] {
				p.dependOnRenames(i, to, made)
			}
		})
	}
}

// dependOnRenames lets change i wait for the renames by which an object that it refers to
// gets its key: its own, or else those of what its key contains.
func (p *planned) dependOnRenames(i int, to objectRef, made map[objectRef]int) {
	if at, ok := made[to]; ok && at < i && p.candidates[at].Action == schema.Rename {
		p.candidates[i].DependsOn = append(p.candidates[i].DependsOn, at)
		return
	}
	if to.table == nil || !to.table.rekeyedAny {
		return
	}
	j, ok := to.table.byKey[to.key]
	if !ok || to.table.source[j].Addr.Key == to.table.live[j].Addr.Key {
		return
	}
	for n := range to.table.refs {
		if r := &to.table.refs[n]; r.attr.Is(schema.Key) {
			r.attr.Each(to.table.live[j].Body, func(key string) { p.dependOnRenames(i, objectRef{r.target(key), key}, made) })
		}
	}
}

// deletesDependOn lets the deletes of what change i no longer refers to wait for it,
// and those of what it may go on naming (WeakRef): it may go with them.
func (p *planned) deletesDependOn(i int, gone map[objectRef]int) {
	d := &p.candidates[i]
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
			at, ok := gone[objectRef{r.target(key), key}]
			if ok && at > i && (!after[key] || r.loose) {
				p.candidates[at].DependsOn = append(p.candidates[at].DependsOn, i)
			}
		})
	}
}

// cascadesDependOn does for what goes with something else what neededByGone and heir do
// for what goes by itself: the deletes of what it refers to wait for the delete that
// takes it along, and that one waits for whatever takes its place.
func (p *planned) cascadesDependOn(riders []cascadeDelete, made, gone map[objectRef]int) {
	for _, rides := range riders {
		t, i := rides.table, gone[rides.cascadedBy]
		for n := range t.refs {
			r := &t.refs[n]
			r.attr.Each(rides.object().Body, func(key string) {
				if at, ok := gone[objectRef{r.target(key), key}]; ok && at > i && !r.within && !r.loose {
					p.candidates[at].DependsOn = append(p.candidates[at].DependsOn, i)
				}
			})
		}
		if n, ok := t.successor[rides.at]; ok {
			if at, made := made[objectRef{t, t.want[n].Addr.Key}]; made && at < i {
				p.candidates[i].DependsOn = append(p.candidates[i].DependsOn, at)
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

// dependOnPromotions lets whatever takes the last administrators away wait for
// what makes new ones: if that fails, the old ones stay.
func (p *planned) dependOnPromotions() {
	var up, down []int
	for i := range p.candidates {
		switch d := &p.candidates[i]; {
		case d.promotes():
			up = append(up, i)
		case d.demotes():
			down = append(down, i)
		}
	}
	if len(up) == 0 || len(down) == 0 || countAdministrators(p.kinds) > len(down) {
		return
	}
	for _, i := range down {
		for _, at := range up {
			if at < i {
				p.candidates[i].DependsOn = append(p.candidates[i].DependsOn, at)
			}
		}
	}
}

// countAdministrators counts the live ones, those that are out of sight included.
func countAdministrators(tables []*kindState) int {
	n := 0
	for _, t := range tables {
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
