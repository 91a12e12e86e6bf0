package build

import (
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// noun is the kind's name within a sentence.
func noun(k *schema.Kind) string { return text.Words(k.Name) }

// many is the plural of the kind's name within a sentence.
func many(k *schema.Kind) string { return text.Words(k.Many()) }

// shown is the number of names that a sentence lists; it counts the others.
const shown = 3

// some quotes the first names and counts the others: "a", "b", "c" and 4 more.
func some(names []string, limit int) string {
	quoted := make([]string, 0, limit)
	for _, n := range names[:min(limit, len(names))] {
		quoted = append(quoted, fmt.Sprintf("%q", n))
	}
	return text.AndMore(quoted, len(names)-len(quoted))
}

// someAddresses lists the first addresses and counts the others.
func someAddresses(list []schema.Address, total int) string {
	names := make([]string, 0, shown)
	for _, a := range list[:min(shown, len(list))] {
		names = append(names, a.String())
	}
	return text.AndMore(names, total-len(names))
}

// counted returns a number of objects of the kind: "1 user", "3 users".
func counted(n int, k *schema.Kind) string {
	return text.Count(n, noun(k), many(k))
}

// attributes lists the attributes of a mask: "name", "name and description".
func attributes(k *schema.Kind, m schema.Mask) string {
	var names []string
	for i := range k.Attributes {
		if m.Has(i) {
			names = append(names, k.Attributes[i].Name)
		}
	}
	return text.And(names)
}

// first is the name of the first attribute of a mask, which must not be empty.
func first(k *schema.Kind, m schema.Mask) string {
	return k.Attributes[bits.TrailingZeros64(uint64(m))].Name
}

// title returns the long form of a summary if it has at most 60 characters.
func title(long, short string) string {
	if utf8.RuneCountInString(long) <= 60 {
		return long
	}
	return short
}

// theAttributes lists the attributes of a mask within a sentence: "attribute name".
func theAttributes(k *schema.Kind, m schema.Mask) string {
	if m.Len() == 1 {
		return "attribute " + attributes(k, m)
	}
	return "attributes " + attributes(k, m)
}

// withoutKind returns the key in an address that was written in place of a key, as "role.editor",
// if such an object exists, and "" otherwise.
func withoutKind(t *kindState, key string) string {
	for _, separator := range [...]string{".", "/"} {
		bare, ok := strings.CutPrefix(key, t.kind.Name+separator)
		if !ok {
			continue
		}
		if bare, ok = t.kind.NormalKey(bare); !ok {
			continue
		}
		if j, live := t.find(bare); live {
			return t.live[j].Addr.Key
		}
		if t.declares(bare) {
			return bare
		}
	}
	return ""
}

// similarKeys appends the keys whose length is close to that of the given one.
func similarKeys(t *kindState, key string, to []string) []string {
	fits := func(s string) bool { d := len(s) - len(key); return max(d, -d) <= 1+len(key)/3 }
	for k := range t.byKey {
		if fits(k) {
			to = append(to, k)
		}
	}
	for k, i := range t.declared {
		if t.partner[i] == none && !t.cannotCreate() && fits(k) {
			to = append(to, k)
		}
	}
	for k := range t.byAlias {
		if fits(k) {
			to = append(to, k)
		}
	}
	return to
}

// cannotCreate reports whether the plan creates no objects of the kind.
func (t *kindState) cannotCreate() bool { return t.kind.UpdateOnly || t.manage.NoCreate }
