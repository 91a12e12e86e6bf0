package build

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An index finds the live objects of a kind. A live object whose references follow a rename is
// replaced by a copy; the input is never written to.
type index struct {
	source     []schema.Object // live objects as listed
	live       []*schema.Object
	rekeyedAny bool              // some are copies, because their references follow a rename
	byKey      map[string]int    // key -> live
	byAlias    map[string]int    // alias -> live
	likes      map[string]int    // schema.Likeness of a key -> live; nil until a previous key is looked up
	printed    map[string]int    // keys with escapes as they are printed -> live, or none if several are equal; see printedAs
	renamed    map[string]string // keys that change in place: old -> new
	duplicates map[string][]int  // key of several live objects -> these
}

// indexLive indexes the live objects of a kind by key and by alias.
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

// find looks up a live object by its key, its key before a rename, its alias, or its key as it
// is printed.
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

// printedAs finds the only live object whose key is printed as s, with escapes such as \x1b for
// invisible characters.
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

// rename indexes the object by its new key.
func (t *index) rename(j int, key string) {
	old := t.live[j].Addr.Key
	t.renamed[old] = key
	if source := t.source[j].Addr.Key; source != old {
		t.renamed[source] = key
	}
	delete(t.byKey, old)
	t.byKey[key] = j
}

// findPrevious finds a live object by a previous key of w: a whole key or, if the kind's keys have
// several parts, the last part.
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

// A liveRef is a live object by its index in its kind.
type liveRef struct {
	table *kindState
	at    int
}

// An objectRef is an object by its kind and key.
type objectRef struct {
	table *kindState
	key   string
}
