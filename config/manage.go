package config

import (
	"math"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
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
			"%s has no kind %q.%s", p.tenant.Product.Title, name, meant(name, kindNames(p.tenant.Product))))
		return
	}
	if other, ok := p.tenant.Manage[name]; ok {
		p.report(problem("config/duplicate", b.DefRange.Ptr(), "Kind "+quoted(name)+" is managed twice",
			"It was already spoken about at %s line %d. Keep one of the two.", other.Pos.File, other.Pos.Line))
		return
	}
	if k.Virtual {
		p.report(problem("config/unknown-kind", b.LabelRanges[0].Ptr(), quoted(name)+" cannot be managed",
			"%s exists in files only, so there is nothing in the product to own.", capital(an(name))))
		return
	}
	content := p.content(b, manageBody)
	m := schema.Manage{Pos: posOf(b.DefRange)}
	if a := content.Attributes["mode"]; a != nil {
		if i := p.word(a, s, schema.Modes()); i >= 0 {
			m.Mode = schema.Mode(i)
		}
		switch observed := p.tenant.observes(name); {
		case observed && m.Mode != schema.Observe:
			p.report(p.tenant.notOwned(k, m.Mode.String(), a.Expr.Range()))
		case k.NoList && m.Mode == schema.Authoritative:
			p.report(problem("config/unlisted", a.Expr.Range().Ptr(), capital(k.Many())+" cannot be authoritative",
				"%s has no list of its %s, so what no file declares cannot be found and is never removed. Delete this line; to remove an object, write a removed block.",
				p.tenant.Product.Title, k.Many()))
		}
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
		for _, e := range p.texts(a, s) {
			if e.text == "" { // a text that is no glob can still be a key; see plan/bad-pattern
				p.report(problem("config/pattern", &e.at, "Not a pattern", "An entry of ignore is a key or a pattern such as \"*@example.com\", and this one is empty."))
				continue
			}
			m.Ignore = append(m.Ignore, e.text)
		}
	}
	p.tenant.Manage[name] = m
}

// The words for the parents that a kind within others covers, the default first.
var scopes = []string{"declared", "all"}

// evaluateScope reads whether the kind covers only the parents that files mention.
func (p *providerReader) evaluateScope(m *schema.Manage, k *schema.Kind, a *hcl.Attribute, s *scope) {
	if k.Parent() == nil {
		p.report(problem("config/no-parent", a.Range.Ptr(), "scope has no meaning for "+k.Many(),
			"%s of %s are not inside of other objects, so the manage block always covers all of them. Delete this line.", capital(k.Many()), p.tenant.Product.Title))
		return
	}
	m.AllParents = p.word(a, s, scopes) == 1
}

// evaluateLimits reads the guards of a tenant.
func (p *providerReader) evaluateLimits(b *hcl.Block, s *scope) {
	content := p.content(b, limitsBody)
	if a := content.Attributes["max_deletes"]; a != nil {
		p.tenant.Limits.MaxDeletes = p.count(a, s, math.MaxInt32, p.tenant.Limits.MaxDeletes)
	}
	if a := content.Attributes["max_delete_percent"]; a != nil {
		p.tenant.Limits.MaxDeletePercent = p.count(a, s, 100, p.tenant.Limits.MaxDeletePercent)
	}
	if a := content.Attributes["max_daily_removals"]; a != nil {
		p.tenant.Limits.MaxDailyRemovals = p.count(a, s, math.MaxInt32, p.tenant.Limits.MaxDailyRemovals)
	}
	if a := content.Attributes["allow_empty"]; a != nil {
		if val, ok := p.value(a.Name, a.Expr, s, cty.Bool); ok {
			p.tenant.Limits.AllowEmpty = val.True()
		}
	}
}

// An attributeReader evaluates attributes that must give one value of a certain type.
type attributeReader struct {
	*reporter
	watch *watch
}

// count evaluates a whole number between 0 and most, or returns the one before.
func (r *attributeReader) count(a *hcl.Attribute, s *scope, most int64, before int) int {
	val, ok := r.value(a.Name, a.Expr, s, cty.Number)
	if !ok {
		return before
	}
	f := val.AsBigFloat()
	n, _ := f.Int64()
	if !f.IsInt() || n < 0 || n > most {
		r.report(problem("config/wrong-type", a.Expr.Range().Ptr(), a.Name+" is out of range",
			"It must be a whole number from 0 to %d.", most))
		return before
	}
	return int(n)
}

