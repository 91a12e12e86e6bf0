package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// applyPreviously pairs desired objects with live ones under their previous keys. If the product
// can change the key, the object is renamed and keeps its id. Otherwise the object is replaced in
// one plan: the new one is created, references to the old one change, and the old one is deleted.
func applyPreviously(s stage, t *kindState) {
	var asked []int
	for i, w := range t.want {
		if len(w.Previously) > 0 && t.partner[i] >= none {
			asked = append(asked, i)
		}
	}
	slices.SortFunc(asked, func(x, y int) int { return t.want[x].Addr.Compare(t.want[y].Addr) })
	for _, i := range asked {
		if found := predecessors(t, i); len(found) > 0 {
			applyPredecessors(s, t, i, found)
		}
	}
	for _, i := range asked {
		if _, replaces := t.predecessor[i]; t.partner[i] == none && !replaces {
			warnNearlyPrevious(s, t, i)
		}
	}
}

// warnNearlyPrevious warns if a previous key of a new object looks like the key of a live one:
// most likely the block means that one, which would otherwise not be renamed.
func warnNearlyPrevious(s stage, t *kindState, i int) {
	if t.likes == nil {
		t.likes = make(map[string]int, len(t.live))
		for j, l := range t.live {
			t.likes[schema.Likeness(l.Addr.Key)] = j
		}
	}
	w := t.want[i]
	for _, text := range w.Previously {
		key := t.kind.EarlierKey(w.Addr.Key, text)
		j, near := t.likes[schema.Likeness(key)]
		if !near || key == "" || t.owner[j] != none || t.claimed[j] || !t.visible(j) {
			continue
		}
		name := t.live[j].Addr.Key
		if schema.Likeness(w.Addr.Key) == schema.Likeness(name) {
			continue // see warnLookAlikes
		}
		s.addFinding(w.Problem("plan/previously-look-alike", "previously", "A previous key has another spelling", fmt.Sprintf(
			`%s has no %s %q, but it has %q, which differs from it %s. If that one becomes %q, write its key exactly in previously. `+
				`Otherwise delete %[3]q from previously.`, s.product.Title, noun(t.kind), key, name, difference(key, name), w.Addr.Key)).Warn())
	}
}

// predecessors lists the live objects under the previous keys of a desired one that no other
// object claims.
func predecessors(t *kindState, i int) []int {
	var found []int
	for _, text := range t.want[i].Previously {
		j, ok := t.findPrevious(t.want[i], text)
		free := ok && (t.owner[j] == none || t.claimed[j]) && t.visible(j)
		if free && j != t.partner[i] && !slices.Contains(found, j) {
			found = append(found, j)
		}
	}
	return found
}

// applyPredecessors renames or replaces the live object under a previous key, or reports a conflict.
func applyPredecessors(s stage, t *kindState, i int, found []int) {
	w, old := t.want[i], t.live[found[0]]
	if len(found) > 1 {
		s.addFinding(w.Problem("plan/previously-conflict", "previously", "Several of the previous keys exist", fmt.Sprintf(
			`%s has %s, and only one of them can become %q. Keep one key in previously, and remove the `+
				`other objects with removed blocks.`, s.product.Title, keysOf(t, found), w.Addr.Key)))
		t.partner[i] = skipped
		return
	}
	replaces := differingKeys(t, w, old)&t.immutable != 0
	switch {
	case t.claimed[found[0]]:
		s.addFinding(w.Problem("plan/previously-conflict", "previously", "Two blocks name the same previous key", fmt.Sprintf(
			`%q can become only one of them. Delete it from previously in one of the blocks.`, old.Addr.Key)))
		t.partner[i] = skipped
	case t.partner[i] >= 0 && !replaces:
		if t.removal(old) != nil {
			return
		}
		s.addFinding(w.Problem("plan/previously-conflict", "previously", "Both the previous and the new key exist", fmt.Sprintf(
			`%s has a %s %q already, so %q cannot be renamed to it. If the rename is done, delete previously; to delete `+
				`the old object, write a removed block for it; if it is another object, declare it.`,
			s.product.Title, noun(t.kind), w.Addr.Key, old.Addr.Key)))
		t.partner[i] = skipped
	case replaces:
		t.claimed[found[0]] = true
		recordReplacement(s, t, i, found[0])
	default:
		t.claimed[found[0]] = true
		link(t, i, found[0])
		if t.writes() {
			t.rename(found[0], w.Addr.Key)
		}
	}
}

// differingKeys returns the attributes of the key in which two objects differ.
func differingKeys(t *kindState, w, o *schema.Object) schema.Mask {
	var m schema.Mask
	for i := range t.kind.Attributes {
		if t.keys.Has(i) && !t.kind.Attributes[i].Equal(w.Body, o.Body) {
			m = m.With(i)
		}
	}
	return m
}

// recordReplacement notes that a desired object replaces a live one. If both exist, the plan
// continues a replacement that an earlier run began.
func recordReplacement(s stage, t *kindState, i, j int) {
	if !t.writes() {
		return
	}
	w, old := t.want[i], t.live[j]
	t.successor[j], t.predecessor[i] = i, j
	t.replaced[old.Addr.Key] = w.Addr.Key
	if t.partner[i] < 0 {
		return
	}
	s.addFinding(w.Problem("plan/replacing", "previously", "Both the previous and the new key exist", fmt.Sprintf(
		"%s has both %q and %q. This plan continues to replace the first with the second: it changes "+
			"the references to %[2]q and deletes it. If they are two different objects, delete previously and declare both.",
		s.product.Title, old.Addr.Key, w.Addr.Key)).Warn())
}

// keysOf lists the keys of live objects within a sentence.
func keysOf(t *kindState, live []int) string {
	keys := make([]string, len(live))
	for n, j := range live {
		keys[n] = t.live[j].Addr.Key
	}
	slices.Sort(keys)
	return some(keys, len(keys))
}
