package since

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Rename is an object that left the files while a new one came that may be the same.
type Rename struct {
	From *schema.Object // in the earlier files
	To   *schema.Object
	// SameBlock says that one block declares them, SameContent that they have the same content; otherwise
	// their keys look alike.
	SameBlock, SameContent bool
}

// Renames lists the objects that may have been renamed without previously, by the address of the new one.
// Only pairs are listed of which neither may belong to another object. An object that is within one that
// left the files, such as a group in a section, is not listed, nor is one with a removed block. In renamed
// are the present addresses of objects whose block has another key now. A nil earlier tenant, or one with
// other settings, has no renames.
func Renames(earlier, now *schema.Tenant, renamed map[schema.Address]schema.Address) []Rename {
	if earlier == nil || !sameSettings(earlier, now) {
		return nil
	}
	r := &removals{tenant: now, earlier: index(earlier), now: index(now)}
	d := &difference{Scope: &Scope{Undeclared: map[schema.Address]bool{}}, earlier: r.earlier, now: r.now, tenant: now}
	d.undeclared(earlier)
	gone, added := map[string][]*schema.Object{}, map[string][]*schema.Object{}
	for _, a := range append(d.Left, slices.Collect(maps.Keys(d.Undeclared))...) {
		if o := r.earlier[a]; o != nil && !o.Kind.UpdateOnly && r.owner(o) == "" {
			note(gone, o)
		}
	}
	for i := range now.Objects {
		o := &now.Objects[i]
		if _, known := r.earlier[o.Addr]; !known && len(o.Previously) == 0 {
			note(added, o)
		}
	}
	found := map[schema.Address]Rename{}
	for _, all := range gone {
		for _, o := range all {
			if to := r.now[renamed[o.Addr]]; to != nil && r.earlier[to.Addr] == nil && len(to.Previously) == 0 {
				found[to.Addr] = Rename{From: o, To: to, SameBlock: true}
			}
		}
	}
	for _, likeness := range slices.Sorted(maps.Keys(added)) {
		to := added[likeness]
		if from := gone[likeness]; len(from) == 1 && len(to) == 1 {
			if x, known := found[to[0].Addr]; !known || x.From == from[0] {
				x.From, x.To = from[0], to[0]
				x.SameContent = x.SameContent || likeness != likenesses(to[0])[0]
				found[to[0].Addr] = x
			}
		}
	}
	out := make([]Rename, 0, len(found))
	for _, x := range found {
		out = append(out, x)
	}
	slices.SortFunc(out, func(x, y Rename) int { return x.To.Addr.Compare(y.To.Addr) })
	return out
}

// note adds an object by its likenesses. An empty content tells nothing.
func note(to map[string][]*schema.Object, o *schema.Object) {
	for i, likeness := range likenesses(o) {
		if _, empty := contentOf(o); i == 0 || !empty {
			to[likeness] = append(to[likeness], o)
		}
	}
}
