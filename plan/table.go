package plan

import (
	"cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Places in a table that are none.
const (
	none    = -1 // no counterpart
	skipped = -2 // a finding says why this desired object takes no part
)

// A table holds the desired objects of one kind against the live ones. Objects are
// spoken of by their place in want and live. A live object is replaced by a copy
// where its references follow a rename; the input is never written to.
type table struct {
	kind   *schema.Kind
	level  int // place in the order of references
	manage schema.Manage
	listed bool // live is complete

	plain     schema.Mask // attributes that are compared
	keys      schema.Mask // attributes that make the key
	immutable schema.Mask
	guarded   schema.Mask
	refs      []reference
	parent    *reference      // names what the objects are in; may be nil, see parent.go
	mentioned map[string]bool // keys of parents within which something is declared
	holder    *reference      // says whose the rights of the kind's objects are; may be nil
	held      []*table        // kinds whose objects hold rights for objects of this one
	inside    []*table        // kinds whose objects are within objects of this one

	source     []schema.Object // live objects as listed
	live       []*schema.Object
	followed   bool                      // some differ from the list, because their references follow a rename
	at         map[string]int            // key -> live
	alias      map[string]int            // second name -> live
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

	claimed map[int]bool      // live objects that a previously found
	renamed map[string]string // keys that change in place: old -> new
	moved   map[string]string // keys whose holders move: old -> new
	heir    map[int]int       // live object that goes -> want that takes its place
	origin  map[int]int       // the reverse

	dropped map[string]bool // keys of undeclared objects that the plan is to delete

	gone  map[string]bool // keys of what the plan deletes with what is within it
	rides []int           // undeclared live objects that go with what they are within

	removed []*schema.Removal
	kept    map[string][]int // undeclared live objects left alone, by the note about them

	changes map[int]*draft            // by live object, once the order is known
	fresh   map[string]*schema.Object // created, by key, once the order is known
	reached map[string]int            // by key, the causes; see reach.go
	warned  bool                      // that not everyone who is affected is known
	noted   map[int]bool              // thin objects through which subjects have rights
	losses  []loss                    // subjects that lose rights; see loss.go
}

// A reference is an attribute whose texts are keys of other objects.
type reference struct {
	at     int // place in the kind's attributes
	attr   *schema.Attribute
	to     []*table
	loose  bool // the target may be missing, and is not kept by it
	within bool // the object is within the target and goes with it
	blind  bool // whether a target exists cannot be known, because its kind has no list
}

func newTable(k *schema.Kind, level int, m schema.Manage, live map[string][]schema.Object) *table {
	t := &table{
		kind: k, level: level, manage: m,
		keys: k.Having(schema.Key), immutable: k.Having(schema.Immutable), guarded: k.Having(schema.Guarded),
		at: map[string]int{}, alias: map[string]int{}, duplicates: map[string][]int{}, declared: map[string]int{},
		claimed: map[int]bool{}, renamed: map[string]string{}, moved: map[string]string{}, heir: map[int]int{}, origin: map[int]int{},
		kept: map[string][]int{}, dropped: map[string]bool{}, changes: map[int]*draft{}, fresh: map[string]*schema.Object{},
	}
	for i := range k.Attributes {
		if k.Attributes[i].Comparable() {
			t.plain = t.plain.With(i)
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
func (t *table) refer(tables map[string]*table) {
	for i := range t.kind.Attributes {
		a := &t.kind.Attributes[i]
		if len(a.Kinds) == 0 || !a.Comparable() {
			continue
		}
		r := reference{at: i, attr: a, loose: a.Is(schema.Loose), within: a.Is(schema.Within)}
		for _, name := range a.Kinds {
			if to := tables[name]; to != nil {
				r.to, r.blind = append(r.to, to), r.blind || to.kind.Unlisted
				if r.within {
					to.inside = append(to.inside, t)
				}
			}
		}
		t.refs = append(t.refs, r)
	}
}

// has reports whether an object with the key is live or declared.
func (t *table) has(key string) bool {
	if _, ok := t.at[key]; ok {
		return true
	}
	_, ok := t.declared[key]
	return ok
}

// target returns the table that a text of the reference is a key of, or nil.
func (r *reference) target(key string) *table {
	for _, t := range r.to {
		if t.has(key) {
			return t
		}
	}
	return nil
}

// refersTo reports whether the kind may refer to another.
func (t *table) refersTo(other *table) bool {
	for i := range t.refs {
		if t.refs[i].mayBe(other) {
			return true
		}
	}
	return false
}

func (r *reference) mayBe(t *table) bool {
	for _, to := range r.to {
		if to == t {
			return true
		}
	}
	return false
}

// sees reports whether the live object takes part.
func (t *table) sees(j int) bool { return t.ignored == nil || !t.ignored[j] }

// writes reports whether differences of the kind become changes.
func (t *table) writes() bool { return t.manage.Mode != schema.Observe }

// spoken reports whether the files say anything about the kind.
func (t *table) spoken(manage map[string]schema.Manage) bool {
	_, managed := manage[t.kind.Name]
	return managed || len(t.want) > 0 || len(t.removed) > 0
}

// compareDrafts orders the changes of one kind.
func compareDrafts(a, b *draft) int {
	c := cmp.Compare(a.Addr.Key, b.Addr.Key)
	if c == 0 && a.Have != nil && b.Have != nil {
		c = cmp.Compare(a.Have.ID, b.Have.ID)
	}
	return c
}
