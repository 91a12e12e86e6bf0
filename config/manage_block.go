package config

import (
	"fmt"
	"math"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/zclconf/go-cty/cty"
)

var manageBody = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "mode"}, {Name: "ignore"}, {Name: "on_removal"}, {Name: "create"}, {Name: "scope"}},
}

var limitsBody = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "max_deletes"}, {Name: "max_delete_percent"}, {Name: "max_daily_removals"}, {Name: "allow_empty"}},
}

// evaluateManage reads how the objects of one kind are owned.
func (p *providerReader) evaluateManage(b *hcl.Block, s *scope) {
	name := b.Labels[0]
	k := p.tenant.Product.Kind(name)
	if k == nil {
		p.report(problem("config/unknown-kind", b.LabelRanges[0].Ptr(), "Unknown kind "+quoted(name),
			"%s has no kind %q.%s", p.tenant.Product.Title, name, suggestion(name, kindNames(p.tenant.Product))))
		return
	}
	if other, ok := p.tenant.Manage[name]; ok {
		p.report(problem("config/duplicate", b.DefRange.Ptr(), "Kind "+quoted(name)+" is managed twice",
			"It already has a manage block at %s line %d. Keep one of the two.", other.Pos.File, other.Pos.Line))
		return
	}
	if k.Virtual {
		p.report(problem("config/unknown-kind", b.LabelRanges[0].Ptr(), quoted(name)+" cannot be managed",
			"%s exists in files only, so there is nothing in the product to manage.", capitalize(an(name))))
		return
	}
	content := p.content(b, manageBody)
	m := schema.Manage{Pos: posOf(b.DefRange)}
	if a := content.Attributes["mode"]; a != nil {
		m.Mode = p.mode(k, a, s)
	}
	if a := content.Attributes["on_removal"]; a != nil {
		actions := k.RemovalActions()
		if i := p.word(a, s, schema.ActionNames(actions)); i >= 0 {
			m.OnRemoval = actions[i]
		}
	}
	if a := content.Attributes["scope"]; a != nil {
		p.evaluateScope(&m, k, a, s)
	}
	if a := content.Attributes["create"]; a != nil {
		if val, ok := p.value(a.Name, a.Expr, s, cty.Bool); ok {
			m.NoCreate = val.False()
		}
	}
	if a := content.Attributes["ignore"]; a != nil {
		m.Ignore = p.ignore(a, s)
	}
	p.tenant.Manage[name] = m
}

// mode reads whether objects that no file declares are removed.
func (p *providerReader) mode(k *schema.Kind, a *hcl.Attribute, s *scope) schema.Mode {
	mode := schema.Mode(max(0, p.word(a, s, schema.Modes())))
	switch observed := p.tenant.observes(k.Name); {
	case observed && mode != schema.Observe:
		p.report(p.tenant.notOwned(k, mode.String(), a.Expr.Range()))
	case k.NoList && mode == schema.Authoritative:
		p.report(problem("config/unlisted", a.Expr.Range().Ptr(), capitalize(k.Many())+" cannot be authoritative",
			"%s has no list of its %s, so what no file declares cannot be found and is never removed. Delete this line; to remove an object, write a removed block.",
			p.tenant.Product.Title, k.Many()))
	case k.ListScope != "" && mode == schema.Authoritative && !p.tenant.Settings.Has(k.ListScope):
		p.report(problem("config/list-scope", a.Expr.Range().Ptr(), capitalize(k.Many())+" cannot be authoritative yet",
			"%s lists only the %[2]s that the key sees, so rolecall cannot know that the list is complete. Name the scope in which the key sees all %[2]s: set %[3]s in the provider block.",
			p.tenant.Product.Title, k.Many(), k.ListScope))
	}
	return mode
}

// ignore reads the keys and patterns of objects that are left alone.
func (p *providerReader) ignore(a *hcl.Attribute, s *scope) []string {
	var out []string
	for _, e := range p.texts(a, s) {
		if e.text == "" { // a text that is no glob can still be a key; see plan/bad-pattern
			p.report(problem("config/pattern", &e.at, "Not a pattern", "An entry of ignore is a key or a pattern such as \"*@example.com\", and this one is empty."))
			continue
		}
		out = append(out, e.text)
	}
	return out
}

// The words for the parents that a kind within others covers, the default first.
var scopes = []string{"declared", "all"}

// evaluateScope reads whether the kind covers only the parents that files mention.
func (p *providerReader) evaluateScope(m *schema.Manage, k *schema.Kind, a *hcl.Attribute, s *scope) {
	if k.Parent() == nil {
		p.report(problem("config/no-parent", a.Range.Ptr(), "scope cannot be set for "+k.Many(),
			"%s of %s do not belong to other objects, so the manage block always covers all of them. Delete this line.", capitalize(k.Many()), p.tenant.Product.Title))
		return
	}
	m.AllParents = p.word(a, s, scopes) == 1
}

// evaluateLimits reads the guards of a tenant.
func (p *providerReader) evaluateLimits(b *hcl.Block, s *scope) {
	content := p.content(b, limitsBody)
	limits := &p.tenant.Limits
	if a := content.Attributes["max_deletes"]; a != nil {
		limits.MaxDeletes = p.count(a, s, math.MaxInt32, limits.MaxDeletes)
	}
	if a := content.Attributes["max_delete_percent"]; a != nil {
		limits.MaxDeletePercent = p.count(a, s, 100, limits.MaxDeletePercent)
	}
	if a := content.Attributes["max_daily_removals"]; a != nil {
		limits.MaxDailyRemovals = p.count(a, s, math.MaxInt32, limits.MaxDailyRemovals)
	}
	if a := content.Attributes["allow_empty"]; a != nil {
		if val, ok := p.value(a.Name, a.Expr, s, cty.Bool); ok {
			limits.AllowEmpty = val.True()
		}
	}
}

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
		why = fmt.Sprintf("%s = %s at %s line %d leaves", row.Name, quoteText(row.Any(t.Settings.Body)), t.Pos.File, t.Pos.Line)
	}
	return warning(problem("config/only-observed", &at, capitalize(k.Many())+" can only be observed",
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

func quoteText(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(v)
}
