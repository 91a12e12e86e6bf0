package build

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// match pairs live and desired objects. It goes through the kinds in the order of references,
// because a key may contain the key of another object: when a section is renamed, the keys of
// its groups change too.
func match(s stage) {
	for _, t := range s.tables {
		rekeyReferences(t)
		indexLive(s, t)
		markIgnored(s, t)
		resolveAliases(t)
		excludeDuplicates(s, t)
		noteParents(t)
		pair(s, t)
		if t.kind.Virtual {
			continue
		}
		applyPreviously(s, t)
		for i, j := range t.partner {
			if j >= 0 && t.want[i].Set&t.compared&^t.live[j].Set != 0 {
				s.requestRead(t, j)
			}
		}
	}
}

// pair links desired and live objects with the same key.
func pair(s stage, t *kindState) {
	t.declared = make(map[string]int, len(t.want))
	t.partner = make([]int, len(t.want))
	for i, w := range t.want {
		first, twice := t.declared[w.Addr.Key]
		if twice {
			reportDuplicate(s, t, first, i)
			continue
		}
		t.declared[w.Addr.Key] = i
		t.partner[i] = none
		if !t.inScope[i] {
			if j, ok := t.byKey[w.Addr.Key]; ok {
				t.owner[j] = i
			}
			t.partner[i] = notCompared
			continue
		}
		if m, ignored := s.ignored.Match(t.kind, w.Addr.Key); ignored {
			s.addFinding(declaredAndIgnored(s, w, m))
			t.partner[i] = skipped
			continue
		}
		if t.leftOut[i] {
			t.partner[i] = skipped
			continue
		}
		if j, ok := t.byKey[w.Addr.Key]; ok {
			link(t, i, j)
		}
	}
}

func link(t *kindState, i, j int) { t.partner[i], t.owner[j] = j, i }

// reportDuplicate reports a key that two blocks declare. The plan has the one that comes first.
func reportDuplicate(s stage, t *kindState, first, second int) {
	if comparePos(t.want[second].Pos, t.want[first].Pos) < 0 {
		t.declared[t.want[second].Addr.Key] = second
		t.partner[second] = t.partner[first]
		if j := t.partner[first]; j >= 0 {
			t.owner[j] = second
		}
		first, second = second, first
	}
	t.partner[second] = skipped
	where := ""
	if pos := t.want[first].Pos; pos.File != "" {
		where = fmt.Sprintf(" in %s, line %d", pos.File, pos.Line)
	}
	w := t.want[second]
	s.addFinding(w.Problem("plan/declared-twice", "", "Declared twice", fmt.Sprintf(
		`This is the same %s as the one declared%s: both are %q in %s. Delete one of the blocks.`,
		noun(t.kind), where, w.Addr.Key, s.product.Title)))
}

// removal returns the removed or expired block that names the live object, or nil.
func (t *kindState) removal(o *schema.Object) *schema.Removal {
	for _, r := range t.removed {
		if key, _ := t.kind.NormalKey(r.Key); key == o.Addr.Key || o.Alias != "" && key == o.Alias {
			return r
		}
	}
	return nil
}

// A matching pairs live and desired objects, and names those that are left out of the plan.
type matching struct {
	declared map[string]int // key -> want
	partner  []int          // want -> live, none, skipped or notCompared
	owner    []int          // live -> want, or none

	claimed     map[int]bool      // live objects that a block names as previous
	replaced    map[string]string // keys of replaced objects: old -> new
	successor   map[int]int       // replaced live object -> want that replaces it
	predecessor map[int]int       // the reverse

	parent    *reference      // names the objects that contain those of the kind; may be nil, see parent.go
	mentioned map[string]bool // keys of parents with declared objects

	ignored  []bool                    // live objects that are left out of the plan; nil if there are none
	leftOut  map[int]bool              // desired objects that are left out because of a duplicate
	excluded map[string]schema.Address // their keys, with the duplicate
	meant    map[string]bool           // keys of duplicates that the files declare or remove
}

// noteParents finds the reference to parents, and notes the parents with declared objects. The
// desired objects must have their final keys.
func noteParents(t *kindState) {
	parent := t.kind.Parent()
	for i := range t.refs {
		if t.refs[i].attr == parent && len(t.refs[i].to) > 0 {
			t.parent = &t.refs[i]
		}
	}
	if t.parent == nil {
		return
	}
	t.mentioned = map[string]bool{}
	note := func(key string) { t.mentioned[key] = true }
	for _, w := range t.want {
		t.parent.attr.Each(w.Body, note)
	}
}
