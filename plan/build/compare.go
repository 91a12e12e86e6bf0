package build

import (
	"math/bits"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// compare turns every difference between desired and live objects into a change.
// Equal objects cost no allocation.
func (b *builder) compare() {
	for _, t := range b.tables {
		if t.kind.Virtual {
			continue
		}
		for i, j := range t.partner {
			switch {
			case j >= 0:
				b.change(t, i, j)
			case j == none:
				b.create(t, i)
			}
		}
		b.prune(t)
	}
	b.warnInactive()
}

// change plans what brings a live object to what a file says.
func (b *builder) change(t *kindState, i, j int) {
	w, l := t.want[i], t.live[j]
	changed := t.differ(w, l)
	if t.writes() {
		changed |= t.refsToReplaced(l, w.Set)
	}
	if changed == 0 {
		b.plan.Unchanged[t.kind.Name]++
		return
	}
	if l.Incomplete {
		b.requestRead(t, j)
		return
	}
	want := t.project(w, l)
	changed |= t.adjust(want)
	d := candidate{table: t, live: j, Change: plan.Change{
		Action: schema.Update, Addr: w.Addr, Have: l, Want: want, Changed: changed, Pos: w.Pos,
	}}
	if changed&t.keys != 0 {
		d.Action, d.From = schema.Rename, l.Addr.Key
	}
	d.Reason = t.referenceReason(w.Set, l, changed)
	if l.OutcomeUnknown != "" {
		d.Reason = "its state is not known " + l.OutcomeUnknown
	}
	b.add(d)
}

// differ returns the attributes that the file sets and that have another value in
// the product. What the product does not tell and cannot change is not held
// against the file.
func (t *kindState) differ(w, l *schema.Object) schema.Mask {
	var changed schema.Mask
	if l.LastWritten { // what is not known is written
		changed = w.Set & t.compared &^ (t.keys | t.immutable | l.Set)
	}
	for m := w.Set & t.compared &^ (t.immutable &^ l.Set); m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(uint64(m))
		if !t.kind.Attributes[i].Satisfies(w.Body, l.Body) {
			changed = changed.With(i)
		}
	}
	return changed
}

// project returns the live object as it shall be: what the file sets from the
// file, everything else as it is, the entries of a Partial map that the file does
// not name included, with references moved where their target goes.
// A nil w changes references only.
func (t *kindState) project(w, l *schema.Object) *schema.Object {
	o := l.Clone()
	var set schema.Mask
	if w != nil {
		set = w.Set & t.compared
		for i := range t.kind.Attributes {
			if set.Has(i) {
				t.kind.Attributes[i].Merge(o.Body, w.Body)
			}
		}
		o.Set |= set
		o.Addr, o.Pos = w.Addr, w.Pos
	}
	t.rewriteReferences(&o, set)
	return &o
}

// adjust lets the kind bring the object in line with itself, and returns the
// attributes in which that changed it.
func (t *kindState) adjust(want *schema.Object) schema.Mask {
	if t.kind.Adjust == nil {
		return 0
	}
	before := want.Clone()
	t.kind.Adjust(want)
	return changedAttributes(&before, want)
}

// add takes a change up, or what is left of it: in kinds that are only observed
// nothing is written, and what the product cannot change is refused.
func (b *builder) add(d candidate) {
	switch {
	case !d.table.writes():
		b.plan.Observed = append(b.plan.Observed, d.Change)
		return
	case d.Have != nil && d.Want != nil && b.frozen(&d):
		d.Action = schema.Refuse
	}
	if d.HandsOver() {
		b.addFinding(b.handedOver(&d))
	}
	b.candidates = append(b.candidates, d)
	d.recordCascade()
}

// create plans an object that is declared and not live.
func (b *builder) create(t *kindState, i int) {
	w := t.want[i]
	d := candidate{table: t, live: none, Change: plan.Change{
		Action: schema.Create, Addr: w.Addr, Want: w, Changed: w.Set & t.compared, Pos: w.Pos,
	}}
	if j, ok := t.predecessor[i]; ok {
		d.Want = t.inherit(w, t.live[j])
		d.Changed = d.Want.Set & t.compared
		d.Reason = "takes the place of " + t.live[j].Addr.String() + ", whose key cannot change"
		b.requestRead(t, j)
	}
	switch {
	case t.kind.UpdateOnly:
		d.Action = schema.Refuse
		b.addFinding(b.notThere(t, w))
	case t.manage.NoCreate:
		d.Action = schema.Refuse
		b.addFinding(b.notCreated(t, w))
	}
	b.add(d)
}

// inherit fills in what the file leaves unset from the object whose place the new
// one takes.
func (t *kindState) inherit(w, old *schema.Object) *schema.Object {
	o := w.Clone()
	for i := range t.kind.Attributes {
		a := &t.kind.Attributes[i]
		if !t.compared.Has(i) || !old.Set.Has(i) {
			continue
		}
		if !w.Set.Has(i) {
			a.Copy(o.Body, old.Body)
			o.Set = o.Set.With(i)
		} else if a.Is(schema.MergeEntries) {
			a.Copy(o.Body, old.Body)
			a.Merge(o.Body, w.Body)
		}
	}
	t.rewriteReferences(&o, w.Set)
	return &o
}
