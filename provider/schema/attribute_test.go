package schema_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Every accessor of every type, on one full body.
func TestAttributeValues(t *testing.T) {
	tests := map[string]struct {
		any     any
		texts   []string
		members []string
		typ     string
		cty     cty.Value
	}{
		"ship":  {"argo", []string{"argo"}, []string{"argo"}, "string", cty.StringVal("argo")},
		"ready": {true, nil, []string{"true"}, "bool", cty.True},
		"seats": {int64(2), nil, []string{"2"}, "number", cty.NumberIntVal(2)},
		"skills": {[]string{"cook", "sail"}, []string{"cook", "sail"}, []string{"cook", "sail"}, "set of string",
			cty.ListVal([]cty.Value{cty.StringVal("cook"), cty.StringVal("sail")})},
		"watches": {[][]string{{"ana", "ben"}, {"carl"}}, []string{"ana", "ben", "carl"}, []string{"[ana, ben]", "[carl]"}, "set of sets of string",
			cty.ListVal([]cty.Value{
				cty.ListVal([]cty.Value{cty.StringVal("ana"), cty.StringVal("ben")}), cty.ListVal([]cty.Value{cty.StringVal("carl")}),
			})},
		"notes": {map[string]string{"a": "1", "b": "2"}, []string{"1", "2"}, []string{"a = 1", "b = 2"}, "map of string",
			cty.MapVal(map[string]cty.Value{"a": cty.StringVal("1"), "b": cty.StringVal("2")})},
	}
	k := crewKind()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, body := &k.Attributes[k.Index(name)], full()
			for what, diff := range map[string]string{
				"Any":     cmp.Diff(tt.any, a.Any(body)),
				"Texts":   cmp.Diff(tt.texts, a.Texts(body)),
				"Members": cmp.Diff(tt.members, a.Members(body)),
				"Type":    cmp.Diff(tt.typ, a.Type.String()),
			} {
				if diff != "" {
					t.Errorf("%s: %s", what, diff)
				}
			}
			if got := a.Cty(body); !got.RawEquals(tt.cty) {
				t.Errorf("Cty = %#v, want %#v", got, tt.cty)
			}
			if got := a.Cty(body).Type(); !got.Equals(a.Type.Cty()) {
				t.Errorf("Cty has type %#v, Type.Cty says %#v", got, a.Type.Cty())
			}
			if empty := a.Cty(k.New()); !empty.Type().Equals(a.Type.Cty()) {
				t.Errorf("the empty value has type %#v, want %#v", empty.Type(), a.Type.Cty())
			}
		})
	}
}

// Equal sees a difference in its own attribute and no other; Copy ends it and
// shares nothing.
func TestAttributeEqualAndCopy(t *testing.T) {
	k := crewKind()
	for i := range k.Attributes {
		a := &k.Attributes[i]
		t.Run(a.Name, func(t *testing.T) {
			x, y := full(), full()
			if !a.Equal(x, y) {
				t.Fatal("equal bodies differ")
			}
			y = &crew{}
			if a.Equal(x, y) {
				t.Fatal("a full and an empty body are equal")
			}
			a.Copy(y, x)
			if !a.Equal(x, y) {
				t.Fatal("a copy differs")
			}
			for j := range k.Attributes {
				if j != i && k.Attributes[j].Equal(x, y) {
					t.Errorf("copying %s wrote %s too", a.Name, k.Attributes[j].Name)
				}
			}
			a.Replace(y, func(string) string { return "changed" })
			if diff := cmp.Diff(full(), x); diff != "" {
				t.Errorf("the copy shares memory with what it was copied from:\n%s", diff)
			}
		})
	}
}

