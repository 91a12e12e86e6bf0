package build

import (
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A side is the tenant as it is or as it is planned.
type side struct {
	*rights.Snapshot
	of      *planned
	planned bool
	held    map[objectRef][]*schema.Object // objects that hold rights for the subjects asked for
}

// newSide returns a side. It collects the objects that hold rights for the subjects asked for, in
// one pass.
func newSide(x *tenant, p *planned, planned bool, places *rights.Places, asked func(objectRef) bool) *side {
	v := &side{of: p, planned: planned, held: map[objectRef][]*schema.Object{}}
	v.Snapshot = rights.NewSnapshot(places, func(kind, key string) (*schema.Object, bool) {
		t := x.table[kind]
		if t == nil {
			return nil, true
		}
		o, _ := p.object(t, key, planned)
		return o, t.listed || t.kind.Virtual
	})
	for _, t := range x.tables {
		if t.grantee == nil {
			continue
		}
		p.each(t, planned, func(key string, o *schema.Object) {
			t.grantees(key, o, func(who objectRef) {
				if asked(who) && !o.Inactive() {
					v.held[who] = append(v.held[who], o)
				}
			})
		})
	}
	return v
}

// rights lists the rights of a subject, its own and those that other objects hold for it, in no
// order, and reports whether all are known. A removed or inactive subject has none.
func (v *side) rights(who objectRef) (grants []schema.Grant, whole bool) {
	if j, live := who.table.byKey[who.key]; live && v.planned {
		if d := v.of.outcome(who.table).changes[j]; d != nil && d.Action.Removes() || v.of.deletes(who.table, who.table.live[j]) {
			return nil, true
		}
	}
	o, _ := v.of.object(who.table, who.key, v.planned)
	if o.Inactive() {
		return nil, true
	}
	return v.Grants(o, who.key, v.held[who])
}
