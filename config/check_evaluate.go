package config

import (
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// maxCheckFailures is the number of failures of a check whose messages are evaluated.
const maxCheckFailures = 1000

// A checkRun is one evaluation of a check.
type checkRun struct {
	*check
	attributeReader
	answers schema.CheckAnswers
	// problems are those of the expression that is being evaluated. A function reports them here, too,
	// because try and can of other expressions would hide its error.
	problems []*schema.CheckProblem
	sets     map[string]cty.Value // results of functions, by call
	asked    bool                 // values depend on the answers
	out      schema.CheckOutcome
}

// evaluate evaluates the check; it is schema.Check.Evaluate.
func (c *check) evaluate(answers schema.CheckAnswers) schema.CheckOutcome {
	var w *watch
	if c.watch != nil {
		w = startWatch(c.watch.budget)
		defer w.end()
	}
	r := &checkRun{check: c, attributeReader: attributeReader{&reporter{guesses: 1000}, w}, answers: answers, sets: map[string]cty.Value{}}
	defer w.during(c.block.DefRange)()
	if r.checkNames(); len(r.out.Problems) > 0 {
		return r.out
	}
	ctx := c.ctx.NewChild()
	ctx.Functions, ctx.Variables = maps.Clone(c.ctx.Functions), map[string]cty.Value{}
	maps.Copy(ctx.Functions, r.functions())
	if c.plan {
		r.asked = true
		changes, p := answers.Changes()
		if p != nil {
			r.problem(p, c.condition.Range())
			return r.out
		}
		ctx.Variables["plan"] = planObject(changes)
	}
	if c.forEach == nil {
		r.member("", ctx)
		return r.out
	}
	elements := r.elements(ctx)
	if elements == nil {
		return r.out
	}
	each := ctx.NewChild()
	for i := range elements.len() {
		each.Variables = map[string]cty.Value{"each": elements.each(i)}
		if r.member(elements.key(i), each); len(r.out.Problems) > 0 {
			break // the check has no result whatever the others give
		}
	}
	return r.out
}

// emptyScope is the problem of a scope without a text, as from an empty field of a file. It must not mean anywhere.
var emptyScope = &schema.CheckProblem{Summary: "The scope is empty", Detail: "Name a scope, or leave the argument out to ask about anywhere."}

// checkNames looks up the names that are written out.
func (r *checkRun) checkNames() {
	look := map[string]func(string) *schema.CheckProblem{nameOfSubject: r.answers.Subject, nameOfRight: r.answers.Right, nameOfScope: r.answers.Scope}
	for _, n := range r.names {
		p := emptyScope
		if n.what != nameOfScope || n.text != "" {
			p = look[n.what](n.text)
		}
		if p != nil {
			r.problem(r.discreet(p), n.at)
		}
	}
}

// discreet hides what a problem of a question may show of a sensitive variable.
func (r *checkRun) discreet(p *schema.CheckProblem) *schema.CheckProblem {
	if !r.secret {
		return p
	}
	return &schema.CheckProblem{Summary: "A question has no answer", Detail: hiddenValue, Absent: p.Absent}
}

func (r *checkRun) problem(p *schema.CheckProblem, at hcl.Range) {
	code := schema.CheckUndecided
	if p.Absent {
		code = schema.CheckAbsent
	}
	r.add(code, p, at)
}

func (r *checkRun) add(code string, p *schema.CheckProblem, at hcl.Range) {
	for _, f := range r.out.Problems {
		if f.Summary == p.Summary && f.Detail == p.Detail {
			return
		}
	}
	r.out.Problems = append(r.out.Problems, schema.Finding{Code: code, Pos: posOf(at), Summary: p.Summary, Detail: p.Detail})
}

// elements evaluates for_each. It returns nil if that fails, which is a problem then.
func (r *checkRun) elements(ctx *hcl.EvalContext) forEachElements {
	b := &builder{evaluator: &evaluator{reporter: r.reporter, reader: r.reader}, r: &resource{forEach: r.forEach}, ctx: ctx, each: r.uses}
	elements := b.elements()
	if r.evaluated(r.forEach.Expr, "") {
		return elements
	}
	return nil
}

// member evaluates the condition for one member of for_each, or once.
func (r *checkRun) member(key string, ctx *hcl.EvalContext) {
	s := &scope{ctx, r.uses}
	holds, ok := r.value("condition", r.condition, s, cty.Bool)
	if !r.evaluated(r.condition, key) || !ok {
		return
	}
	if r.out.Members++; holds.True() {
		return
	}
	r.out.Failed++
	if len(r.out.Failures) >= maxCheckFailures {
		return
	}
	message := hiddenValue
	if !r.hidden {
		text, ok := r.value("error_message", r.message, s, cty.String)
		if !r.evaluated(r.message, key) || !ok {
			return
		}
		message = strings.TrimSpace(text.AsString())
	}
	if r.hidesKeys {
		key = ""
	}
	r.out.Failures = append(r.out.Failures, schema.CheckFailure{Key: key, Text: message})
}

// evaluated reports whether nothing was wrong with an expression that was evaluated. What was wrong becomes a problem.
func (r *checkRun) evaluated(x hcl.Expression, key string) bool {
	diags, problems := r.diags, r.problems
	r.diags, r.problems = nil, nil
	if !diags.HasErrors() && len(problems) == 0 {
		return true
	}
	about := ""
	if key != "" && !r.hidesKeys {
		about = fmt.Sprintf(" Here each.key is %q.", key)
	}
	for i, p := range problems { // the errors of functions repeat them
		at := x.Range()
		if i < len(diags) && diags[i].Subject != nil {
			at = *diags[i].Subject
		}
		p = r.discreet(p)
		r.problem(&schema.CheckProblem{Summary: p.Summary, Detail: p.Detail + about, Absent: p.Absent}, at)
	}
	if len(problems) == 0 {
		code := schema.CheckUndecided
		if !r.asked {
			code = schema.CheckInvalid
		}
		for _, d := range diags {
			at := x.Range()
			if d.Subject != nil {
				at = *d.Subject
			}
			r.add(code, &schema.CheckProblem{Summary: d.Summary, Detail: strings.ReplaceAll(d.Detail, "\n", " ") + about}, at)
		}
	}
	return false
}

// functions returns the functions of checks; see checkFunctions.
func (r *checkRun) functions() map[string]function.Function {
	return map[string]function.Function{
		"can": r.function("can", cty.Bool, func(a []string) (cty.Value, *schema.CheckProblem) {
			can, p := r.answers.Can(a[0], a[1], a[2])
			return cty.BoolVal(can), p
		}),
		"who_can": r.function("who_can", cty.Set(cty.String), func(a []string) (cty.Value, *schema.CheckProblem) {
			return r.once("who_can\x00"+a[0]+"\x00"+a[1], func() ([]string, *schema.CheckProblem) { return r.answers.WhoCan(a[0], a[1]) })(a)
		}),
		"subjects":       r.function("subjects", cty.Set(cty.String), r.once("subjects", r.answers.Subjects)),
		"administrators": r.function("administrators", cty.Set(cty.String), r.once("administrators", r.answers.Administrators)),
		"rights": r.function("rights", cty.Set(cty.String), func(a []string) (cty.Value, *schema.CheckProblem) {
			list, p := r.answers.Rights(a[0])
			return textSet(list), p
		}),
	}
}

// once returns a function that makes a set of a list, and makes it once. Conditions are evaluated for many members.
func (r *checkRun) once(call string, list func() ([]string, *schema.CheckProblem)) func([]string) (cty.Value, *schema.CheckProblem) {
	return func([]string) (cty.Value, *schema.CheckProblem) {
		if v, ok := r.sets[call]; ok {
			return v, nil
		}
		all, p := list()
		v := textSet(all)
		if p == nil {
			r.sets[call] = v
		}
		return v, p
	}
}

// function makes a function of texts. Texts that are left out are empty.
func (r *checkRun) function(name string, typ cty.Type, answer func([]string) (cty.Value, *schema.CheckProblem)) function.Function {
	f := checkFunctions()[name]
	spec := &function.Spec{Description: f.doc, Type: function.StaticReturnType(typ)}
	for i, p := range f.params {
		param := function.Parameter{Name: p, Type: cty.String}
		if i < len(f.params)-f.optional {
			spec.Params = append(spec.Params, param)
		} else {
			spec.VarParam = &param
		}
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if len(args) > len(f.params) {
			return cty.NilVal, fmt.Errorf("write %s", f.call(name))
		}
		r.asked = true
		texts := make([]string, max(len(args), len(f.params)))
		for i, a := range args {
			texts[i] = a.AsString()
		}
		for i := len(f.params) - f.optional; i < len(args); i++ {
			if texts[i] == "" {
				r.problems = append(r.problems, emptyScope)
				return cty.NilVal, fmt.Errorf("%s", emptyScope.Detail)
			}
		}
		v, p := answer(texts)
		if p != nil {
			r.problems = append(r.problems, p)
			return cty.NilVal, fmt.Errorf("%s", p.Detail)
		}
		return v, nil
	}
	return function.New(spec)
}
