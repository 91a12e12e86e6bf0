package render

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A DangerView is subjects that become administrator or gain the same privileged rights.
type DangerView struct {
	Administrator bool
	Subjects      []SubjectView
	Verb          string // "becomes administrator", "gain privileged rights"
	Rights        StatementView
	People        []string // declared users for whom the subjects stand
	CausedBy      []schema.Address
}

// An OutcomeView is subjects whose rights change in the same way.
type OutcomeView struct {
	Title      string // "37 users", or the name of the only subject
	Subjects   []SubjectView
	People     []string // declared users for whom the subjects stand
	Dangerous  bool     // a subject gains privileged rights
	Statements []StatementView
	CausedBy   []schema.Address
}

// A StatementView says which rights subjects gain or lose, in which places and through which objects.
type StatementView struct {
	Line  Line // with only the first ones of many rights and places
	Whole Line // nil if Line is whole
}

func statementView(line, whole Line) StatementView {
	if slices.Equal(line, whole) {
		return StatementView{Line: line}
	}
	return StatementView{line, whole}
}

// A SubjectView is a subject whose rights change.
type SubjectView struct {
	Name     string // display name or key, with what happens to the account if it is renamed
	Address  schema.Address
	CausedBy []schema.Address
	// Own are the places or statements that the other subjects of the group do not share.
	Own []Line
}

// rights fills in who gains and loses which rights. short shortens lists and decides which subjects
// are shown together; words does not shorten.
func (v *View) rights(short, words *effects) {
	for _, g := range words.dangerGroups() {
		d := DangerView{Administrator: g.first.Administrator, Verb: dangerVerb(g.first.Administrator, number(g.names, g.first)), Rights: statementView(viewLine(short.dangerRights(g.first)), viewLine(g.rights))}
		var people []schema.Address
		for i, s := range g.subjects {
			d.Subjects = append(d.Subjects, SubjectView{Name: say(g.names[i]).clean(), Address: s.Subject, CausedBy: s.CausedBy})
			d.CausedBy = append(d.CausedBy, s.CausedBy...)
			people = append(people, s.People...)
		}
		d.CausedBy, d.People = unique(d.CausedBy), words.names(unique(people))
		v.Danger = append(v.Danger, d)
	}
	if all := losesAll(words.plan); len(all) > 0 {
		v.LosingAll = words.subjects(all, outcome{})
		v.LosingAll.Title = losesAllWords(all)
	}
	losing, gaining := short.outcomes()
	for _, g := range losing {
		v.Losing = append(v.Losing, words.view(g, short))
	}
	for _, g := range gaining {
		v.Gaining = append(v.Gaining, words.view(g, short))
	}
}

// view returns a group with its statements.
func (p *effects) view(g outcome, short *effects) OutcomeView {
	out := p.subjects(g.subjects, g)
	out.Title, out.Dangerous = who(g.subjects), p.dangerous(g)
	if len(g.subjects) == 1 {
		out.Title = out.Subjects[0].Name
	}
	n := len(g.subjects)
	for _, s := range p.statementsOf(&g.subjects[0]) {
		out.Statements = append(out.Statements, statementView(short.sentence(s, n, g.apart), p.sentence(s, n, g.apart)))
	}
	return out
}

// subjects returns the view of subjects, and of what causes that their rights change.
func (p *effects) subjects(all []rights.Difference, g outcome) OutcomeView {
	out := OutcomeView{People: p.names(peopleOf(all))}
	for i := range all {
		d := &all[i]
		s := SubjectView{Name: say(p.subjectName(d.Subject, d.Person) + g.handing(d)).clean(), Address: d.Subject, CausedBy: d.CausedBy}
		if g.apart {
			s.Own = p.own(d)
		}
		out.Subjects = append(out.Subjects, s)
		out.CausedBy = append(out.CausedBy, d.CausedBy...)
	}
	out.CausedBy = unique(out.CausedBy)
	return out
}

// sentence writes a statement about n subjects.
func (p *effects) sentence(s statement, n int, apart bool) Line {
	words := []span{as(s.style, s.verb(n)+p.values.rights(s.bundle.rights))}
	return viewLine(append(words, beforeEach(say(" "), p.where(s.bundle, apart))...))
}

// own writes the places of the rights of one subject, with the rights if there are several statements.
func (p *effects) own(d *rights.Difference) []Line {
	all := p.statementsOf(d)
	if len(all) == 1 {
		return []Line{viewLine([]span{say(p.places(all[0].scopes))})}
	}
	out := make([]Line, len(all))
	for i, s := range all {
		out[i] = p.sentence(s, 1, false)
	}
	return out
}

func (v *values) names(all []schema.Address) []string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = say(v.nameOf(a)).clean()
	}
	return out
}

func unique(all []schema.Address) []schema.Address {
	slices.SortFunc(all, schema.Address.Compare)
	return slices.Compact(all)
}
