package schema

import (
	"fmt"
	"strings"
	"testing"
)

type wide struct{ Text string }

func wideKind(name string, n int) *Kind {
	k := &Kind{Name: name}
	for i := range n {
		k.Attributes = append(k.Attributes, String(fmt.Sprintf("a%d", i), "", func(w *wide) *string { return &w.Text }))
	}
	k.Attributes[0].Flags = Key
	return k
}

// TestProductCheck registers tables that are wrong: each must end the program at its
// start, because nothing that is computed from them could be trusted.
func TestProductCheck(t *testing.T) {
	refers := wideKind("user", 1)
	refers.Attributes[0] = refers.Attributes[0].To("role")
	twice := wideKind("role", 2)
	twice.Attributes[1].Name = "a0"
	keyless := wideKind("role", 1)
	keyless.Attributes[0].Flags = CarriesRights
	rights := wideKind("role", 1)
	rights.Attributes[0].Flags |= CarriesRights
	leaver := func(activate string, inactive func(*Object) bool) []*Kind {
		k := wideKind("user", 1)
		k.Removals, k.Activate, k.Inactive = []Action{Deactivate}, activate, inactive
		return []*Kind{k}
	}
	never := func(*Object) bool { return false }
	administrators := []*Kind{wideKind("user", 1)}
	administrators[0].Administers = never
	for _, c := range []struct {
		name  string
		kinds []*Kind
		says  string
	}{
		{"as many attributes as a mask has bits", []*Kind{wideKind("role", MaxAttributes)}, ""},
		{"one attribute more", []*Kind{wideKind("role", MaxAttributes+1)}, "has 65 attributes, more than 64"},
		{"the same kind twice", []*Kind{wideKind("role", 1), wideKind("role", 1)}, "kind role stands twice"},
		{"the same attribute twice", []*Kind{twice}, "has two attributes a0"},
		{"a reference to a later kind", []*Kind{refers, wideKind("role", 1)}, "refers to role, which does not stand before it"},
		{"administrators that are no people", administrators, "has Administers and is no Subject"},
		{"a kind without a key", []*Kind{keyless}, "kind role has no attribute with the flag Key"},
		{"rights that nobody has", []*Kind{rights}, "kind role has a0, which carries rights, and no kind has Grants"},
		{"a kind that can be deactivated", leaver("a0 = true", never), ""},
		{"no word for inactive objects", leaver("", nil), "has the removal Deactivate and no Inactive"},
		{"no line that activates", leaver("", never), "must be the line in a file that activates an object"},
		{"a line with another attribute", leaver("active = true", never), `it is "active = true"`},
		{"a reference to an earlier kind", []*Kind{wideKind("role", 1), refers}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); c.says == "" && got != "<nil>" || !strings.Contains(got, c.says) {
					t.Errorf("panic %q, want %q", got, c.says)
				}
			}()
			(&Product{Name: "zoo", Kinds: c.kinds}).Check()
		})
	}
}
