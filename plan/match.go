package plan

import (
	"fmt"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// match finds out which live object is which desired one. It goes through the
// kinds in the order of references, because a key may contain the key of another
// object: when a section gets a new name, its groups get new keys with it.
func (b *builder) match() {
	for _, t := range b.tables {
		t.follow()
		b.index(t)
		t.canonical()
		b.exclude(t)
		b.pair(t)
		if t.kind.Virtual {
			continue
		}
		b.earlier(t)
		for i, j := range t.partner {
			if j >= 0 && t.want[i].Set&t.plain&^t.live[j].Set != 0 {
				b.complete(t, j)
			}
		}
	}
}

// index makes the live objects of a kind findable by key and by second name.
func (b *builder) index(t *table) {
	t.at = make(map[string]int, len(t.live))
	t.owner = make([]int, len(t.live))
	for j, o := range t.live {
		t.owner[j] = none
		first, twice := t.at[o.Addr.Key]
		if twice {
			if t.duplicates[o.Addr.Key] == nil {
				t.duplicates[o.Addr.Key] = []int{first}
			}
			t.duplicates[o.Addr.Key] = append(t.duplicates[o.Addr.Key], j)
		}
		if !twice || o.ID < t.live[first].ID {
			t.at[o.Addr.Key] = j
		}
		if o.Alias == "" {
			continue
		}
		if first, twice := t.alias[o.Alias]; !twice || o.Addr.Key < t.live[first].Addr.Key {
			t.alias[o.Alias] = j
		}
	}
	b.ignore(t)
}

// ignore marks the live objects that the manage block takes out of sight, by the
// key that they have and by the one that they are getting.
func (b *builder) ignore(t *table) {
	t.manage.Ignore = slices.Clone(t.manage.Ignore)
	for i, pattern := range t.manage.Ignore {
		t.manage.Ignore[i], _ = t.kind.NormalKey(pattern)
	}
	t.manage.Ignore = slices.DeleteFunc(t.manage.Ignore, func(pattern string) bool {
		if _, live := t.at[pattern]; live || doublestar.ValidatePattern(pattern) {
			return false
		}
		b.find(schema.Finding{
			Code: "plan/bad-pattern", Addr: schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name},
			Pos: t.manage.Pos, Attribute: "ignore", Value: pattern,
			Summary: "The ignore pattern is not a valid glob",
			Detail: fmt.Sprintf("%q cannot be read as a pattern. Patterns are those of a shell: * stands for any text "+
				"without a slash, ** also for slashes, ? for one character, [a-z] for one of several, {a,b} for either. "+
				"Put a backslash before a bracket or a brace that is meant literally.", pattern),
		})
		return true
	})
	if len(t.manage.Ignore) == 0 {
		return
	}
	t.ignored = make([]bool, len(t.live))
	for j, o := range t.live {
		t.ignored[j] = t.ignores(o.Addr.Key) || t.ignores(t.source[j].Addr.Key)
	}
}

// ignores reports whether the manage block takes the key out of sight.
func (t *table) ignores(key string) bool {
	for _, pattern := range t.manage.Ignore {
		if schema.Matches(pattern, key) {
			return true
		}
	}
	return false
}

// pair gives every desired object its live one where both have the same key.
func (b *builder) pair(t *table) {
	t.declared = make(map[string]int, len(t.want))
	t.partner = make([]int, len(t.want))
	for i, w := range t.want {
		first, twice := t.declared[w.Addr.Key]
		if twice {
			b.twice(t, first, i)
			continue
		}
		t.declared[w.Addr.Key] = i
		t.partner[i] = none
		if t.ignores(w.Addr.Key) {
			b.find(w.Problem("plan/ignored", "", "Declared and ignored at once", fmt.Sprintf(
				`The manage block of %s ignores this key, so rolecall neither sees nor changes the object. `+
					`Narrow the ignore patterns, or drop the block.`, t.kind.Many())))
			t.partner[i] = skipped
			continue
		}
		if t.leftOut[i] {
			t.partner[i] = skipped
			continue
		}
		if j, ok := t.at[w.Addr.Key]; ok {
			t.link(i, j)
		}
	}
}

func (t *table) link(i, j int) { t.partner[i], t.owner[j] = j, i }

// twice reports a key that two blocks declare. The one that comes first stays.
func (b *builder) twice(t *table, first, second int) {
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
	b.find(w.Problem("plan/declared-twice", "", "Declared twice", fmt.Sprintf(
		`This is the same %s as the one declared%s: both are %q in %s. Drop one of the blocks.`,
		noun(t.kind), where, w.Addr.Key, b.product.Title)))
}
