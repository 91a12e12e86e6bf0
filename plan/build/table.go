package build

import (
	"cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Places in a table that are none.
const (
	none    = -1 // no counterpart
	skipped = -2 // a finding says why this desired object takes no part
)

// A kindState holds the desired objects of one kind against the live ones. Objects are
// spoken of by their place in want and live. A live object is replaced by a copy
// where its references follow a rename; the input is never written to.
type kindState struct {
	kind   *schema.Kind
	level  int // place in the order of references
	manage schema.Manage
	listed bool // live is complete

	compared       schema.Mask // attributes that are compared
	keys           schema.Mask // attributes that make the key
	immutable      schema.Mask
	guarded        schema.Mask
	refs           []reference
	parent         *reference      // names what the objects are in; may be nil, see parent.go
	mentioned      map[string]bool // keys of parents within which something is declared
	grantee        *reference      // says whose the rights of the kind's objects are; may be nil
	grantKinds     []*kindState    // kinds whose objects hold rights for objects of this one
	containedKinds []*kindState    // kinds whose objects are within objects of this one

	source     []schema.Object // live objects as listed
	live       []*schema.Object
	rekeyedAny bool                      // some differ from the list, because their references follow a rename
	byKey      map[string]int            // key -> live
	byAlias    map[string]int            // second name -> live
	likes      map[string]int            // schema.Likeness of a key -> live; nil until an earlier key is looked for
	printed    map[string]int            // keys with escapes as they are printed -> live, or none where several are; see printedAs
	duplicates map[string][]int          // live objects by a key that several have
	excluded   map[string]schema.Address // keys that take no part, with the duplicate because of which
	meant      map[string]bool           // duplicates that the files declare or remove
	leftOut    map[int]bool              // desired objects that take no part
	ignored    []bool                    // live objects out of sight; nil where there is none
	owner      []int                     // live -> want, or none

	want     []*schema.Object
	declared map[string]int // key -> want
	partner  []int          // want -> live, none or skipped

	claimed     map[int]bool      // live objects that a previously found
	renamed     map[string]string // keys that change in place: old -> new
	replaced    map[string]string // keys whose holders move: old -> new
	successor   map[int]int       // live object that goes -> want that takes its place
	predecessor map[int]int       // the reverse

	dropped map[string]bool // keys of undeclared objects that the plan is to delete

	deleted  map[string]bool // keys of what the plan deletes with what is within it
	cascaded []int           // undeclared live objects that go with what they are within

	removed    []*schema.Removal
	undeclared map[string][]int // undeclared live objects left alone, by the note about them

	changes     map[int]*candidate        // by live object, once the order is known
	created     map[string]*schema.Object // created, by key, once the order is known
	impacted    map[string]int            // by key, the causes; see reach.go
	warned      bool                      // that not everyone who is affected is known
	thinSources map[int]bool              // thin objects through which subjects have rights
	losses      []loss                    // subjects that lose rights; see loss.go
}

// A reference is an attribute whose texts are keys of other objects.
type reference struct {
	at           int // place in the kind's attributes
	attr         *schema.Attribute
	to           []*kindState
	loose        bool // the target may be missing, and is not kept by it
	within       bool // the object is within the target and goes with it
	unverifiable bool // whether a target exists cannot be known, because its kind has no list
}

func newKindState(k *schema.Kind, level int, m schema.Manage, live map[string][]schema.Object) *kindState {
	t := &kindState{
		kind: k, level: level, manage: m,
		keys: k.Having(schema.Key), immutable: k.Having(schema.Immutable), guarded: k.Having(schema.CarriesRights),
		byKey: map[string]int{}, byAlias: map[string]int{}, duplicates: map[string][]int{}, declared: map[string]int{},
		claimed: map[int]bool{}, renamed: map[string]string{}, replaced: map[string]string{}, successor: map[int]int{}, predecessor: map[int]int{},
		undeclared: map[string][]int{}, dropped: map[string]bool{}, changes: map[int]*candidate{}, created: map[string]*schema.Object{},
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

// refer fills in the attributes that refer to other kinds. Those that a file is
// only asked for (Input) are not in live objects and do not count.
func (t *kindState) refer(tables map[string]*kindState) {
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

// has reports whether an object with the key is live or declared.
func (t *kindState) has(key string) bool {
	if _, ok := t.byKey[key]; ok {
		return true
	}
	_, ok := t.declared[key]
	return ok
}

// target returns the table that a text of the reference is a key of, or nil.
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
	for i := range t.refs {
		if t.refs[i].mayBe(other) {
			return true
		}
	}
	return false
}

func (r *reference) mayBe(t *kindState) bool {
	for _, to := range r.to {
		if to == t {
			return true
		}
	}
	return false
}

// visible reports whether the live object takes part.
func (t *kindState) visible(j int) bool { return t.ignored == nil || !t.ignored[j] }

// writes reports whether differences of the kind become changes.
func (t *kindState) writes() bool { return t.manage.Mode != schema.Observe }

// mentionedIn reports whether the files say anything about the kind.
func (t *kindState) mentionedIn(manage map[string]schema.Manage) bool {
	_, managed := manage[t.kind.Name]
	return managed || len(t.want) > 0 || len(t.removed) > 0
}

// compareDrafts orders the changes of one kind.
func compareDrafts(a, b *candidate) int {
	c := cmp.Compare(a.Addr.Key, b.Addr.Key)
	if c == 0 && a.Have != nil && b.Have != nil {
		c = cmp.Compare(a.Have.ID, b.Have.ID)
	}
	return c
}
