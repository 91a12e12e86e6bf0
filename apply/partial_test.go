package apply

import (
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// TestUnmetMergeEntries holds objects against what was wanted: what a product adds to a
// map of which a file says a part is its own business, also after a create, and
// what changed since the plan is noticed in all of it.
func TestUnmetMergeEntries(t *testing.T) {
	type rules struct {
		Name   string
		Boards map[string]bool
		Fields map[string][]string
	}
	k := &schema.Kind{Name: "rules", Attributes: []schema.Attribute{
		schema.String("name", "", func(r *rules) *string { return &r.Name }).With(schema.Key),
		schema.BoolMap("boards", "", func(r *rules) *map[string]bool { return &r.Boards }).With(schema.MergeEntries),
		schema.SetMap("fields", "", func(r *rules) *map[string][]string { return &r.Fields }),
	}}
	object := func(boards map[string]bool, fields map[string][]string) *schema.Object {
		return &schema.Object{Kind: k, Body: &rules{"a", boards, fields}, Set: k.Mask("name", "boards", "fields")}
	}
	fields := map[string][]string{"edit": {"x"}}
	want := object(map[string]bool{"a": true}, fields)
	for name, c := range map[string]struct {
		now           *schema.Object
		missed, moved schema.Mask
	}{
		"the same":       {object(map[string]bool{"a": true}, fields), 0, 0},
		"more":           {object(map[string]bool{"a": true, "b": true}, fields), 0, k.Mask("boards")},
		"another":        {object(map[string]bool{"a": false}, fields), k.Mask("boards"), k.Mask("boards")},
		"less":           {object(nil, fields), k.Mask("boards"), k.Mask("boards")},
		"more of a list": {object(map[string]bool{"a": true}, map[string][]string{"edit": {"x"}, "read": {"y"}}), k.Mask("fields"), k.Mask("fields")},
	} {
		if got := differs(k, want.Set, (*schema.Attribute).Satisfies, want.Body, c.now.Body); got != c.missed {
			t.Errorf("%s: missed %v, want %v", name, attributes(k, got), attributes(k, c.missed))
		}
		if got := changedSincePlan(want, c.now); got != c.moved {
			t.Errorf("%s: moved %v, want %v", name, attributes(k, got), attributes(k, c.moved))
		}
	}
}
