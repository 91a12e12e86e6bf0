package build

import (
	"fmt"
)

// match finds out which live object is which desired one. It goes through the
// kinds in the order of references, because a key may contain the key of another
// object: when a section gets a new name, its groups get new keys with it.
func (b *builder) match() {
	for _, t := range b.tables {
		t.rekeyReferences()
		b.index(t)
		b.ignore(t)
		t.resolveAliases()
		b.exclude(t)
		t.mention()
		b.pair(t)
		if t.kind.Virtual {
			continue
		}
		b.applyPreviously(t)
		for i, j := range t.partner {
			if j >= 0 && t.want[i].Set&t.compared&^t.live[j].Set != 0 {
				b.requestRead(t, j)
			}
		}
	}
}

// index makes the live objects of a kind findable by key and by second name.
func (b *builder) index(t *kindState) {
	t.byKey = make(map[string]int, len(t.live))
	t.owner = make([]int, len(t.live))
	for j, o := range t.live {
		t.owner[j] = none
		first, twice := t.byKey[o.Addr.Key]
		if twice {
			if t.duplicates[o.Addr.Key] == nil {
				t.duplicates[o.Addr.Key] = []int{first}
			}
			t.duplicates[o.Addr.Key] = append(t.duplicates[o.Addr.Key], j)
		}
		if !twice || o.ID < t.live[first].ID {
			t.byKey[o.Addr.Key] = j
		}
		if o.Alias == "" {
			continue
		}
		if first, twice := t.byAlias[o.Alias]; !twice || o.Addr.Key < t.live[first].Addr.Key {
			t.byAlias[o.Alias] = j
		}
	}
}

// pair gives every desired object its live one where both have the same key.
func (b *builder) pair(t *kindState) {
	t.declared = make(map[string]int, len(t.want))
	t.partner = make([]int, len(t.want))
	for i, w := range t.want {
		first, twice := t.declared[w.Addr.Key]
		if twice {
			b.reportDuplicate(t, first, i)
			continue
		}
		t.declared[w.Addr.Key] = i
		t.partner[i] = none
		if m, ignored := b.ignored.Match(t.kind, w.Addr.Key); ignored {
			b.addFinding(b.declaredAndIgnored(w, m))
			t.partner[i] = skipped
			continue
		}
		if t.leftOut[i] {
			t.partner[i] = skipped
			continue
		}
		if j, ok := t.byKey[w.Addr.Key]; ok {
			t.link(i, j)
		}
	}
}

func (t *kindState) link(i, j int) { t.partner[i], t.owner[j] = j, i }

// reportDuplicate reports a key that two blocks declare. The one that comes first stays.
func (b *builder) reportDuplicate(t *kindState, first, second int) {
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
	b.addFinding(w.Problem("plan/declared-twice", "", "Declared twice", fmt.Sprintf(
		`This is the same %s as the one declared%s: both are %q in %s. Drop one of the blocks.`,
		noun(t.kind), where, w.Addr.Key, b.product.Title)))
}
