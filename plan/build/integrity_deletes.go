package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Referrers are the objects that still refer to an object that the plan deletes.
type referrers struct {
	list []schema.Address
	sets bool // one of them refers to it in a set of sets
}

// rejectReferencedDeletes refuses the deletes of a kind that would leave references without a
// target: products differ in whether such a reference grants no rights, other rights or all rights.
func (c *integrity) rejectReferencedDeletes(t *kindState, gone map[string]*candidate) {
	held := map[string]*referrers{}
	for _, holder := range c.tables {
		if !holder.refersTo(t) {
			continue
		}
		c.final(holder, func(o *schema.Object) {
			for i := range holder.refs {
				collectReferrers(&holder.refs[i], t, o, gone, held)
			}
		})
	}
	for key, h := range held {
		d := gone[key]
		d.Action = schema.Refuse
		delete(c.deleted[d.table], d.Addr.Key)
		c.addFinding(stillReferenced(d, objectRef{t, key}, h))
	}
}

// collectReferrers adds o to the referrers of the deleted objects that it refers to.
func collectReferrers(r *reference, t *kindState, o *schema.Object, gone map[string]*candidate, held map[string]*referrers) {
	if r.loose || !r.mayBe(t) {
		return
	}
	r.attr.Each(o.Body, func(key string) {
		if gone[key] == nil || r.target(key) != t || r.within && gone[key].Action == schema.Refuse {
			return // a refused delete deletes no contained objects
		}
		h := held[key]
		if h == nil {
			h = &referrers{}
			held[key] = h
		}
		h.list = append(h.list, o.Addr)
		h.sets = h.sets || r.attr.Type == schema.TypeSets
	})
}

// final calls f with every object of the kind that exists after the changes, except those that
// are deleted with others.
func (d *drafts) final(t *kindState, f func(*schema.Object)) {
	changed := map[int]*candidate{}
	for i := range d.candidates {
		c := &d.candidates[i]
		if c.table != t || !c.Action.Writes() {
			continue
		}
		if c.live == none {
			f(c.Want)
		} else {
			changed[c.live] = c
		}
	}
	cascades := d.affects(t)
	for j, l := range t.live {
		switch c := changed[j]; {
		case cascades && d.deletes(t, l):
		case c == nil || c.Action == schema.Deactivate:
			f(l)
		case c.Want != nil:
			f(c.Want)
		}
	}
}

// stillReferenced reports a delete of an object that others still refer to, or that contains one.
func stillReferenced(d *candidate, it objectRef, h *referrers) schema.Finding {
	k := it.table.kind
	slices.SortFunc(h.list, schema.Address.Compare)
	h.list = slices.Compact(h.list)
	one := len(h.list) == 1
	f := schema.Finding{
		Code: "plan/still-referenced", Addr: d.Addr, Pos: d.Pos,
		Summary: title("A "+noun(k)+" that this plan deletes is still in use", "An object that this plan deletes is still in use"),
	}
	along := ""
	if it.table != d.table {
		along = fmt.Sprintf(" and the %s %q with it", noun(k), it.key)
	}
	f.Detail = fmt.Sprintf("This plan deletes %s%s, but %s still %s to it.",
		d.Addr, along, someAddresses(h.list, len(h.list)), text.Choose(one, "refers", "refer"))
	if h.sets {
		f.Detail += fmt.Sprintf(" A set that loses one of its %s can grant more than before, not less.", many(k))
	}
	them := text.Choose(one, "it", "them")
	if d.successor != "" {
		f.Detail += fmt.Sprintf(" Let %s refer to %q, or delete previously and declare %q as well.", them, d.successor, d.Addr.Key)
		return f
	}
	if r := d.table.removal(d.Have); r != nil && r.Expired != nil {
		f.Detail += fmt.Sprintf(" Its block expired on %s. Declare %s without the reference, or write a later day in the block.", r.Expired.Until(), them)
		return f
	}
	f.Detail += fmt.Sprintf(" Declare %s without the reference, remove %s too, or keep the %s: declare it, and delete its "+
		"removed block if it has one.", them, them, noun(d.table.kind))
	return f
}
