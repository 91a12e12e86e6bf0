package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

var checkBody = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "provider"}, {Name: "for_each"}, {Name: "condition"}, {Name: "error_message"}, {Name: "severity"},
}}

// evaluateCheck reads a check block. Its condition is evaluated later, with the answers
// about who can do what; see schema.Check.
func (e *evaluator) evaluateCheck(b *hcl.Block) {
	content := e.content(b, checkBody)
	name := strings.TrimSpace(b.Labels[0])
	if name == "" {
		e.report(problem("config/labels", b.LabelRanges[0].Ptr(), "A check has no name", "Say in the label what the check requires: check \"separation of duties\" { … }."))
		return
	}
	if first, twice := e.checked[name]; twice {
		e.report(problem("config/duplicate", b.LabelRanges[0].Ptr(), "Check "+quoted(name)+" is declared twice",
			"It was already declared at %s. Give one of the two another name.", lineOf(first)))
		return
	}
	e.checked[name] = b.DefRange
	t := e.tenantOf(b, "", content.Attributes["provider"])
	c := e.checkParts(b, t, content)
	if c == nil || t == nil {
		return
	}
	check := schema.Check{Name: name, Pos: posOf(b.DefRange), OfChanges: c.plan, Evaluate: c.evaluate}
	if a := content.Attributes["severity"]; a != nil {
		s := e.scopeOf(nil, "the severity of a check", a.Expr)
		if s.failed {
			return
		}
		check.Warning = e.word(a, s, []string{"error", "warning"}) == 1
	}
	t.Checks = append(t.Checks, check)
}

// A check has the expressions of a check block, with all that they mention.
type check struct {
	*scope
	block     *hcl.Block
	forEach   *hcl.Attribute // nil if there is none
	condition hcl.Expression
	message   hcl.Expression
	plan      bool // they mention what a plan changes
	hidesKeys bool // for_each has a sensitive variable
	hidden    bool // the message would show one
	names     []checkName
	watch     *watch
	reader    *expressionFiles
}

// checkParts reads the expressions. It returns nil if one of them is wrong, which was reported.
func (e *evaluator) checkParts(b *hcl.Block, t *tenant, content *hcl.BodyContent) *check {
	condition, message := content.Attributes["condition"], content.Attributes["error_message"]
	for _, x := range []struct {
		a             *hcl.Attribute
		name, example string
	}{{condition, "condition", `!can(each.key, "…")`}, {message, "error_message", `"${each.key} may …"`}} {
		if x.a == nil {
			e.report(problem("config/missing-attribute", b.DefRange.Ptr(), "Attribute "+quoted(x.name)+" is missing",
				"A check block needs a condition, which is true if all is well, and an error_message for when it is not. Add %s = %s.", x.name, x.example))
		}
	}
	if condition == nil || message == nil || t == nil {
		return nil
	}
	c := &check{scope: &scope{}, block: b, forEach: content.Attributes["for_each"], condition: condition.Expr, message: message.Expr, watch: e.watch, reader: e.reader}
	n := e.namesIn(t, "A check block")
	n.check = true
	exprs := []hcl.Expression{c.condition, c.message}
	if c.forEach != nil {
		c.merge(n.add(c.forEach.Expr))
		c.hidesKeys = c.secret
		n.each = true
		exprs = slices.Insert(exprs, 0, c.forEach.Expr)
	}
	c.merge(n.add(c.condition))
	said := n.add(c.message)
	c.hidden = said.secret || said.each && c.hidesKeys
	c.merge(said)
	c.plan = n.plan
	if c.failed {
		return nil
	}
	c.ctx = n.context()
	for _, x := range exprs {
		c.failed = !e.checkCalls(c, x) || c.failed
	}
	if c.failed {
		return nil
	}
	return c
}

// addPlan notes that a check mentions what a plan changes.
func (n *scopeBuilder) addPlan(t hcl.Traversal, u *uses) {
	n.plan = true
	known := []string{"gains", "losses", "deletes"}
	name := ""
	if len(t) > 1 {
		name, _ = stepName(t[1])
	}
	if !slices.Contains(known, name) {
		u.failed = true
		n.report(problem(codeUnknownName, t.SourceRange().Ptr(), "Unknown name "+quoted(written(t)),
			"A check can look at plan.gains, plan.losses and plan.deletes.%s", schema.DidYouMean(name, known)))
	}
}

// planObject is the object behind "plan" in a check.
func planObject(c schema.CheckChanges) cty.Value {
	differences := func(list []schema.CheckDifference) cty.Value {
		typ := cty.Object(map[string]cty.Type{"rights": cty.Set(cty.String), "privileged": cty.Set(cty.String), "scopes": cty.Set(cty.String)})
		if len(list) == 0 {
			return cty.MapValEmpty(typ)
		}
		all := make(map[string]cty.Value, len(list))
		sets := textSets{}
		for _, d := range list {
			all[d.Subject] = cty.ObjectVal(map[string]cty.Value{"rights": sets.of(d.Rights), "privileged": sets.of(d.Privileged), "scopes": sets.of(d.Scopes)})
		}
		return cty.MapVal(all)
	}
	deletes := cty.MapValEmpty(cty.Object(map[string]cty.Type{"kind": cty.String, "key": cty.String}))
	if len(c.Deletes) > 0 {
		all := make(map[string]cty.Value, len(c.Deletes))
		for _, a := range c.Deletes {
			all[a.String()] = cty.ObjectVal(map[string]cty.Value{"kind": cty.StringVal(a.Kind), "key": cty.StringVal(a.Key)})
		}
		deletes = cty.MapVal(all)
	}
	return cty.ObjectVal(map[string]cty.Value{"gains": differences(c.Gains), "losses": differences(c.Losses), "deletes": deletes})
}

// textSets makes one set of equal lists, because many subjects gain the same.
type textSets map[string]cty.Value

func (s textSets) of(list []string) cty.Value {
	id := strings.Join(list, "\x00")
	v, ok := s[id]
	if !ok {
		v = textSet(list)
		s[id] = v
	}
	return v
}

func textSet(list []string) cty.Value {
	if len(list) == 0 {
		return cty.SetValEmpty(cty.String)
	}
	all := make([]cty.Value, len(list))
	for i, s := range list {
		all[i] = cty.StringVal(s)
	}
	return cty.SetVal(all)
}
