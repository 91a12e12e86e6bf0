package build

import (
	"cmp"
	"math/bits"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A candidate is a change that is not yet in the order of execution.
type candidate struct {
	plan.Change
	table      *kindState
	live       int             // index of the live object, or none
	successor  string          // key of the object that replaces a deleted one
	cascadedBy *schema.Address // of a delete that the product makes with another one: that object; see removals
}

// Drafts are the changes that the files ask for, in no order, and other results of the
// comparison.
type drafts struct {
	candidates []candidate
	cascade
	observed   []plan.Change                   // differences in kinds that are only observed
	unchanged  map[string]int                  // by kind
	dropped    map[objectRef]bool              // undeclared objects that the plan deletes
	undeclared map[*kindState]map[string][]int // undeclared live objects left alone, by the note about them
	cascaded   map[*kindState][]int            // undeclared live objects that are deleted with others
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
	warnAdministratorsExpire(s)
	return f.drafts
}

// change plans the update or rename of a live object.
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
	d.Reason = cmp.Or(referenceReason(t, w.Set, l, changed), overdueReason(w, l, f.Labels))
	if l.OutcomeUnknown != "" {
		d.Reason = "its state is not known " + l.OutcomeUnknown
	}
	f.add(d)
}

// differ returns the attributes that the file sets and that have another value in the product.
// An immutable attribute that the product does not return is not compared.
func differ(t *kindState, w, l *schema.Object) schema.Mask {
	var changed schema.Mask
	if l.LastWritten { // unknown attributes are written
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

// project returns the wanted object: attributes that the file sets come from the file, all others
// (and entries of a MergeEntries map that the file does not name) from the live object, with
// references to replaced objects changed. A nil w changes references only.
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

// adjust calls Kind.Adjust, and returns the attributes that it changed.
func adjust(t *kindState, want *schema.Object) schema.Mask {
	if t.kind.Adjust == nil {
		return 0
	}
	before := want.Clone()
	t.kind.Adjust(want)
	return before.ChangedTo(want)
}

// add adds a change: to observed if the kind is only observed, and as a Refuse if it changes
// attributes that the product does not let change.
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

// create plans the creation of a declared object that does not exist.
func (f *drafting) create(t *kindState, i int) {
	w := t.want[i]
	d := candidate{table: t, live: none, Change: plan.Change{
		Action: schema.Create, Addr: w.Addr, Want: w, Changed: w.Set & t.compared, Pos: w.Pos, Reason: createReason(w),
	}}
	if j, ok := t.predecessor[i]; ok {
		d.Want = inherit(t, w, t.live[j])
		d.Changed = d.Want.Set & t.compared
		d.Reason = "replaces " + t.live[j].Addr.String() + ", whose key cannot change"
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

// inherit returns the desired object with the attributes that the file does not set copied from
// the object that it replaces.
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
