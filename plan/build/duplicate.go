package build

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Several live objects can have the same key if the product allows that and two runs or people
// created the same team. Files cannot say which one they mean, so none of them is changed, nor are
// declared objects that refer to them. The plan has all other changes: a duplicate must not keep
// a user from losing rights.

// excludeDuplicates leaves the duplicates of a kind out of the plan, with the objects that refer
// to one in the files or in the product. It is called for the referred kinds first.
func excludeDuplicates(s stage, t *kindState) {
	if len(t.duplicates) == 0 && !refersToExcluded(t) {
		return
	}
	t.excluded, t.meant = map[string]schema.Address{}, map[string]bool{}
	for key := range t.duplicates {
		t.excluded[key] = schema.Address{Provider: s.Tenant.Name, Kind: t.kind.Name, Key: key}
	}
	for i, w := range t.want {
		root, found := excludedReference(t, w)
		key, twice := duplicateKey(t, w)
		if !twice && !found {
			continue
		}
		leaveOut(t, i)
		if twice {
			t.meant[key] = true
			t.excluded[w.Addr.Key] = schema.Address{Provider: s.Tenant.Name, Kind: t.kind.Name, Key: key}
			s.addFinding(duplicateFinding(s, t, w, key))
			continue
		}
		t.excluded[w.Addr.Key] = root
		if to := s.table[root.Kind]; !to.meant[root.Key] { // no block declares it
			to.meant[root.Key] = true
			s.addFinding(duplicateFinding(s, to, &schema.Object{Addr: root, Pos: w.Pos}, root.Key))
		}
		if !t.kind.Virtual {
			s.addFinding(w.Problem(plan.CodeExcluded, "", "Left out because of a duplicate", fmt.Sprintf(
				"%s refers to %s, of which %s has more than one. It is left as it is until there is only one.",
				w.Addr, root, s.product.Title)).Warn())
		}
	}
	for _, r := range t.removed {
		if len(t.duplicates[r.Key]) > 0 {
			t.meant[r.Key] = true
			s.addFinding(duplicateFinding(s, t, &schema.Object{Pos: r.Pos, Addr: t.excluded[r.Key]}, r.Key))
		}
	}
	for j, l := range t.live {
		if t.meant[l.Addr.Key] || refersToMeant(t, l) {
			hide(t, j)
		}
	}
}

// duplicateKey returns the key of several live objects that a desired one has, or a previous key
// of it that they have.
func duplicateKey(t *kindState, w *schema.Object) (key string, twice bool) {
	if len(t.duplicates[w.Addr.Key]) > 0 {
		return w.Addr.Key, true
	}
	if _, live := t.byKey[w.Addr.Key]; live {
		return "", false
	}
	for _, earlier := range w.Previously {
		if j, live := t.findPrevious(w, earlier); live && len(t.duplicates[t.live[j].Addr.Key]) > 0 {
			return t.live[j].Addr.Key, true
		}
	}
	return "", false
}

// leaveOut leaves a desired object and the live ones under its keys out of the plan.
func leaveOut(t *kindState, i int) {
	if t.leftOut == nil {
		t.leftOut = map[int]bool{}
	}
	t.leftOut[i] = true
	w := t.want[i]
	if j, live := t.byKey[w.Addr.Key]; live {
		hide(t, j)
	}
	for _, earlier := range w.Previously {
		if j, live := t.findPrevious(w, earlier); live {
			hide(t, j)
		}
	}
}

// hide leaves a live object out of the plan.
func hide(t *kindState, j int) {
	if t.ignored == nil {
		t.ignored = make([]bool, len(t.live))
	}
	t.ignored[j] = true
}

func refersToExcluded(t *kindState) bool {
	return slices.ContainsFunc(t.refs, func(r reference) bool {
		return slices.ContainsFunc(r.to, func(to *kindState) bool { return len(to.excluded) > 0 })
	})
}

// refersToMeant reports whether the key of a live object contains that of duplicates which the
// files declare or remove, so that it is not known which one contains it. An object that only
// refers to one, as a user to a group, can be changed and removed.
func refersToMeant(t *kindState, o *schema.Object) bool {
	found := false
	for i := range t.refs {
		r := &t.refs[i]
		if r.attr.Is(schema.Key) && slices.ContainsFunc(r.to, func(to *kindState) bool { return len(to.meant) > 0 }) {
			r.attr.Each(o.Body, func(key string) {
				found = found || slices.ContainsFunc(r.to, func(to *kindState) bool { return to.meant[key] })
			})
		}
	}
	return found
}

// excludedReference returns the duplicate because of which an object that o refers to is left out.
func excludedReference(t *kindState, o *schema.Object) (root schema.Address, found bool) {
	for i := range t.refs {
		r := &t.refs[i]
		if !o.Set.Has(r.at) {
			continue
		}
		r.attr.Each(o.Body, func(key string) {
			for _, to := range r.to {
				if at, out := to.excluded[key]; out && !found {
					root, found = at, true
				}
			}
		})
	}
	return root, found
}

// duplicateFinding names the live objects with the key, and which one to keep.
func duplicateFinding(s stage, t *kindState, w *schema.Object, key string) schema.Finding {
	var ids []string
	numbers := true
	for _, j := range t.duplicates[key] {
		ids = append(ids, t.live[j].ID)
		_, err := strconv.ParseUint(t.live[j].ID, 10, 64)
		numbers = numbers && err == nil
	}
	slices.SortFunc(ids, func(x, y string) int { return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)) })
	keep := "Keep the one that is in use, which the product's own pages show"
	if numbers {
		keep = fmt.Sprintf("Keep %s, which has the lowest id and so was made first, unless only another one is in use", ids[0])
	}
	return w.Problem(plan.CodeDuplicate, "", "Several live objects have this key", fmt.Sprintf(
		"%s has %d %s with the key %q, and the files cannot tell them apart: their ids are %s. They are left out of this plan, "+
			"with everything that refers to them. %s: rename or delete the rest in %s, then plan again.",
		s.product.Title, len(ids), t.kind.Many(), key, text.And(ids), keep, s.product.Title)).Warn()
}
