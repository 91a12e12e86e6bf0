package build

import (
	"math/bits"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A candidate is a change that is not in its place yet.
type candidate struct {
	plan.Change
	table      *kindState
	live       int             // place of the live object in the table, or none
	successor  string          // key of the object that takes the place of one that goes
	cascadedBy *schema.Address // of a removal that is not made: what it goes with; see removals
}

// Drafts are the changes that the files ask for, in no order yet, and what else was
// found in comparing.
type drafts struct {
	candidates []candidate
	cascade
	observed   []plan.Change                   // differences in kinds that are only observed
	unchanged  map[string]int                  // by kind
	dropped    map[objectRef]bool              // undeclared objects that are to be deleted
	undeclared map[*kindState]map[string][]int // undeclared live objects left alone, by the note about them
	cascaded   map[*kindState][]int            // undeclared live objects that go with what they are within
}

// A drafting compares desired and live objects.
type drafting struct {
	stage
	*drafts
}

// draft turns every difference between desired and live objects into a change.
// Equal objects cost no allocation.
func draft(s stage) *drafts {
	f := drafting{s, &drafts{
		cascade: newCascade(s.tenant), unchanged: map[string]int{}, dropped: map[objectRef]bool{},
		undeclared: map[*kindState]map[string][]int{}, cascaded: map[*kindState][]int{},
	}}
	for _, t := range s.tables {
		if t.kind.Virtual {
			continue
		}
		for i, j := range t.partner {
			switch {
			case j >= 0:
				f.change(t, i, j)
			case j == none:
				f.create(t, i)
			}
		}
		f.prune(t)
	}
	warnInactive(s)
	return f.drafts
}

// change plans what brings a live object to what a file says.
func (f *drafting) change(t *kindState, i, j int) {
	w, l := t.want[i], t.live[j]
	changed := differ(t, w, l)
	if t.writes() {
		changed |= t.refsToReplaced(l, w.Set)
	}
	if changed == 0 {
		f.unchanged[t.kind.Name]++
		return
	}
	if l.Incomplete {
		f.requestRead(t, j)
		return
	}
	want := project(t, w, l)
	changed |= adjust(t, want)
	d := candidate{table: t, live: j, Change: plan.Change{
		Action: schema.Update, Addr: w.Addr, Have: l, Want: want, Changed: changed, Pos: w.Pos,
	}}
	if changed&t.keys != 0 {
		d.Action, d.From = schema.Rename, l.Addr.Key
	}
	d.Reason = referenceReason(t, w.Set, l, changed)
	if l.OutcomeUnknown != "" {
		d.Reason = "its state is not known " + l.OutcomeUnknown
	}
	f.add(d)
}

// differ returns the attributes that the file sets and that have another value in
// the product. What the product does not tell and cannot change is not held
// against the file.
func differ(t *kindState, w, l *schema.Object) schema.Mask {
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
func project(t *kindState, w, l *schema.Object) *schema.Object {
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
	rewriteReferences(t, &o, set)
	return &o
}

// adjust lets the kind bring the object in line with itself, and returns the
// attributes in which that changed it.
func adjust(t *kindState, want *schema.Object) schema.Mask {
	if t.kind.Adjust == nil {
		return 0
	}
	before := want.Clone()
	t.kind.Adjust(want)
	return changedAttributes(&before, want)
}

// add takes a change up, or what is left of it: in kinds that are only observed
// nothing is written, and what the product cannot change is refused.
func (f *drafting) add(d candidate) {
	switch {
	case !d.table.writes():
		f.observed = append(f.observed, d.Change)
		return
	case d.Have != nil && d.Want != nil && frozen(f.stage, &d):
		d.Action = schema.Refuse
	}
	if d.HandsOver() {
		f.addFinding(handedOver(&d))
	}
	f.candidates = append(f.candidates, d)
	f.record(&d)
}

// create plans an object that is declared and not live.
func (f *drafting) create(t *kindState, i int) {
	w := t.want[i]
	d := candidate{table: t, live: none, Change: plan.Change{
		Action: schema.Create, Addr: w.Addr, Want: w, Changed: w.Set & t.compared, Pos: w.Pos,
	}}
	if j, ok := t.predecessor[i]; ok {
		d.Want = inherit(t, w, t.live[j])
		d.Changed = d.Want.Set & t.compared
		d.Reason = "takes the place of " + t.live[j].Addr.String() + ", whose key cannot change"
		f.requestRead(t, j)
	}
	switch {
	case t.kind.UpdateOnly:
		d.Action = schema.Refuse
		f.addFinding(notThere(f.stage, t, w))
	case t.manage.NoCreate:
		d.Action = schema.Refuse
		f.addFinding(notCreated(f.stage, t, w))
	}
	f.add(d)
}

// inherit fills in what the file leaves unset from the object whose place the new
// one takes.
func inherit(t *kindState, w, old *schema.Object) *schema.Object {
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
	rewriteReferences(t, &o, w.Set)
	return &o
}
