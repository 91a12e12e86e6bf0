package build

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Dependencies let changes in the order of references wait for each other.
type dependencies struct {
	candidates []candidate
	made, gone map[objectRef]int // places of the changes that write an object, and of its delete
}

// addDependencies notes in every change on which other ones it depends. An object that it refers
// to must exist first, with the key that the plan shows and, if the reference is new, with the
// rights that the plan shows. An object is deleted after the changes of those that referred to it.
func addDependencies(drafts *drafts) {
	p := &dependencies{drafts.candidates, map[objectRef]int{}, map[objectRef]int{}}
	for i := range p.candidates {
		switch d := &p.candidates[i]; d.Action {
		case schema.Create, schema.Update, schema.Rename:
			p.made[objectRef{d.table, d.Addr.Key}] = i
		case schema.Delete:
			p.gone[objectRef{d.table, d.Addr.Key}] = i
		}
	}
	cascades := drafts.cascadeDeletes()
	for _, r := range cascades {
		p.gone[objectRef{r.table, r.object().Addr.Key}] = p.gone[r.cascadedBy]
	}
	for i := range p.candidates {
		if p.candidates[i].Action.Writes() {
			p.waitForTargets(i)
			p.deletesWaitFor(i)
		}
	}
	p.cascadesWait(cascades)
	p.waitForPromotions(drafts.kinds)
	for i := range p.candidates {
		d := &p.candidates[i]
		if at, ok := p.made[objectRef{d.table, d.successor}]; ok && d.successor != "" && d.Action.Writes() {
			p.wait(i, at)
		}
		slices.Sort(d.DependsOn)
		d.DependsOn = slices.Compact(d.DependsOn)
	}
}

// wait lets change i depend on another one.
func (p *dependencies) wait(i, on int) {
	p.candidates[i].DependsOn = append(p.candidates[i].DependsOn, on)
}

// waitForTargets lets change i wait for the changes of objects that it refers to.
func (p *dependencies) waitForTargets(i int) {
	d := &p.candidates[i]
	for n := range d.table.refs {
		r := &d.table.refs[n]
		var before map[string]bool
		if d.Have != nil {
			before = r.texts(d.Have)
			for key := range before {
				p.waitForRenames(i, objectRef{r.target(key), key})
			}
		}
		if d.Want == nil {
			continue
		}
		r.attr.Each(d.Want.Body, func(key string) {
			to := objectRef{r.target(key), key}
			if at, ok := p.made[to]; ok && at < i && (p.candidates[at].Action != schema.Update || !before[key]) {
				p.wait(i, at)
			}
			if !before[key] {
				p.waitForRenames(i, to)
			}
		})
	}
}

// waitForRenames lets change i wait for the rename of an object that it refers to or, if only
// contained keys change, for the renames of the objects whose keys it contains.
func (p *dependencies) waitForRenames(i int, to objectRef) {
	if at, ok := p.made[to]; ok && at < i && p.candidates[at].Action == schema.Rename {
		p.wait(i, at)
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
			r.attr.Each(to.table.live[j].Body, func(key string) { p.waitForRenames(i, objectRef{r.target(key), key}) })
		}
	}
}

// deletesWaitFor lets the deletes of objects that change i no longer refers to wait for it, and
// those of objects that a WeakRef still names.
func (p *dependencies) deletesWaitFor(i int) {
	d := &p.candidates[i]
	if len(p.gone) == 0 || d.Have == nil || d.Action == schema.Deactivate {
		return
	}
	for n := range d.table.refs {
		r := &d.table.refs[n]
		var after map[string]bool
		if d.Want != nil {
			after = r.texts(d.Want)
		}
		r.attr.Each(d.Have.Body, func(key string) {
			at, ok := p.gone[objectRef{r.target(key), key}]
			if ok && at > i && (!after[key] || r.loose) {
				p.wait(at, i)
			}
		})
	}
}

// cascadesWait lets the deletes of objects that a cascaded object refers to wait for the delete
// that cascades to it, and that delete wait for the object that replaces the cascaded one.
func (p *dependencies) cascadesWait(cascades []cascadeDelete) {
	for _, r := range cascades {
		t, i := r.table, p.gone[r.cascadedBy]
		for n := range t.refs {
			ref := &t.refs[n]
			ref.attr.Each(r.object().Body, func(key string) {
				if at, ok := p.gone[objectRef{ref.target(key), key}]; ok && at > i && !ref.within && !ref.loose {
					p.wait(at, i)
				}
			})
		}
		if n, ok := t.successor[r.at]; ok {
			if at, ok := p.made[objectRef{t, t.want[n].Addr.Key}]; ok && at < i {
				p.wait(i, at)
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

// waitForPromotions lets demotions of the last administrators wait for the promotions of new
// ones: if a promotion fails, the old administrators stay.
func (p *dependencies) waitForPromotions(kinds []*kindState) {
	var up, down []int
	for i := range p.candidates {
		switch d := &p.candidates[i]; {
		case d.promotes():
			up = append(up, i)
		case d.demotes():
			down = append(down, i)
		}
	}
	if len(up) == 0 || len(down) == 0 || countAdministrators(kinds) > len(down) {
		return
	}
	for _, i := range down {
		for _, at := range up {
			if at < i {
				p.wait(i, at)
			}
		}
	}
}

// countAdministrators counts the live administrators, ignored ones included.
func countAdministrators(tables []*kindState) int {
	n := 0
	for _, t := range tables {
		if t.kind.Administers == nil {
			continue
		}
		for _, l := range t.live {
			if l.Administers() {
				n++
			}
		}
	}
	return n
}
