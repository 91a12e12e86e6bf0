package build

import (
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A view is the tenant as it is or as it is planned. Renamed objects are found
// under their new keys in both, because the references to them follow.
type view struct {
	*builder
	planned bool
	held    map[objectRef][]*schema.Object // by whom it is held for; see gather
	areas   map[areaOf]area                // resolved, each once
}

// object finds an object of a kind by its key or its second name. What is
// deactivated is still there.
func (v *view) object(t *kindState, key string) (*schema.Object, bool) {
	if o, ok := t.created[key]; ok && v.planned {
		return o, true
	}
	j, ok := t.byKey[key]
	if !ok {
		if j, ok = t.byAlias[key]; !ok {
			return nil, false
		}
	}
	d := t.changes[j]
	if v.planned && t.cascades(t.live[j]) {
		return nil, false
	}
	if !v.planned || d == nil || d.Action == schema.Deactivate {
		return t.live[j], true
	}
	return d.Want, d.Want != nil
}

// lookup is object for the kinds' functions. What they ask for and what is not
// known yet is noted, and the plan asks for it unless it is too much.
func (v *view) lookup(kind, key string) (*schema.Object, bool) {
	t := v.table[kind]
	if t == nil {
		return nil, false
	}
	if !t.listed {
		v.requestList(t)
	}
	o, ok := v.object(t, key)
	if ok && o.Incomplete {
		if j, live := t.find(key); live {
			t.note(j)
			v.sawThin = true
		}
	}
	return o, ok
}

// rights lists what somebody may do, by themselves and through what is held for
// them, in no order. Who goes or cannot be used may do nothing, whatever is held.
func (v *view) rights(t *kindState, key string) []schema.Grant {
	if j, live := t.byKey[key]; live && v.planned {
		if d := t.changes[j]; d != nil && d.Action.Removes() || t.cascades(t.live[j]) {
			return nil
		}
	}
	o, ok := v.object(t, key)
	if ok && inactive(o) {
		return nil
	}
	held := v.held[objectRef{t, key}]
	out := v.grants(o)
	for _, h := range held {
		if inactive(h) {
			continue
		}
		if from := v.table[h.Addr.Kind]; h.Incomplete {
			if j, live := from.find(h.Addr.Key); live {
				from.note(j)
				v.unverifiable = true
			}
		}
		out = append(out, v.grants(h)...)
	}
	return out
}

// An areaOf names an area: what it means is the kind's to say.
type areaOf struct {
	kind *schema.Kind
	name string
}

// An area is the places that grants stand for on one side of the plan.
type area struct {
	set          int // of builder.places; 0 where they are not known
	places       int
	unverifiable bool // they are not known because objects that tell them were not read
}

// grants lists what one object lets its subject do, with the places of each area.
func (v *view) grants(o *schema.Object) []schema.Grant {
	if o == nil {
		return nil
	}
	return v.resolve(o.Kind, rights.Of(o, v.lookup))
}

// resolve fills in the places of the areas of grants.
func (v *view) resolve(k *schema.Kind, grants []schema.Grant) []schema.Grant {
	for i := range grants {
		g := &grants[i]
		if g.Area == "" || k.Area == nil {
			continue
		}
		id := areaOf{k, g.Area}
		a, ok := v.areas[id]
		if !ok {
			v.sawThin = false
			if names, known := k.Area(g.Area, v.lookup); known {
				a = area{set: v.places.Set(names), places: len(names)}
			} else {
				a.unverifiable = v.sawThin
			}
			if v.areas == nil {
				v.areas = map[areaOf]area{}
			}
			v.areas[id] = a
		}
		v.unverifiable = v.unverifiable || a.unverifiable
		if a.set != 0 {
			g.Set, g.Places = a.set, a.places
			g.Least = g.Least || a.places == 0
		}
	}
	return grants
}
