package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"github.com/zclconf/go-cty/cty"
)

// Equal compares the attribute in two bodies of the kind.
func (a *Attribute) Equal(x, y any) bool { return a.slot.equal(x, y) }

// Copy writes the attribute's value from src into dst. Slices are not shared.
func (a *Attribute) Copy(dst, src any) { a.slot.copy(dst, src) }

// Any returns the value: string, bool, int64, []string, [][]string,
// map[string]string, map[string]bool or map[string][]string. The caller must not write into it.
func (a *Attribute) Any(body any) any { return a.slot.get(body) }

// Text returns the value of a TypeString, "" for other types. It does not allocate.
func (a *Attribute) Text(body any) string {
	if s, ok := a.slot.(interface{ text(any) string }); ok {
		return s.text(body)
	}
	return ""
}

// SetAny stores a value of exactly the Go type that Any returns, in normal form.
// The body takes the slice or map over.
func (a *Attribute) SetAny(body, value any) {
	a.slot.set(body, value)
	a.Normalise(body)
}

// Normalise brings the value in the body to its one form. Values that came
// through SetAny are in it already.
func (a *Attribute) Normalise(body any) { a.slot.texts(body, a) }

// Replace passes every text of the value through f: how references follow a
// renamed object.
func (a *Attribute) Replace(body any, f func(string) string) { a.slot.texts(body, formerFunc(f)) }

// Texts returns every text of the value, the inner sets of TypeSets flattened,
// in order. Booleans and numbers have none.
func (a *Attribute) Texts(body any) []string {
	switch v := a.slot.get(body).(type) {
	case string:
		if v == "" {
			return nil
		}
		return []string{v}
	case []string:
		return v
	case [][]string:
		var out []string
		for _, inner := range v {
			out = append(out, inner...)
		}
		return out
	case map[string]string:
		var out []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, v[k])
		}
		return out
	case map[string][]string:
		var out []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, v[k]...)
		}
		return out
	}
	return nil
}

// Each calls f with every text of the value, as Texts returns them but without
// allocating: for passes over all objects. The order of a map is not defined.
func (a *Attribute) Each(body any, f func(string)) { a.slot.each(body, f) }

// Members returns the value as the members that a reader sees come and go: the
// members of a set, each inner set in brackets, "key = value" of a map, and the
// value itself for the other types ("" gives no member).
func (a *Attribute) Members(body any) []string {
	switch v := a.slot.get(body).(type) {
	case string, []string:
		return a.Texts(body)
	case [][]string:
		out := make([]string, len(v))
		for i, inner := range v {
			out[i] = "[" + strings.Join(inner, ", ") + "]"
		}
		return out
	case map[string]string:
		var out []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, k+" = "+v[k])
		}
		return out
	case map[string]bool:
		var out []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, fmt.Sprintf("%s = %t", k, v[k]))
		}
		return out
	case map[string][]string:
		var out []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, k+" = ["+strings.Join(v[k], ", ")+"]")
		}
		return out
	default:
		return []string{fmt.Sprint(v)}
	}
}

// Cty returns the value for use in expressions.
func (a *Attribute) Cty(body any) cty.Value { return toCty(a.slot.get(body)) }

func toCty(v any) cty.Value {
	switch v := v.(type) {
	case string:
		return cty.StringVal(v)
	case bool:
		return cty.BoolVal(v)
	case int64:
		return cty.NumberIntVal(v)
	case []string:
		if len(v) == 0 {
			return cty.ListValEmpty(cty.String)
		}
		out := make([]cty.Value, len(v))
		for i, s := range v {
			out[i] = cty.StringVal(s)
		}
		return cty.ListVal(out)
	case [][]string:
		if len(v) == 0 {
			return cty.ListValEmpty(cty.List(cty.String))
		}
		out := make([]cty.Value, len(v))
		for i, inner := range v {
			out[i] = toCty(inner)
		}
		return cty.ListVal(out)
	case map[string]string:
		if len(v) == 0 {
			return cty.MapValEmpty(cty.String)
		}
		out := make(map[string]cty.Value, len(v))
		for k, s := range v {
			out[k] = cty.StringVal(s)
		}
		return cty.MapVal(out)
	case map[string]bool:
		if len(v) == 0 {
			return cty.MapValEmpty(cty.Bool)
		}
		out := make(map[string]cty.Value, len(v))
		for k, on := range v {
			out[k] = cty.BoolVal(on)
		}
		return cty.MapVal(out)
	case map[string][]string:
		if len(v) == 0 {
			return cty.MapValEmpty(cty.List(cty.String))
		}
		out := make(map[string]cty.Value, len(v))
		for k, list := range v {
			out[k] = toCty(list)
		}
		return cty.MapVal(out)
	}
	panic(fmt.Sprintf("schema: no cty form for %T", v))
}

// What Nearest compares: its time grows with the product of both lengths and with the
// number of candidates.
const (
	maxNearLength     = 200 // bytes
	maxNearCandidates = 10_000
)

// Nearest returns the candidate most like s, or "" where none is near enough to
// be meant. It takes no text of more than 200 bytes for a slip, and compares the first
// 10,000 candidates of about the same length.
func Nearest(s string, candidates []string) string {
	if len(s) > maxNearLength {
		return ""
	}
	best, at := "", 1+max(1, len(s)/3)
	lower, length, compared := strings.ToLower(s), utf8.RuneCountInString(s), 0
	for _, c := range candidates {
		if len(c) > maxNearLength {
			continue
		}
		if d := utf8.RuneCountInString(c) - length; max(d, -d) >= at+1 { // +1: lower case may have another length
			continue
		}
		if compared++; compared > maxNearCandidates {
			break
		}
		if d := distance(lower, strings.ToLower(c)); d < at {
			best, at = c, d
		}
	}
	return best
}

// DidYouMean returns the sentence ` Did you mean "x"?` with the candidate most like s, or "".
func DidYouMean(s string, candidates []string) string {
	if near := Nearest(s, candidates); near != "" && near != s {
		return fmt.Sprintf(" Did you mean %q?", near)
	}
	return ""
}

// distance is how many letters make the difference. Two neighbours that changed
// places are the commonest slip in a word and count once.
func distance(a, b string) int {
	if len(a) == len(b) && len(a) > 3 {
		i := 0
		for i < len(a) && a[i] == b[i] {
			i++
		}
		if i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:] {
			return 1
		}
	}
	return levenshtein.Distance(a, b, nil)
}

func oneOf(s string, values []string) error {
	if slices.Contains(values, s) {
		return nil
	}
	if n := Nearest(s, values); n != "" {
		return fmt.Errorf("cannot be %q; did you mean %q?", s, n)
	}
	if len(values) == 1 {
		return fmt.Errorf("is always %q and cannot be %q", values[0], s)
	}
	return fmt.Errorf("cannot be %q; it is one of %s", s, strings.Join(values, ", "))
}
