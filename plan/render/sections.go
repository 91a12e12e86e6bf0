package render

import (
	"io"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// observed writes the differences in kinds that are only observed.
func (p *planPage) observed() {
	if len(p.plan.Observed) == 0 {
		return
	}
	p.gap()
	p.line(row(0, as(strong, "Only observed"), as(dim, ": "+text.Count(len(p.plan.Observed), "difference", "differences")+` that mode = "observe" reports and does not touch`)).hanging(margin))
	l := p.changeList()
	l.watching = true
	l.changes(p.plan.Observed, removals)
	l.changes(p.plan.Observed, others)
}

// massChanges writes the attributes that the plan changes for many objects.
func (p *planPage) massChanges() {
	for _, m := range p.plan.MassChanges {
		p.line(row(0, as(removed, "! "), as(strong, text.Clean(m.Text))).hanging(margin))
	}
}

// unmanaged writes the undeclared objects: first the notable ones one by one, then the others by their
// number.
func (p *planPage) unmanaged() {
	begun := false
	begin := func() {
		if !begun {
			begun = true
			p.gap()
			p.line(row(0, as(strong, "Left alone"), as(dim, ": not in the files, so they stay as they are")))
		}
	}
	for _, u := range p.plan.Unmanaged {
		if len(u.Notable) > 0 {
			begin()
			p.line(notable(u))
		}
	}
	for _, u := range p.plan.Unmanaged {
		rest := plainKeys(u)
		if len(rest) == 0 {
			continue
		}
		begin()
		p.line(p.undeclaredLine(u, rest))
	}
}

// undeclaredLine writes the number and the first names of undeclared objects of a kind.
func (p *planPage) undeclaredLine(u plan.Unmanaged, rest []string) line {
	count := text.Count(len(rest), oneOf(u.Kind), manyOf(nil, u.Kind))
	if len(rest) < len(u.Keys) {
		count = text.Number(len(rest)) + " other " + text.Choose(len(rest) == 1, oneOf(u.Kind), manyOf(nil, u.Kind))
	}
	head := []span{say(count)}
	if u.Note != "" {
		head = append(head, as(dim, " ("+text.Clean(u.Note)+")"))
	}
	return named(some(rest, p.atMost(len(rest), mostNames)), head...)
}

// notable writes all notable objects with their privileges or roles.
func notable(u plan.Unmanaged) line {
	names := make([]string, len(u.Notable))
	for i, n := range u.Notable {
		names[i] = text.Clean(n.Key) + ": " + text.Clean(n.What)
	}
	count := text.Count(len(names), oneOf(u.Kind), manyOf(nil, u.Kind))
	if u.Ignored {
		count = text.Number(len(names)) + " ignored " + text.Choose(len(names) == 1, oneOf(u.Kind), manyOf(nil, u.Kind))
	}
	l := named("", as(strong, count))
	l.spans[len(l.spans)-1] = say(strings.Join(names, "; "))
	return l
}

// plainKeys are the keys that are not notable.
func plainKeys(u plan.Unmanaged) []string {
	if len(u.Notable) == 0 {
		return u.Keys
	}
	listed := make(map[string]bool, len(u.Notable))
	for _, n := range u.Notable {
		listed[n.Key] = true
	}
	return slices.DeleteFunc(slices.Clone(u.Keys), func(key string) bool { return listed[key] })
}

// excluded writes the changes that --target or --since excludes.
func (p *planPage) excluded() {
	if len(p.plan.Excluded) == 0 {
		return
	}
	p.gap()
	p.line(row(0, as(strong, "Excluded by "+p.plan.ExcludedBy()), as(dim, ": "+text.Count(len(p.plan.Excluded), "change", "changes")+" that the files ask for and this plan does not make")).hanging(margin))
	for _, g := range p.changeList().byKind(p.plan.Excluded, everything) {
		for _, same := range byAction(g.changes) {
			p.line(p.excludedLine(g, same))
		}
	}
}

func (p *planPage) excludedLine(g *kindGroup, changes []*plan.Change) line {
	c := changes[0]
	n := text.Count(len(changes), oneOf(g.name), manyOf(g.kind, g.name))
	return named(some(keys(changes), p.atMost(len(changes), mostNames)), as(styleOf(c.Action), symbol(c.Action)+" "+c.Action.String()+" "), say(n))
}

// scope says what was compared and what was not.
func (p *planPage) scope() {
	if p.plan.Scope == nil {
		return
	}
	p.gap()
	p.line(row(0, as(strong, "Since "+text.Clean(p.plan.Scope.Since))))
	for _, s := range p.plan.Scope.Text() {
		p.line(row(margin, say(text.Clean(s))).hanging(bodyStart))
	}
}

// named returns a line with names that wrap below each other.
func named(names string, head ...span) line {
	l := row(margin, append(head, as(dim, ": "))...)
	l.hang = min(margin+width(l.spans), 4*bodyStart)
	l.spans = append(l.spans, as(dim, names))
	return l
}

// violations writes the limits that forbid the plan.
func (p *planPage) violations() {
	if len(p.plan.Violations) == 0 {
		return
	}
	p.gap()
	p.line(row(0, as(failed, StoppedTitle(p.plan)), as(dim, ": this plan cannot be applied")))
	all := slices.Clone(p.plan.Violations)
	for i := range all {
		if plan.OfCheck(&all[i]) && all[i].Code != plan.CodeCheckFailed { // the command shows it with the lines of the file
			all[i].Detail = ""
		}
	}
	p.findings(all)
}

// StoppedTitle is the title of what forbids a plan besides errors.
func StoppedTitle(p *plan.Plan) string { return "Stopped by " + stoppedWords(p, "limits", "checks") }

// stoppedWords says which of two words, or both, what forbids a plan is.
func stoppedWords(p *plan.Plan, limits, checks string) string {
	var words []string
	of := func(check bool) bool {
		return slices.ContainsFunc(p.Violations, func(f schema.Finding) bool { return plan.OfCheck(&f) == check })
	}
	if of(false) {
		words = append(words, limits)
	}
	if of(true) {
		words = append(words, checks)
	}
	return text.And(words)
}

// checks writes what became of the checks.
func (p *planPage) checks() {
	if s := ChecksText(p.plan.Checks); s != "" {
		p.gap()
		p.line(row(0, as(strong, "Checks"), as(dim, ": "), say(text.Clean(s))).hanging(margin))
	}
}

// ChecksText says how many checks hold, and which, in sentences; "" if there are none. It names those that hold, so
// that readers see which ones there are.
func ChecksText(all []plan.Check) string {
	names := map[plan.CheckResult][]string{}
	why := ""
	for i := range all {
		c := &all[i]
		names[c.Result] = append(names[c.Result], text.Quote(c.Name))
		if c.Result == plan.CheckSkipped {
			why = ", because " + c.Why
		}
	}
	var out []string
	for _, x := range []struct {
		result    plan.CheckResult
		one, many string
	}{{plan.CheckFailed, " fails", " fail"}, {plan.CheckUndecided, " is undecided", " are undecided"}, {plan.CheckPassed, " holds", " hold"}, {plan.CheckSkipped, " is skipped", " are skipped"}} {
		list := names[x.result]
		if len(list) == 0 {
			continue
		}
		s := text.Number(len(list)) + text.Choose(len(list) == 1, x.one, x.many)
		if x.result == plan.CheckSkipped {
			s += why
		}
		out = append(out, s+": "+some(list, mostNames)+".")
	}
	return strings.ReplaceAll(strings.Join(out, " "), nbsp, " ") // the other packages clean it again
}

// Findings writes findings without the lines of the files.
func Findings(w io.Writer, findings []schema.Finding, o Options) error {
	p := newPage(w, o)
	p.findings(findings)
	return p.flush()
}

func (p *page) findings(findings []schema.Finding) {
	for i := range findings {
		f := &findings[i]
		s := failed
		if f.Severity == schema.Warning {
			s = warning
		}
		spans := []span{as(s, "! "), as(strong, text.Clean(f.Summary))}
		if f.Addr.Key != "" {
			spans = append(spans, say("  "+text.Clean(f.Addr.String())))
		}
		p.line(row(margin, append(spans, position(f.Pos)...)...).hanging(bodyStart))
		if f.Detail != "" {
			p.line(row(bodyStart, say(text.Clean(f.Detail))))
		}
	}
}
