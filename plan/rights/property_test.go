package rights

import (
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// TestBeforeAndDifferenceMakeAfter holds the difference against every right on every place: what was
// before, without what is lost and with what is gained, is what is after.
func TestBeforeAndDifferenceMakeAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var places Places
		areas := map[string]int{} // sets by the scope that has them
		right := rapid.SampledFrom([]string{"edit", "reply"})
		place := rapid.SampledFrom([]string{"s1", "s2", "s3", "s4"})
		grants := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) schema.Grant {
			g := schema.Grant{Right: right.Draw(t, "right"), Via: "role", Scope: place.Draw(t, "place")}
			if names := rapid.SliceOfN(place, 0, 4).Draw(t, "area"); len(names) > 1 {
				set := places.Set(names)
				g.Scope = fmt.Sprint(places.Names(set))
				g.Area, g.Set, g.Places = g.Scope, set, len(places.sets[set-1])
				areas[g.Scope] = set
			}
			return g
		}), 0, 5)
		before, after := grants.Draw(t, "before"), grants.Draw(t, "after")
		gained, lost := Diff(before, after, &places)
		have := spread(before, &places, areas)
		for held := range spread(lost, &places, areas) {
			if !have[held] {
				t.Fatalf("lost %s without having it", held)
			}
			delete(have, held)
		}
		for held := range spread(gained, &places, areas) {
			if have[held] {
				t.Fatalf("gained %s again", held)
			}
		}
		maps.Copy(have, spread(gained, &places, areas))
		if diff := cmp.Diff(spread(after, &places, areas), have); diff != "" {
			t.Fatalf("(-after +computed):\n%s", diff)
		}
	})
}

// spread lists each right on each place. A whole area that is gained or lost has its name alone.
func spread(grants []schema.Grant, places *Places, areas map[string]int) map[string]bool {
	out := map[string]bool{}
	for _, g := range grants {
		if areas[g.Scope] == 0 {
			out[g.Right+" "+g.Scope] = true
			continue
		}
		for _, name := range places.Names(areas[g.Scope]) {
			out[g.Right+" "+name] = true
		}
	}
	return out
}
