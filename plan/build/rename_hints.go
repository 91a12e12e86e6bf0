package build

import (
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// hintRenames warns of new objects that may be renamed ones: no file declares an object of the
// same kind with another name and the same content. The content is the sets and maps, such as
// permissions, and the contained objects, such as members; for users it is their names. Equal
// contents are found by a hash, so the time is linear in the number of objects.
func hintRenames(s stage, d *drafts) {
	r := renames{stage: s, drafts: d, seed: maphash.MakeSeed(), hinted: map[objectRef]bool{}}
	for _, t := range s.tables {
		if !t.kind.Virtual && t.writes() && len(lastKeyKinds(t.kind)) == 0 {
			r.hint(t)
		}
	}
}

// lastKeyKinds are the kinds that the last key attribute refers to. If there are any, as for a
// membership, objects have no name of their own.
func lastKeyKinds(k *schema.Kind) []string {
	keys := k.Keys()
	return keys[len(keys)-1].Kinds
}

type renames struct {
	stage
	*drafts
	seed   maphash.Seed
	hinted map[objectRef]bool // new objects with a hint
}

// A content is the hash of an object's content; zero if it is empty.
type content uint64

func (r *renames) hint(t *kindState) {
	var fresh []*candidate
	masks := map[schema.Mask]bool{}
	for i := range r.candidates {
		if d := &r.candidates[i]; d.table == t && d.Action == schema.Create && !r.inHinted(d) {
			if _, replaces := t.predecessor[t.declared[d.Addr.Key]]; !replaces {
				fresh = append(fresh, d)
				masks[r.mask(t, d.Want)] = true
			}
		}
	}
	if len(fresh) == 0 {
		return
	}
	old := r.sameContent(t)
	if len(old) == 0 {
		return
	}
	within := r.within(t)
	byContent := map[schema.Mask]map[content][]int{}
	for mask := range masks {
		byContent[mask] = map[content][]int{}
		for _, j := range old {
			l := t.live[j]
			if c := r.content(t, l, mask, within.live[l.Addr.Key]); c != 0 && l.Set&mask == mask {
				byContent[mask][c] = append(byContent[mask][c], j)
			}
		}
	}
	for _, d := range fresh {
		mask := r.mask(t, d.Want)
		c := r.content(t, d.Want, mask, within.want[d.Addr.Key])
		if same := byContent[mask][c]; c != 0 && len(same) > 0 && !r.told(d, t, same) {
			r.hinted[objectRef{t, d.Addr.Key}] = true
			r.addFinding(r.renameHint(d, same))
		}
	}
}

// inHinted reports whether a new object with a hint contains the new object.
func (r *renames) inHinted(d *candidate) bool {
	p := d.table.parent
	hinted := false
	if p != nil {
		p.attr.Each(d.Want.Body, func(key string) {
			if to := p.target(key); to != nil {
				hinted = hinted || r.hinted[objectRef{to, key}]
			}
		})
	}
	return hinted
}

// told reports whether warnLookAlikes reports one of the objects.
func (r *renames) told(d *candidate, t *kindState, same []int) bool {
	like := schema.Likeness(d.Addr.Key)
	return slices.ContainsFunc(same, func(j int) bool { return schema.Likeness(t.live[j].Addr.Key) == like })
}

// sameContent lists the live objects that may have been renamed: no file declares them.
func (r *renames) sameContent(t *kindState) []int {
	var out []int
	for j, owner := range t.owner {
		_, replaced := t.successor[j]
		if owner == none && !replaced && t.visible(j) && t.live[j].Frozen != schema.Everything && t.removal(t.live[j]) == nil {
			out = append(out, j)
		}
	}
	return out
}

// mask returns the attributes of a declared object that are its content.
func (r *renames) mask(t *kindState, w *schema.Object) schema.Mask {
	var m schema.Mask
	for i := range t.kind.Attributes {
		a := &t.kind.Attributes[i]
		ofPerson := a.Type == schema.TypeString && len(a.OneOf) == 0 && len(a.Kinds) == 0 && !t.guarded.Has(i)
		if w.Set.Has(i) && t.compared.Has(i) && !t.keys.Has(i) && (t.kind.Subject && ofPerson || !t.kind.Subject && a.Type.Many()) {
			m = m.With(i)
		}
	}
	return m
}

// content hashes the attributes of a mask, and adds the hash of the contained objects.
func (r *renames) content(t *kindState, o *schema.Object, mask schema.Mask, within content) content {
	var h maphash.Hash
	h.SetSeed(r.seed)
	empty := within == 0
	for i := range t.kind.Attributes {
		if mask.Has(i) {
			empty = writeTexts(&h, &t.kind.Attributes[i], o.Body) && empty
		}
	}
	if empty {
		return 0
	}
	return max(1, content(h.Sum64())+within)
}

// writeTexts hashes the value of an attribute, and reports whether it is empty.
func writeTexts(h *maphash.Hash, a *schema.Attribute, body any) bool {
	texts := a.Members(body)
	empty := true
	for _, s := range texts {
		empty = empty && s == ""
		_, _ = h.WriteString(s)
		_ = h.WriteByte(0)
	}
	_ = h.WriteByte(1)
	return empty
}

// A contained has the sum of the hashes of the objects that each object of a kind contains, by key.
type contained struct{ live, want map[string]content }

// within sums the hashes of contained objects; the sum does not depend on their order.
func (r *renames) within(t *kindState) contained {
	c := contained{map[string]content{}, map[string]content{}}
	for _, in := range r.tables {
		if in.parent == nil || !in.parent.mayBe(t) {
			continue
		}
		add := func(to map[string]content, o *schema.Object) {
			in.parent.attr.Each(o.Body, func(key string) {
				var h maphash.Hash
				h.SetSeed(r.seed)
				_, _ = h.WriteString(in.kind.Name)
				for i := range in.kind.Attributes {
					if a := &in.kind.Attributes[i]; in.keys.Has(i) && a != in.parent.attr {
						writeTexts(&h, a, o.Body)
					}
				}
				to[key] += content(h.Sum64())
			})
		}
		for _, l := range in.live {
			add(c.live, l)
		}
		for _, w := range in.want {
			add(c.want, w)
		}
	}
	return c
}

func (r *renames) renameHint(d *candidate, same []int) schema.Finding {
	t := d.table
	slices.SortFunc(same, func(x, y int) int { return compareLive(*t.live[x], *t.live[y]) })
	var keys []string
	for _, j := range same {
		keys = append(keys, t.live[j].Addr.Key)
	}
	content := text.Choose(t.kind.Subject, "the same name", "the same content")
	f := d.problem("plan/possible-rename", lastKey(t.kind), "Possible rename without previously")
	f.Severity, f.Value = schema.Warning, d.Addr.Key
	f.Detail = fmt.Sprintf("This plan creates the %s %q, and %s, which no file declares, %s %s. If one became the other, write previously = [%q] in this block: "+
		"then the %s keeps what belongs to it. If it is another %s, ignore this warning.",
		noun(t.kind), d.Addr.Key, some(keys, shown), text.Choose(len(keys) == 1, "has", "have"), content, keys[0], noun(t.kind), noun(t.kind))
	return f
}
