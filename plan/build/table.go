package build

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Values in place of an index.
const (
	none        = -1 // no counterpart
	skipped     = -2 // the desired object is left out of the plan; a finding says why
	notCompared = -3 // the desired object is not in Input.Scope
)

// A kindState has the desired and the live objects of one kind. Code refers to objects by their
// indices in want and live.
type kindState struct {
	kind   *schema.Kind
	level  int // index in the order of references
	manage schema.Manage
	listed bool // live is complete

	compared       schema.Mask // attributes that are compared
	keys           schema.Mask // attributes that make the key
	immutable      schema.Mask
	guarded        schema.Mask
	refs           []reference
	grantee        *reference   // names the users who get the rights of the kind's objects; may be nil
	grantKinds     []*kindState // kinds whose objects hold rights for objects of this one
	containedKinds []*kindState // kinds whose objects are deleted with objects of this one

	want    []*schema.Object
	inScope []bool // those of want that Input.Scope compares
	changed []bool // those of want that changed, if Input.Scope is not everything; else empty
	removed []*schema.Removal

	index
	matching
}

// A reference is an attribute whose values are keys of other objects.
type reference struct {
	at           int // index in the kind's attributes
	attr         *schema.Attribute
	to           []*kindState
	loose        bool // the target need not exist, and can be deleted (WeakRef)
	within       bool // the object is deleted with the target (OwnedBy)
	unverifiable bool // it cannot be known whether a target exists, because its kind has no list
}

func newKindState(k *schema.Kind, level int, m schema.Manage, live map[string][]schema.Object) *kindState {
	t := &kindState{
		kind: k, level: level, manage: m,
		keys: k.Having(schema.Key), immutable: k.Having(schema.Immutable), guarded: k.Having(schema.CarriesRights),
		index: index{byKey: map[string]int{}, byAlias: map[string]int{}, duplicates: map[string][]int{}, renamed: map[string]string{}},
		matching: matching{
			declared: map[string]int{}, claimed: map[int]bool{}, replaced: map[string]string{}, successor: map[int]int{}, predecessor: map[int]int{},
		},
	}
	for i := range k.Attributes {
		if k.Attributes[i].Comparable() {
			t.compared = t.compared.With(i)
		}
	}
	list, listed := live[k.Name]
	t.source, t.listed = schema.Normal(list), listed
	t.live = make([]*schema.Object, len(t.source))
	for j := range t.source {
		t.live[j] = &t.source[j]
	}
	return t
}

// bindReferences fills in the attributes that refer to other kinds, except ConfigOnly ones, which
// live objects do not have.
func bindReferences(t *kindState, tables map[string]*kindState) {
	for i := range t.kind.Attributes {
		a := &t.kind.Attributes[i]
		if len(a.Kinds) == 0 || !a.Comparable() {
			continue
		}
		r := reference{at: i, attr: a, loose: a.Is(schema.WeakRef), within: a.Is(schema.OwnedBy)}
		for _, name := range a.Kinds {
			if to := tables[name]; to != nil {
				r.to, r.unverifiable = append(r.to, to), r.unverifiable || to.kind.NoList
				if r.within {
					to.containedKinds = append(to.containedKinds, t)
				}
			}
		}
		t.refs = append(t.refs, r)
	}
}

// target returns the kind that has an object with the key, or nil.
func (r *reference) target(key string) *kindState {
	for _, t := range r.to {
		if t.has(key) {
			return t
		}
	}
	return nil
}

// refersTo reports whether the kind may refer to another.
func (t *kindState) refersTo(other *kindState) bool {
	return slices.ContainsFunc(t.refs, func(r reference) bool { return r.mayBe(other) })
}

func (r *reference) mayBe(t *kindState) bool { return slices.Contains(r.to, t) }

// visible reports whether the live object is part of the plan.
func (t *kindState) visible(j int) bool { return t.ignored == nil || !t.ignored[j] }

// writes reports whether differences of the kind become changes.
func (t *kindState) writes() bool { return t.manage.Mode != schema.Observe }

// compareDrafts orders the changes of one kind.
func compareDrafts(a, b *candidate) int {
	c := cmp.Compare(a.Addr.Key, b.Addr.Key)
	if c == 0 && a.Have != nil && b.Have != nil {
		c = cmp.Compare(a.Have.ID, b.Have.ID)
	}
	return c
}
