package build

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// warnLookAlikes finds new keys that look like the key of another object: the two differ only in
// letter case, white space, invisible characters or the spelling of letters. That is a warning,
// and an error if the plan removes the other object without a removed block: most likely both
// keys mean one object, which would lose everything that it has.
func warnLookAlikes(s stage, drafts *drafts) {
	fresh, removed := map[*kindState]map[string]*candidate{}, map[liveRef]bool{}
	for i := range drafts.candidates {
		switch d := &drafts.candidates[i]; {
		case d.Action == schema.Create || d.Action == schema.Rename:
			addFresh(s, fresh, d)
		case d.Action.Removes():
			removed[liveRef{d.table, d.live}] = true
		}
	}
	for t, changes := range fresh {
		for j, l := range t.live {
			d := changes[schema.Likeness(l.Addr.Key)]
			if d == nil || d.live == j || l.Addr.Key == d.Addr.Key || leavesKey(t, j) || t.removal(l) != nil {
				continue
			}
			switch {
			case removed[liveRef{t, j}]:
				s.addFinding(sameObject(s, d, l))
			case sameParents(t, d.Want, l):
				s.addFinding(nearlyThis(s, d, l.Addr.Key))
			}
		}
	}
}

// addFresh adds a new key, and warns if another block has a key that looks like it.
func addFresh(s stage, fresh map[*kindState]map[string]*candidate, d *candidate) {
	if fresh[d.table] == nil {
		fresh[d.table] = map[string]*candidate{}
	}
	like := schema.Likeness(d.Addr.Key)
	other := fresh[d.table][like]
	if other == nil {
		fresh[d.table][like] = d
		return
	}
	if comparePos(d.Pos, other.Pos) < 0 {
		d, other = other, d
	}
	if sameParents(d.table, d.Want, other.Want) {
		s.addFinding(declaredNearly(d, other))
	}
}

// leavesKey reports whether the live object is renamed or replaced.
func leavesKey(t *kindState, j int) bool {
	if _, replaced := t.successor[j]; replaced {
		return true
	}
	i := t.owner[j]
	return i >= 0 && t.want[i].Addr.Key != t.live[j].Addr.Key
}

// sameParents reports whether two keys contain the same keys of other objects. If they do not, a
// finding about those objects is enough.
func sameParents(t *kindState, x, y *schema.Object) bool {
	for i := range t.kind.Attributes {
		if a := &t.kind.Attributes[i]; t.keys.Has(i) && len(a.Kinds) > 0 && !a.Equal(x.Body, y.Body) {
			return false
		}
	}
	return true
}

func nearlyThis(s stage, d *candidate, other string) schema.Finding {
	name, kind := lastKey(d.table.kind), noun(d.table.kind)
	f := d.problem("plan/look-alike", name, fmt.Sprintf("Another %s has a similar %s", kind, name))
	f.Severity, f.Value = schema.Warning, d.Addr.Key
	f.Detail = fmt.Sprintf("%s has the %s %q, and %q differs from it %s. If you mean that one, write its %s exactly. If %q replaces it, "+
		"write previously = [%q]. Otherwise choose another %s.",
		s.product.Title, kind, other, d.Addr.Key, difference(d.Addr.Key, other), name, d.Addr.Key, other, name)
	return f
}

func declaredNearly(d, other *candidate) schema.Finding {
	name, kind := lastKey(d.table.kind), noun(d.table.kind)
	f := d.problem("plan/look-alike", name, fmt.Sprintf("Another %s has a similar %s", kind, name))
	f.Severity, f.Value = schema.Warning, d.Addr.Key
	f.Detail = fmt.Sprintf("%s, line %d, declares the %s %q, and %q differs from it %s. If both are one %s, delete one of the blocks. Otherwise choose another %s.",
		other.Pos.File, other.Pos.Line, kind, other.Addr.Key, d.Addr.Key, difference(d.Addr.Key, other.Addr.Key), kind, name)
	return f
}

func sameObject(s stage, d *candidate, l *schema.Object) schema.Finding {
	kind, alternative := noun(d.table.kind), ""
	if schema.Unclean(l.Addr.Key) == nil {
		alternative = fmt.Sprintf(", or write the key as %s has it", s.product.Title)
	}
	f := d.problem("plan/look-alike", lastKey(d.table.kind), fmt.Sprintf("One %s would be removed and created again", kind))
	f.Value = d.Addr.Key
	f.Detail = fmt.Sprintf("This plan would remove the %s %q and create %q, which differs from it %s. If both are the same %s, "+
		"write previously = [%q] in this block%s. If they are not, write a removed block for %q.",
		kind, l.Addr.Key, d.Addr.Key, difference(d.Addr.Key, l.Addr.Key), kind, l.Addr.Key, alternative, l.Addr.Key)
	return f
}

// lastKey names the last attribute of the kind's keys, which is the object's own name.
func lastKey(k *schema.Kind) string {
	keys := k.Keys()
	return keys[len(keys)-1].Name
}

// difference says how two keys that look alike differ.
func difference(x, y string) string {
	for _, key := range [...]string{x, y} {
		if c := schema.Unseen(key); c != "" {
			return fmt.Sprintf("in a character that is easy to miss: %q has %s", key, c)
		}
	}
	if strings.EqualFold(x, y) {
		return "in upper and lower case only"
	}
	return "in letter case, white space or the spelling of letters only"
}
