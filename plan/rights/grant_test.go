package rights

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func g(right, scope, via string) schema.Grant {
	return schema.Grant{Right: right, Scope: scope, Via: via}
}

func TestDiff(t *testing.T) {
	for _, c := range []struct {
		name                         string
		before, after, gained, taken []schema.Grant
	}{
		{name: "nothing"},
		{
			name:   "the same in another order, with repetition",
			before: []schema.Grant{g("feed", "lions", "a"), g("clean", "lions", "a")},
			after:  []schema.Grant{g("clean", "lions", "a"), g("feed", "lions", "a"), g("clean", "lions", "a")},
		},
		{
			name:   "gained and lost, sorted",
			before: []schema.Grant{g("feed", "lions", "a"), g("feed", "elks", "a"), g("clean", "elks", "a")},
			after:  []schema.Grant{g("feed", "seals", "a"), g("clean", "elks", "a"), g("cull", "elks", "a")},
			gained: []schema.Grant{g("cull", "elks", "a"), g("feed", "seals", "a")},
			taken:  []schema.Grant{g("feed", "elks", "a"), g("feed", "lions", "a")},
		},
		{
			name:   "through another role",
			before: []schema.Grant{g("feed", "lions", "role keeper")},
			after:  []schema.Grant{g("feed", "lions", "role head")},
		},
		{
			name:   "through one role less",
			before: []schema.Grant{g("feed", "lions", "role head"), g("feed", "lions", "role keeper")},
			after:  []schema.Grant{g("feed", "lions", "role keeper")},
		},
		{
			name:   "all rights of a scope in the place of some",
			before: []schema.Grant{g("feed", "lions", "a"), g("feed", "elks", "a")},
			after:  []schema.Grant{{Right: "everything", Scope: "lions", Via: "b", All: true}},
			gained: []schema.Grant{{Right: "everything", Scope: "lions", Via: "b", All: true}},
			taken:  []schema.Grant{g("feed", "elks", "a")},
		},
		{
			name:   "some rights of a scope in the place of all",
			before: []schema.Grant{{Right: "everything", Scope: "lions", Via: "b", All: true}},
			after:  []schema.Grant{g("feed", "lions", "a")},
			taken:  []schema.Grant{{Right: "everything", Scope: "lions", Via: "b", All: true}},
		},
		{
			name:   "everything",
			before: []schema.Grant{g("feed", "lions", "a")},
			taken:  []schema.Grant{g("feed", "lions", "a")},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			gained, lost := Diff(c.before, c.after, nil)
			if diff := cmp.Diff(c.gained, gained); diff != "" {
				t.Errorf("gained (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.taken, lost); diff != "" {
				t.Errorf("lost (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiffProperties(t *testing.T) {
	text := rapid.SampledFrom([]string{"a", "b", "c"})
	grants := rapid.SliceOf(rapid.Custom(func(t *rapid.T) schema.Grant {
		return g(text.Draw(t, "right"), text.Draw(t, "scope"), text.Draw(t, "via"))
	}))
	rapid.Check(t, func(t *rapid.T) {
		before, after := grants.Draw(t, "before"), grants.Draw(t, "after")
		if gained, lost := Diff(before, before, nil); len(gained)+len(lost) > 0 {
			t.Fatalf("with itself: gained %v, lost %v", gained, lost)
		}
		gained, lost := Diff(before, after, nil)
		back, gone := Diff(after, before, nil)
		if diff := cmp.Diff([2][]schema.Grant{gained, lost}, [2][]schema.Grant{gone, back}); diff != "" {
			t.Fatalf("the other way round (-want +got):\n%s", diff)
		}
	})
}
