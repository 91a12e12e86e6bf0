package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// observes reports whether the settings leave a kind to something else, so that it
// can only be compared.
func (t *tenant) observes(kind string) bool {
	return t.Product.ReadOnlyKinds != nil && slices.Contains(t.Product.ReadOnlyKinds(&t.Settings), kind)
}

// observe gives the kinds that the settings leave to something else the mode that
// this means, also those without a manage block.
func (t *tenant) observe() {
	if t.Product.ReadOnlyKinds == nil {
		return
	}
	for _, kind := range t.Product.ReadOnlyKinds(&t.Settings) {
		m := t.Manage[kind]
		m.Mode = schema.Observe
		t.Manage[kind] = m
	}
}

// notOwned warns of a mode that the settings do not allow.
func (t *tenant) notOwned(k *schema.Kind, mode string, at hcl.Range) *hcl.Diagnostic {
	why := "The settings of " + t.Product.Title + " leave"
	if i := t.reason(k.Name); i >= 0 {
		row := &t.Settings.Kind.Attributes[i]
		why = fmt.Sprintf("%s = %s at %s line %d leaves", row.Name, literal(row.Any(t.Settings.Body)), t.Pos.File, t.Pos.Line)
	}
	return warning(problem("config/only-observed", &at, capital(k.Many())+" can only be observed",
		"%s %s to another system, so rolecall compares them and never writes: mode = %q has no effect. Write mode = \"observe\", or change the setting.",
		why, k.Many(), mode))
}

// reason finds the setting without which the kind would not be left to something
// else; -1 where it is none by itself.
func (t *tenant) reason(kind string) int {
	k := t.Settings.Kind
	for i := range k.Attributes {
		if !t.Settings.Set.Has(i) {
			continue
		}
		trial := t.Settings.Clone()
		k.Attributes[i].Copy(trial.Body, k.New())
		trial.Set = trial.Set.Without(i)
		if !slices.Contains(t.Product.ReadOnlyKinds(&trial), kind) {
			return i
		}
	}
	return -1
}

func literal(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(v)
}