// word evaluates a text that is one of a few words, and returns which one, or -1.
func (r *attributeReader) word(a *hcl.Attribute, s *scope, words []string) int {
	val, ok := r.value(a.Name, a.Expr, s, cty.String)
	if !ok {
		return -1
	}
	i := slices.Index(words, val.AsString())
	if i < 0 {
		r.report(problem("config/invalid-value", a.Expr.Range().Ptr(), a.Name+" cannot be "+quoted(val.AsString()),
			"It is one of: %s.%s", strings.Join(words, ", "), nearest(val.AsString(), words)))
	}
	return i
}

func nearest(name string, words []string) string {
	if n := schema.Nearest(name, words); n != "" {
		return meant(name, []string{n})
	}
	return ""
}

// A textAt is one text of a list with the place where it is written.
type textAt struct {
	text string
	at   hcl.Range
}

// texts evaluates a list of texts.
func (r *attributeReader) texts(a *hcl.Attribute, s *scope) []textAt {
	val, diags := valueOf(a.Expr, s.ctx)
	r.report(explain(diags, s.secret)...)
	if diags.HasErrors() {
		return nil
	}
	members, p := textSet(val, plainText)
	if p != nil {
		r.report(p.at(a.Name, a.Expr, a.Expr.Range(), s.secret))
		return nil
	}
	out := make([]textAt, len(members))
	written, _ := hcl.ExprList(a.Expr)
	for i, text := range members {
		if out[i] = (textAt{text, a.Expr.Range()}); i < len(written) {
			out[i].at = written[i].Range()
		}
	}
	return out
}

// evaluateRemoved reads a removed block: the object goes.
func (e *evaluator) evaluateRemoved(b *hcl.Block) {
	content := e.content(b, &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "provider"}}})
	t := e.tenantOf(b, b.Labels[0], content.Attributes["provider"])
	if t == nil {
		return
	}
	k := t.Product.Kind(b.Labels[0])
	switch {
	case k == nil:
		e.noKind(t, b.Labels[0], b.LabelRanges[0])
	case k.Virtual:
		e.report(problem("config/unknown-kind", b.LabelRanges[0].Ptr(), capital(an(k.Name))+" cannot be removed",
			"%s exist in the files only, so rolecall has nothing in %s to remove. Delete this block.", capital(k.Many()), t.Product.Title))
	case k.UpdateOnly && !k.NoList:
		e.report(problem("config/unknown-kind", b.LabelRanges[0].Ptr(), capital(an(k.Name))+" cannot be removed",
			"%s never creates or deletes one on demand. Delete this block.", t.Product.Title))
	case !k.UpdateOnly && !slices.ContainsFunc(k.RemovalActions(), schema.Action.Writes):
		e.report(problem("config/no-removal", b.LabelRanges[0].Ptr(), capital(an(k.Name))+" cannot be removed",
			"The API of %s has no call that deletes one. Delete it in %[1]s by hand, and delete this block.", t.Product.Title))
	default:
		key, whole := k.NormalKey(b.Labels[1])
		if !whole {
			e.report(wrongParts(k, b.Labels[1], b.LabelRanges[1]))
			return
		}
		t.Removed, t.removedAt = append(t.Removed, schema.Removal{Kind: k.Name, Key: key, Pos: posOf(b.DefRange)}), append(t.removedAt, b.DefRange)
	}
}

// wrongParts reports a key with another number of parts than the kind's keys have.
func wrongParts(k *schema.Kind, key string, at hcl.Range) *hcl.Diagnostic {
	return problem("config/address", &at, "Not the key of "+an(k.Name), "%q is not written as %s. A slash within a name is written %%2F.", key, keyForm(k))
}

// keyForm shows how a key of the kind is written: "team/user".
func keyForm(k *schema.Kind) string {
	var names []string
	for _, row := range k.Keys() {
		names = append(names, row.Name)
	}
	return quoted(strings.Join(names, "/"))
}
