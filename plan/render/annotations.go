package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostAnnotations is the number of annotations of one level that GitHub shows for a step.
const mostAnnotations = 10

// Annotations writes commands of GitHub Actions that annotate lines of the files: a notice with the
// verdict, an error for each finding, limit and assertion that forbids the plans, and a warning for
// each group of subjects that gain privileged rights or lose all rights, and for each warning. GitHub
// shows ten of a level, so the last of more counts the others. Each line is a command, with text from
// outside in its values only.
func Annotations(w io.Writer, d *plan.Document, _ Options) error {
	a := &annotations{several: len(d.Plans) > 1}
	known := true
	for _, p := range d.Plans {
		known = known && p.Errors() == 0
	}
	if known {
		a.assertions(d.Assertions)
		for _, p := range d.Plans {
			a.plan(p)
		}
	}
	for _, p := range d.Plans {
		a.findings(p, p.Findings)
	}
	lines := command("notice", schema.Pos{}, "rolecall plan", verdict(d, text.Clean)) + limited("error", a.errors) + limited("warning", a.warnings)
	_, err := io.WriteString(w, lines)
	return err
}

// limited joins commands of one level, and counts those that GitHub does not show.
func limited(level string, commands []string) string {
	if n := len(commands); n > mostAnnotations {
		shown := mostAnnotations - 1
		more := command(level, schema.Pos{}, "rolecall plan", text.Number(n-shown)+" more "+level+"s are in the plan")
		commands = append(commands[:shown:shown], more)
	}
	return strings.Join(commands, "")
}

// An annotations collects commands, the most important of a level first.
type annotations struct {
	several          bool // the document has several plans
	errors, warnings []string
}

// assertions adds an error for each assertion that does not hold, at the first change that breaks it.
func (a *annotations) assertions(all []plan.Assertion) {
	for i := range all {
		x := &all[i]
		if x.Holds {
			continue
		}
		f := x.Failures[0]
		why := f.Text
		if more := x.Total - 1; more > 0 {
			why += "; and " + text.Number(more) + " more"
		}
		a.errors = append(a.errors, command("error", schema.Pos{File: f.File, Line: f.Line}, string(x.Name)+" does not hold", why))
	}
}

// plan adds the limits that forbid a plan, and who gains privileged rights or loses all rights.
func (a *annotations) plan(p *plan.Plan) {
	a.findings(p, p.Violations)
	positions := map[schema.Address]schema.Pos{}
	for i := range p.Changes {
		positions[p.Changes[i].Addr] = p.Changes[i].Pos
	}
	at := func(causes []schema.Address) schema.Pos {
		for _, c := range causes {
			if positions[c].Line > 0 {
				return positions[c]
			}
		}
		return schema.Pos{}
	}
	privileges, _ := marks(p)
	e := &effects{&values{Options{}, p}, privileges}
	for _, g := range e.dangerGroups() {
		for _, same := range byPosition(len(g.names), func(i int) schema.Pos { return at(g.subjects[i].CausedBy) }) {
			of := dangerGroup{first: g.subjects[same[0]]}
			for _, i := range same {
				of.names = append(of.names, g.names[i])
			}
			a.warn(p, at(of.first.CausedBy), "Danger", someClean(of.names, mostNames)+of.verb()+join(g.rights)+join(g.causes()))
		}
	}
	lost := losesAll(p)
	for _, same := range byPosition(len(lost), func(i int) schema.Pos { return at(lost[i].CausedBy) }) {
		var of []string
		var some []rights.Difference
		for _, i := range same {
			of, some = append(of, e.subjectName(lost[i].Subject, lost[i].Person)), append(some, lost[i])
		}
		a.warn(p, at(some[0].CausedBy), losesAllWords(some), someClean(of, mostNames))
	}
	for _, m := range p.MassChanges {
		a.warn(p, schema.Pos{}, "Many changes", m.Text)
	}
}

// byPosition groups n indices by their positions, in the order of the first of each.
func byPosition(n int, at func(int) schema.Pos) [][]int {
	var groups [][]int
	number := map[schema.Pos]int{}
	for i := range n {
		g, ok := number[at(i)]
		if !ok {
			g = len(groups)
			number[at(i)] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// findings adds an annotation for each finding.
func (a *annotations) findings(p *plan.Plan, findings []schema.Finding) {
	for i := range findings {
		f := &findings[i]
		about := f.Summary + "."
		if f.Detail != "" {
			about = f.Detail
		}
		if f.Addr.Key != "" {
			about = f.Addr.String() + ": " + about
		}
		if f.Severity == schema.Warning {
			a.warn(p, f.Pos, f.Summary, about)
		} else {
			a.errors = append(a.errors, command("error", f.Pos, f.Summary, a.about(p)+about))
		}
	}
}

func (a *annotations) warn(p *plan.Plan, at schema.Pos, title, message string) {
	a.warnings = append(a.warnings, command("warning", at, title, a.about(p)+message))
}

// about begins a message if there are several plans.
func (a *annotations) about(p *plan.Plan) string {
	if a.several {
		return p.Provider + ": "
	}
	return ""
}

// command writes one command of GitHub Actions.
func command(level string, at schema.Pos, title, message string) string {
	properties := ""
	if at.Line > 0 {
		properties = fmt.Sprintf("file=%s,line=%d,", property(at.File), at.Line)
	}
	return fmt.Sprintf("::%s %stitle=%s::%s\n", level, properties, property(title), data(message))
}

// data escapes the message of a command.
func data(s string) string {
	s = text.WithoutCommands(text.Clean(strings.ReplaceAll(s, nbsp, " ")))
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes the value of a property of a command.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
