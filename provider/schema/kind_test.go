package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestKind(t *testing.T) {
	k := crewKind()
	if got, want := k.KeyOf(full()), "argo/ana"; got != want {
		t.Errorf("KeyOf = %q, want %q", got, want)
	}
	var labels []string
	for _, a := range k.Labels() {
		labels = append(labels, a.Name)
	}
	if diff := cmp.Diff([]string{"name"}, labels); diff != "" {
		t.Errorf("Labels: %s", diff)
	}
	if diff := cmp.Diff([]string{"ship", "crew", "officer"}, k.References()); diff != "" {
		t.Errorf("References: %s", diff)
	}
	if i := k.Index("nothing"); i != -1 {
		t.Errorf("Index of an unknown attribute = %d", i)
	}
	if got, want := k.Mask("name", "ready"), schema.Mask(0).With(1).With(3); got != want {
		t.Errorf("Mask = %b, want %b", got, want)
	}
	if got, want := k.Having(schema.Key), k.Mask("ship", "name"); got != want {
		t.Errorf("Having(Key) = %b, want %b", got, want)
	}
	if got, want := k.Having(schema.Key|schema.Label), k.Mask("name"); got != want {
		t.Errorf("Having(Key|Label) = %b, want %b", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a mask of an unknown attribute is a bug and must panic")
		}
	}()
	k.Mask("nothing")
}

func TestKindWords(t *testing.T) {
	for _, tt := range []struct {
		kind        schema.Kind
		many, title string
	}{
		{schema.Kind{Name: "user"}, "users", "User"},
		{schema.Kind{Name: "access", Plural: "accesses"}, "accesses", "Access"},
		{schema.Kind{Name: "builtin_role"}, "builtin_roles", "Builtin role"},
	} {
		if tt.kind.Many() != tt.many || tt.kind.Title() != tt.title {
			t.Errorf("%s: %q and %q, want %q and %q", tt.kind.Name, tt.kind.Many(), tt.kind.Title(), tt.many, tt.title)
		}
	}
}

func TestDefaultRemoval(t *testing.T) {
	for name, tt := range map[string]struct {
		kind schema.Kind
		want schema.Action
	}{
		"plain":          {schema.Kind{}, schema.Delete},
		"first of a few": {schema.Kind{Removals: []schema.Action{schema.Deactivate, schema.Delete}}, schema.Deactivate},
		"existing":       {schema.Kind{UpdateOnly: true}, schema.Forget},
	} {
		if got := tt.kind.DefaultRemoval(); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestProduct(t *testing.T) {
	ship, crew := &schema.Kind{Name: "ship"}, crewKind()
	p := schema.Product{Kinds: []*schema.Kind{ship, crew}}
	if p.Kind("crew") != crew || p.Kind("nothing") != nil {
		t.Error("Kind finds the wrong one")
	}
	if p.Level("ship") != 0 || p.Level("crew") != 1 || p.Level("nothing") != -1 {
		t.Error("Level is not the position")
	}
	if diff := cmp.Diff([]string{"crew"}, p.Referrers("ship")); diff != "" {
		t.Errorf("Referrers: %s", diff)
	}
	if diff := cmp.Diff([]string(nil), p.Referrers("planet")); diff != "" {
		t.Errorf("Referrers of nothing: %s", diff)
	}
}

func TestMask(t *testing.T) {
	m := schema.Mask(0).With(0).With(63).With(5).Without(5)
	if !m.Has(0) || !m.Has(63) || m.Has(5) || m.Len() != 2 {
		t.Errorf("mask %b", m)
	}
	if schema.Everything.Len() != 64 {
		t.Errorf("Everything has %d attributes", schema.Everything.Len())
	}
}

func TestAction(t *testing.T) {
	for a := schema.NoOp; a <= schema.Refuse; a++ {
		text, err := a.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back schema.Action
		if err := back.UnmarshalText(text); err != nil || back != a {
			t.Errorf("%s comes back as %s (%v)", a, back, err)
		}
		if a.Removes() && !a.Writes() {
			t.Errorf("%s removes without a write", a)
		}
	}
	var a schema.Action
	if err := a.UnmarshalText([]byte("replace")); err == nil {
		t.Error("an unknown action is accepted")
	}
	if a.Writes() {
		t.Error("the zero action writes")
	}
}
