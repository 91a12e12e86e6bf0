package build

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// warnLookAlikes finds new keys that a person cannot tell from the key of another
// object: the two differ in letter case, white space, invisible characters or the
// spelling of letters only. That is a warning, and an error where the other object
// is removed by the same plan although no removed block asks for it: most likely
// both keys mean one object, which would lose everything that it has.
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

// addFresh takes a new key up, and warns where another block has nearly the same.
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

// leavesKey reports whether the live object gives its key up: it is renamed, or a
// declared object takes its place.
func leavesKey(t *kindState, j int) bool {
	if _, replaced := t.successor[j]; replaced {
		return true
	}
	i := t.owner[j]
	return i >= 0 && t.want[i].Addr.Key != t.live[j].Addr.Key
}

// sameParents reports whether two keys name the same objects of other kinds. Where
// they do not, what is told of those objects is enough.
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
	f := d.problem("plan/look-alike", name, fmt.Sprintf("Another %s has nearly this %s", kind, name))
	f.Severity, f.Value = schema.Warning, d.Addr.Key
	f.Detail = fmt.Sprintf("%s has the %s %q, and %q differs from it %s. If that one is meant, write its %s exactly. If %q takes its place, "+
		"write previously = [%q]. Otherwise choose another %s.",
		s.product.Title, kind, other, d.Addr.Key, difference(d.Addr.Key, other), name, d.Addr.Key, other, name)
	return f
}

func declaredNearly(d, other *candidate) schema.Finding {
	name, kind := lastKey(d.table.kind), noun(d.table.kind)
	f := d.problem("plan/look-alike", name, fmt.Sprintf("Another %s has nearly this %s", kind, name))
	f.Severity, f.Value = schema.Warning, d.Addr.Key
	f.Detail = fmt.Sprintf("%s, line %d, declares the %s %q, and %q differs from it %s. If both are one %s, drop one of the blocks. Otherwise choose another %s.",
		other.Pos.File, other.Pos.Line, kind, other.Addr.Key, d.Addr.Key, difference(d.Addr.Key, other.Addr.Key), kind, name)
	return f
}

func sameObject(s stage, d *candidate, l *schema.Object) schema.Finding {
	kind, way := noun(d.table.kind), ""
	if schema.Unclean(l.Addr.Key) == nil {
		way = fmt.Sprintf(", or write the key as %s has it", s.product.Title)
	}
	f := d.problem("plan/look-alike", lastKey(d.table.kind), fmt.Sprintf("One %s would be removed and created again", kind))
	f.Value = d.Addr.Key
	f.Detail = fmt.Sprintf("This plan would remove the %s %q and create %q, which differs from it %s. If both are the same %s, "+
		"write previously = [%q] in this block%s. If they are not, write a removed block for %q.",
		kind, l.Addr.Key, d.Addr.Key, difference(d.Addr.Key, l.Addr.Key), kind, l.Addr.Key, way, l.Addr.Key)
	return f
}

// lastKey names the attribute by which people know objects of the kind.
func lastKey(k *schema.Kind) string {
	keys := k.Keys()
	return keys[len(keys)-1].Name
}

// difference says in which way two keys that look alike differ.
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
