package build

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A sharedChange says how the change of a shared object changes the rights of users who refer to
// it: it widens them if a set that carries rights gains members, and narrows them if one loses
// members.
type sharedChange struct {
	narrows, widens bool
	middle          *schema.Object // the object with the set members from both before and after
	splits          bool           // middle can be a step of its own
}

// sharedChange returns how the change narrows and widens, and whether it has to be ordered. If an
// attribute that is not a set carries rights, no order is better than another. A set that does not
// name rights itself, such as the businesses of a group, is never empty between two steps, because
// products differ in what an empty set means.
func (d *candidate) sharedChange() (s sharedChange, ok bool) {
	between := d.table.kind.GrantsTo != nil // the rights depend on the grantees too
	switch {
	case between && d.Action == schema.Create:
		return sharedChange{widens: true}, true
	case between && d.Action == schema.Delete:
		return sharedChange{narrows: true}, true
	case d.Action != schema.Update && d.Action != schema.Rename, d.table.holdsRights() && !between:
		return s, false
	}
	middle := d.Want.Clone()
	middle.ID = d.Have.ID
	s.middle, s.splits = &middle, true
	for i := range d.table.kind.Attributes {
		a := &d.table.kind.Attributes[i]
		if !d.Changed.Has(i) || !d.table.carriesRights(i) {
			continue
		}
		if a.Type != schema.TypeSet {
			return s, false
		}
		have, want := a.Texts(d.Have.Body), a.Texts(d.Want.Body)
		both := slices.DeleteFunc(slices.Clone(want), func(s string) bool { return !inside([]string{s}, have) })
		s.narrows = s.narrows || len(both) < len(have)
		s.widens = s.widens || len(both) < len(want)
		s.splits = s.splits && (len(both) > 0 || a.Is(schema.CarriesRights))
		a.SetAny(middle.Body, both)
	}
	return s, s.narrows || s.widens
}

// holdsRights reports whether objects of the kind are subjects: users, or objects that hold rights
// for users.
func (t *kindState) holdsRights() bool { return t.kind.Grants != nil || len(t.grantKinds) > 0 }

// carriesRights reports whether rights can depend on the attribute. If the kind says which
// attributes carry rights, these are they and references; otherwise all but the key and plain texts.
func (t *kindState) carriesRights(i int) bool {
	a := &t.kind.Attributes[i]
	switch {
	case t.keys.Has(i):
		return false
	case len(a.Kinds) > 0 || a.Is(schema.CarriesRights):
		return true
	}
	return t.guarded == 0 && !(a.Type == schema.TypeString && len(a.OneOf) == 0)
}

// inside reports whether the sorted list large contains all of small.
func inside[T cmp.Ordered](small, large []T) bool {
	for _, s := range small {
		if _, found := slices.BinarySearch(large, s); !found {
			return false
		}
	}
	return true
}

// split makes two steps of a change if others wait for its narrowing or renaming while its
// widening waits for others. It returns all steps, the step that widens for each change, and the
// ranks by which to sort.
func (p *privilegeOrder) split() (steps []candidate, widening map[int]int, rank []int) {
	steps, widening = p.candidates, map[int]int{}
	needed := map[int]bool{}
	for e := range p.edges {
		if needed[e.waitsFor] = true; e.step < 0 {
			widening[^e.step] = ^e.step
		}
	}
	for i := range steps {
		rank = append(rank, 2*i)
		for _, n := range steps[i].DependsOn {
			needed[n] = true
		}
	}
	released := map[int]bool{} // their objects exist and only widen, so no change has to wait for them
	for _, o := range slices.Sorted(maps.Keys(widening)) {
		switch s := p.shared[o]; {
		case steps[o].Action == schema.Update && !s.narrows:
			released[o] = true
		case s.splits && needed[o]:
			widening[o] = len(steps)
			steps, rank = append(steps, steps[o].secondStep(o, s.middle, steps)), append(rank, 2*o+1)
		}
	}
	for i := range steps {
		if d := &steps[i]; !d.Action.Removes() {
			d.DependsOn = slices.DeleteFunc(d.DependsOn, func(n int) bool { return released[n] })
		}
	}
	return steps, widening, rank
}

// secondStep reduces the change with index at to its first step, which renames and narrows, and
// returns the second one, which widens.
func (d *candidate) secondStep(at int, middle *schema.Object, candidates []candidate) candidate {
	second := *d
	second.Action, second.From = schema.Update, ""
	second.Have, second.Changed = middle, middle.ChangedTo(d.Want)
	second.DependsOn = append(slices.Clone(d.DependsOn), at)
	second.Reason = sentence(d.Reason, "step 2 of 2: grant")
	d.Want, d.Changed = middle, d.Have.ChangedTo(middle)
	d.Reason = sentence(d.Reason, "step 1 of 2: "+text.Choose(d.Action == schema.Rename, "rename and ", "")+
		"revoke first, so that nobody temporarily gains rights")
	// The first step does not depend on objects that are created for the second one only.
	d.DependsOn = slices.DeleteFunc(slices.Clone(d.DependsOn), func(n int) bool {
		return candidates[n].Action == schema.Create && !d.refers(&candidates[n])
	})
	return second
}

func sentence(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// refers reports whether the wanted object refers to the other candidate's object.
func (d *candidate) refers(other *candidate) bool {
	return slices.ContainsFunc(d.table.refs, func(r reference) bool { return r.mayBe(other.table) && r.texts(d.Want)[other.Addr.Key] })
}