func TestAttributeSetAnyNormalises(t *testing.T) {
	k := crewKind()
	tests := []struct {
		name     string
		in, want any
	}{
		{"name", "Ana", "ana"},
		{"skills", []string{"Sail", "cook", "SAIL"}, []string{"cook", "sail"}},
		{"skills", []string{}, []string{}},
		{"watches", [][]string{{"carl"}, {"ben", "ana", "ben"}, {"carl"}}, [][]string{{"ana", "ben"}, {"carl"}}},
		{"notes", map[string]string{"A": "X"}, map[string]string{"A": "X"}},
		{"seats", int64(3), int64(3)},
		{"ready", true, true},
	}
	for _, tt := range tests {
		body := k.New()
		a := &k.Attributes[k.Index(tt.name)]
		a.SetAny(body, tt.in)
		if diff := cmp.Diff(tt.want, a.Any(body)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// References follow a renamed object, and the sets stay in order.
func TestAttributeReplace(t *testing.T) {
	k, body := crewKind(), full()
	rename := func(s string) string { return strings.ReplaceAll(s, "ana", "zoe") }
	for _, name := range []string{"captain", "watches", "notes"} {
		k.Attributes[k.Index(name)].Replace(body, rename)
	}
	want := full()
	want.Watches = [][]string{{"ben", "zoe"}, {"carl"}}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
}

func TestAttributeValid(t *testing.T) {
	k := crewKind()
	tests := []struct{ name, value, want string }{
		{"name", "ana", ""},
		{"name", "a,b", "must not contain a comma"},
		{"skills", "sail", ""},
		{"skills", "sal", `cannot be "sal"; did you mean "sail"?`},
		{"skills", "philosophy", `cannot be "philosophy"; it is one of cook, sail, steer`},
	}
	for _, tt := range tests {
		got := ""
		if err := k.Attributes[k.Index(tt.name)].Valid(tt.value); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.name, tt.value, got, tt.want)
		}
	}
}

func TestAttributeComparable(t *testing.T) {
	for flag, want := range map[schema.Flags]bool{
		0: true, schema.Key: true, schema.CarriesRights | schema.Immutable: true,
		schema.WriteOnce: false, schema.ConfigOnly: false, schema.ReadOnly: false, schema.Required | schema.ConfigOnly: false,
	} {
		a := schema.Attribute{Flags: flag}
		if a.Comparable() != want {
			t.Errorf("flags %b: Comparable = %v", flag, a.Comparable())
		}
	}
}

func TestNearestCompares(t *testing.T) {
	long := strings.Repeat("a", 60_000)
	if got := schema.Nearest(long, []string{long + "b"}); got != "" {
		t.Errorf("a text of %d bytes was compared", len(long))
	}
	if got := schema.Nearest("admin", []string{long, "admim"}); got != "admim" {
		t.Errorf("got %q beside a long candidate", got)
	}
	many := slices.Repeat([]string{"about"}, 20_000)
	if got := schema.Nearest("admin", append(many, "admim")); got != "" {
		t.Errorf("got %q after 20,000 candidates", got)
	}
}

func TestNearest(t *testing.T) {
	roles := []string{"business_edit", "business_edit_name", "review_reply", "user"}
	for in, want := range map[string]string{
		"busines_edit": "business_edit", "Business_Edit": "business_edit", "review-reply": "review_reply",
		"usr": "user", "uesr": "user", "planet": "", "": "", "x": "",
	} {
		if got := schema.Nearest(in, roles); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
}

// The canonical form does not depend on the order of what it is made from, has
// no duplicates, and is its own canonical form.
func TestCanonical(t *testing.T) {
	inner := rapid.SliceOfN(rapid.StringMatching(`[a-c]{0,2}`), 0, 5)
	rapid.Check(t, func(t *rapid.T) {
		sets := rapid.SliceOfN(inner, 0, 5).Draw(t, "sets")
		order := rapid.Permutation(sets).Draw(t, "order")
		one, two := schema.CanonicalSets(clone(sets)), schema.CanonicalSets(reversed(order))
		if diff := cmp.Diff(one, two); diff != "" && len(one)+len(two) > 0 {
			t.Fatalf("order matters: %s", diff)
		}
		if again := schema.CanonicalSets(clone(one)); len(one) > 0 && !cmp.Equal(one, again) {
			t.Fatalf("not stable: %v, then %v", one, again)
		}
		seen := map[string]bool{}
		for _, set := range one {
			key := fmt.Sprintf("%q", set)
			if seen[key] {
				t.Fatalf("%s is there twice", key)
			}
			seen[key] = true
		}
	})
}

func clone(sets [][]string) [][]string {
	out := make([][]string, len(sets))
	for i, s := range sets {
		out[i] = append([]string{}, s...)
	}
	return out
}

func reversed(sets [][]string) [][]string {
	out := clone(sets)
	for _, s := range out {
		for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
			s[i], s[j] = s[j], s[i]
		}
	}
	return out
}

// Comparing is what happens a hundred thousand times: it must not allocate.
func TestEqualDoesNotAllocate(t *testing.T) {
	k, x, y := crewKind(), full(), full()
	n := testing.AllocsPerRun(100, func() {
		for i := range k.Attributes {
			if !k.Attributes[i].Equal(x, y) {
				t.Fatal("equal bodies differ")
			}
		}
	})
	if n != 0 {
		t.Errorf("%v allocations to compare two equal bodies", n)
	}
}
