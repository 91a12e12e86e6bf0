package config

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// hiddenValue replaces a detail that would show a sensitive value.
const hiddenValue = "The value comes from a sensitive variable and is not shown."

// A mistake is why a value does not fit an attribute.
type mistake struct {
	code     string
	summary  string // begins with a verb; the attribute's name comes before it
	detail   string
	member   int    // index of the member that is meant, or -1
	entry    string // name of the entry of a map that is meant, or ""
	value    string // text that is meant, or ""
	reported bool   // elsewhere, where the value comes from
}

// at makes a diagnostic of the mistake. The place is the given one, or the
// member's if that is written out in the expression, which may be nil.
func (m *mistake) at(attribute string, e hcl.Expression, at hcl.Range, secret bool) *hcl.Diagnostic {
	switch {
	case e == nil:
	case m.entry != "":
		at = m.inEntry(e)
	case m.member >= 0:
		at = elementRange(e, m.member)
	}
	detail := m.detail
	if secret {
		detail = hiddenValue
	}
	return withValue(problem(m.code, &at, attribute+" "+m.summary, "%s", detail), cmp.Or(m.entry, m.value), e)
}

// inEntry finds what the mistake means inside a map that is written out: the name,
// if that is what is wrong, else the value or the member of it.
func (m *mistake) inEntry(e hcl.Expression) hcl.Range {
	pair, ok := entryOf(e, m.entry)
	switch {
	case !ok:
		return e.Range()
	case m.code == "config/unknown-entry":
		return pair.Key.Range()
	case m.member >= 0:
		return elementRange(pair.Value, m.member)
	}
	return pair.Value.Range()
}

// entryOf finds the entry of a map that is written out.
func entryOf(e hcl.Expression, name string) (hcl.KeyValuePair, bool) {
	pairs, diags := hcl.ExprMap(e)
	if diags.HasErrors() {
		return hcl.KeyValuePair{}, false
	}
	i := slices.IndexFunc(pairs, func(p hcl.KeyValuePair) bool { return keyText(p) == name })
	if i < 0 {
		return hcl.KeyValuePair{}, false
	}
	return pairs[i], true
}

// keyText is the name of an entry if it is written out, or "".
func keyText(p hcl.KeyValuePair) string {
	val, diags := p.Key.Value(nil)
	if diags.HasErrors() {
		return ""
	}
	return textIn(val)
}

// withValue says that a diagnostic means a text, if the expression computes that.
func withValue(d *hcl.Diagnostic, value string, e hcl.Expression) *hcl.Diagnostic {
	if value == "" || e == nil || memberRange(e, value) != nil {
		return d
	}
	return withRows(d, rowQuery{value: value})
}

func wrongType(summary, detail string, args ...any) *mistake {
	return &mistake{code: "config/wrong-type", summary: summary, detail: fmt.Sprintf(detail, args...), member: -1}
}
