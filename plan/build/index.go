package build

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An index finds the live objects of a kind. A live object is replaced by a copy where
// its references follow a rename; the input is never written to.
type index struct {
	source     []schema.Object // live objects as listed
	live       []*schema.Object
	rekeyedAny bool              // some differ from the list, because their references follow a rename
	byKey      map[string]int    // key -> live
	byAlias    map[string]int    // second name -> live
	likes      map[string]int    // schema.Likeness of a key -> live; nil until an earlier key is looked for
	printed    map[string]int    // keys with escapes as they are printed -> live, or none where several are; see printedAs
	renamed    map[string]string // keys that change in place: old -> new
	duplicates map[string][]int  // live objects by a key that several have
}

// indexLive makes the live objects of a kind findable by key and by second name.
func indexLive(s stage, t *kindState) {
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

// find looks a live object up by its key, its earlier key, its second name, or its key
// as it is printed.
func (t *index) find(key string) (int, bool) {
	for _, k := range [...]string{key, t.renamed[key]} {
		if j, ok := t.byKey[k]; ok {
			return j, true
		}
	}
	if j, ok := t.byAlias[key]; ok {
		return j, true
	}
	return t.printedAs(key)
}

// printedAs finds the one live object whose key has characters that nobody sees and is
// printed as the text, which shows them as escapes such as \x1b.
func (t *index) printedAs(s string) (int, bool) {
	if !strings.Contains(s, `\`) {
		return none, false
	}
	if t.printed == nil {
		t.printed = map[string]int{}
		for j, l := range t.live {
			printed := text.Clean(l.Addr.Key)
			if printed == l.Addr.Key {
				continue
			}
			if _, twice := t.printed[printed]; twice {
				j = none
			}
			t.printed[printed] = j
		}
	}
	j, ok := t.printed[s]
	return j, ok && j != none
}

// rename lets everything that looks the object up find it under its new key.
func (t *index) rename(j int, key string) {
	old := t.live[j].Addr.Key
	t.renamed[old] = key
	if source := t.source[j].Addr.Key; source != old {
		t.renamed[source] = key
	}
	delete(t.byKey, old)
	t.byKey[key] = j
}

// findPrevious finds a live object by an earlier key, which is a whole key or, for
// kinds whose key has several parts, the last part alone.
func (t *kindState) findPrevious(w *schema.Object, text string) (int, bool) {
	key := t.kind.EarlierKey(w.Addr.Key, text)
	for _, key := range [...]string{key, t.renamed[key]} {
		if j, ok := t.byKey[key]; ok && key != "" {
			return j, true
		}
	}
	return none, false
}

func (t *kindState) declares(key string) bool { _, ok := t.declared[key]; return ok }

// has reports whether an object with the key is live or declared.
func (t *kindState) has(key string) bool {
	if _, ok := t.byKey[key]; ok {
		return true
	}
	_, ok := t.declared[key]
	return ok
}

// A liveRef is a live object by its place in its kind's table.
type liveRef struct {
	table *kindState
	at    int
}

// An objectRef is an object by its kind and key.
type objectRef struct {
	table *kindState
	key   string
}
