package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A scope is what one block's expressions can see: exactly what they mention,
// already evaluated.
type scope struct {
	ctx *hcl.EvalContext
	uses
}

// scopeBuilder collects what the expressions of one block mention.
type scopeBuilder struct {
	*evaluator
	tenant *tenant // nil if resources cannot be mentioned
	where  string  // for messages: "a provider block"
	each   bool    // "each" may be mentioned
	check  bool    // "plan" may be mentioned, and plan says whether it is
	plan   bool
	of     *group // that the block belongs to; nil for local values
	locals map[string]cty.Value
	kinds  map[*group]map[*resource]bool // nil inside means all of them
}

// uses says what an expression, or everything in a node, mentions.
type uses struct {
	each   bool // of the block
	failed bool // what has no value; that has been reported
	secret bool // a sensitive variable
	data   bool // a decoded text, so a value may come from a data file
}

// merge adds what something else mentions.
func (u *uses) merge(other uses) {
	u.failed, u.secret, u.data = u.failed || other.failed, u.secret || other.secret, u.data || other.data
}

func (e *evaluator) namesIn(t *tenant, where string) *scopeBuilder {
	return &scopeBuilder{evaluator: e, tenant: t, where: where, locals: map[string]cty.Value{}, kinds: map[*group]map[*resource]bool{}}
}

// scopeOf makes the scope of expressions that belong together.
func (e *evaluator) scopeOf(t *tenant, where string, exprs ...hcl.Expression) *scope {
	n := e.namesIn(t, where)
	s := &scope{}
	for _, expr := range exprs {
		s.merge(n.add(expr))
	}
	s.ctx = n.context()
	return s
}

// mentionedIn lists what an expression mentions. It is Variables, without the walk
// for the expressions that most attributes have: texts, references and lists of them.
func mentionedIn(e hcl.Expression) []hcl.Traversal {
	switch e := e.(type) {
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			return nil
		}
	case *hclsyntax.LiteralValueExpr:
		return nil
	case *hclsyntax.ScopeTraversalExpr:
		return []hcl.Traversal{e.Traversal}
	case *hclsyntax.TupleConsExpr:
		var out []hcl.Traversal
		for _, member := range e.Exprs {
			out = append(out, mentionedIn(member)...)
		}
		return out
	}
	return e.Variables()
}

// add evaluates whatever the expression mentions.
func (n *scopeBuilder) add(e hcl.Expression) uses {
	u := n.addAll(mentionedIn(e))
	u.data = u.data || callsDecoder(e)
	return u
}

// addAll evaluates whatever the traversals mention.
func (n *scopeBuilder) addAll(traversals []hcl.Traversal) uses {
	var u uses
	for _, t := range traversals {
		switch root := t.RootName(); {
		case root == "each":
			n.addEach(t, &u)
		case root == "var":
			n.addVariable(t, &u)
		case root == "local":
			n.addLocal(t, &u)
		case root == "plan" && n.check:
			n.addPlan(t, &u)
		case n.tenant != nil && n.tenant.groups[root] != nil:
			n.addResource(t, n.tenant.groups[root], &u)
		default:
			n.unknownName(t)
			u.failed = true
		}
	}
	return u
}

func (n *scopeBuilder) addEach(t hcl.Traversal, u *uses) {
	if u.each = true; !n.each {
		u.failed = true
		n.report(problem("config/each", t.SourceRange().Ptr(), "each cannot be used here",
			"each.key and each.value exist only in a block that has for_each, and not in for_each itself."))
	}
}

func (n *scopeBuilder) addVariable(t hcl.Traversal, u *uses) {
	if len(t) == 1 {
		for _, v := range n.variables {
			u.merge(v.uses)
		}
		return
	}
	name, ok := stepName(t[1])
	v := n.variables[name]
	switch {
	case !ok:
		u.failed = true
	case v == nil:
		u.failed = true
		n.report(problem(codeUndeclared, t[:2].SourceRange().Ptr(), "Variable "+quoted(name)+" is not declared",
			"No file has a block variable %q.%s", name, n.suggestion(name, len(n.variables), n.variableNames)))
	default:
		u.merge(v.uses)
	}
}

func (n *scopeBuilder) addLocal(t hcl.Traversal, u *uses) {
	for _, name := range n.localsIn(t) {
		if n.declarations.locals[name] == nil {
			u.failed = true
			n.report(problem(codeUndeclared, t[:2].SourceRange().Ptr(), "Local "+quoted(name)+" is not declared",
				"No locals block has %q.%s", name, n.suggestion(name, len(n.declarations.locals), n.localNames)))
			return
		}
		if n.tenant == nil && n.refersToResources(n.declarations.locals[name]) {
			u.failed = true
			n.report(problem("config/not-here", t.SourceRange().Ptr(), "local."+name+" refers to resources",
				"Resources are not known yet in %s, so only values without them can be used there.", n.where))
			continue
		}
		v := n.localIn(n.tenant, name, t.SourceRange())
		u.merge(v.uses)
		n.locals[name] = v.value
	}
}

func (n *scopeBuilder) addResource(t hcl.Traversal, g *group, u *uses) {
	path, one := g.labelsIn(t)
	if !one {
		n.addKind(g, t, u)
		return
	}
	r := g.byLabel[labelsID(path)]
	if r == nil {
		u.failed = true
		n.undeclared(t[:len(path)+1].SourceRange(), g, path)
		return
	}
	n.addOne(r, t, u)
	r.named, r.part = true, r.part || n.of == nil || n.of == g
	if few, ok := n.kinds[g]; !ok {
		n.kinds[g] = map[*resource]bool{r: true}
	} else if few != nil {
		few[r] = true
	}
}

// labelsIn returns the labels that a traversal from the name of the kind gives. It is
// false if they are not all there, so that the traversal takes the whole kind.
func (g *group) labelsIn(t hcl.Traversal) ([]string, bool) {
	path := make([]string, 0, g.labels)
	for _, step := range t[1:min(len(t), g.labels+1)] {
		if name, ok := stepName(step); ok {
			path = append(path, name)
		}
	}
	return path, len(path) == g.labels
}

// addKind evaluates every resource of a kind. What came out is kept, so that a
// thousand blocks that mention the whole kind do not look at each of its members.
func (n *scopeBuilder) addKind(g *group, t hcl.Traversal, u *uses) {
	if !g.evaluated {
		whole := uses{}
		evaluated := true
		for _, r := range g.resources {
			n.addOne(r, t, &whole)
			evaluated = evaluated && r.state == done
		}
		g.evaluated, g.uses = evaluated, whole
	}
	n.kinds[g] = nil
	u.merge(g.uses)
}

func (n *scopeBuilder) addOne(r *resource, t hcl.Traversal, u *uses) {
	n.evaluateResource(r, t.SourceRange())
	n.report(r.finish()...) // its values are needed
	u.merge(r.uses)
}

// context makes the evaluation context of everything that was added.
func (n *scopeBuilder) context() *hcl.EvalContext {
	locals := cty.EmptyObjectVal
	if len(n.locals) > 0 {
		locals = cty.ObjectVal(n.locals)
	}
	vars := map[string]cty.Value{"var": n.values, "local": locals}
	for g, few := range n.kinds {
		vars[g.kind.Name] = g.object(few)
	}
	return &hcl.EvalContext{Variables: vars, Functions: n.functions}
}
