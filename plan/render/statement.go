package render

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// outcome writes one group: the subjects, the rights that they lose, and those that they gain.
func (p *outcomeList) outcome(g outcome) {
	subjects := make([]string, len(g.subjects))
	for i := range g.subjects {
		subjects[i] = p.nameOf(g.subjects[i].Subject)
	}
	head := row(margin, as(strong, subjects[0])).hanging(bodyStart)
	if words := g.handing(&g.subjects[0]); words != "" {
		head.spans = append(head.spans, as(warning, words))
	}
	if len(subjects) > 1 {
		most := p.atMost(len(subjects), mostNames)
		if p.dangerous(g) {
			most = len(subjects)
		}
		head = named(someClean(subjects, most), as(strong, who(g.subjects)))
	}
	p.line(head)
	if people := peopleOf(g.subjects); len(people) > 0 {
		p.line(named(p.people(people), say("    declared users")).hanging(bodyStart + 2))
	}
	p.statements(g)
}

// handing says what happens to the account of a subject if it gets another name.
func (g *outcome) handing(d *rights.Difference) string {
	other, is := g.handed[d.Subject]
	if !is {
		return ""
	}
	return text.Choose(len(d.Gained) == 0, " loses the account to ", " gets the account of ") + text.Clean(other.Key)
}

// A statement says that subjects gain or lose rights.
type statement struct {
	bundle
	gains bool
	style style
}

// statementsOf says what a subject loses, then what it gains, the most important first.
func (p *effects) statementsOf(d *rights.Difference) []statement {
	var out []statement
	add := func(gains bool, s style, grants []schema.Grant) {
		for _, b := range bundles(grants) {
			out = append(out, statement{b, gains, s})
		}
	}
	least := func(g schema.Grant) bool { return g.Least }
	more := func(g schema.Grant) bool { return !g.Least }
	add(false, warning, slices.DeleteFunc(slices.Clone(d.Lost), least))
	add(false, removed, slices.DeleteFunc(slices.Clone(d.Lost), more))
	privileged, rest := p.privileged(d)
	add(true, danger, privileged)
	add(true, added, rest)
	return out
}

// verb begins a statement about n subjects.
func (s *statement) verb(n int) string {
	return text.Choose(s.gains, "+ gain", "- lose") + text.Choose(n == 1, "s ", " ")
}

// peopleOf lists the declared users for whom subjects stand, each once.
func peopleOf(subjects []rights.Difference) []schema.Address {
	var out []schema.Address
	for i := range subjects {
		out = append(out, subjects[i].People...)
	}
	slices.SortFunc(out, schema.Address.Compare)
	return slices.Compact(out)
}

// nameOf returns the display name of an object, or its key.
func (v *values) nameOf(a schema.Address) string {
	if label := v.plan.DisplayNames[a.Key]; label != "" {
		return v.labelled(a.Key, label)
	}
	return text.Clean(a.Key)
}

func (v *values) people(people []schema.Address) string {
	names := make([]string, len(people))
	for i, a := range people {
		names[i] = v.nameOf(a)
	}
	return someClean(names, v.atMost(len(names), mostNames))
}

// statements writes rights, their places and the objects that give them: on one line if they fit,
// on two, or on a line for each.
func (p *outcomeList) statements(g outcome) {
	for _, s := range p.statementsOf(&g.subjects[0]) {
		what := []span{as(s.style, s.verb(len(g.subjects))+p.rights(s.bundle.rights))}
		parts := p.where(s.bundle, g.apart)
		together := beforeEach(say(" "), parts)
		if bodyStart+width(what)+width(together) <= p.Width {
			p.line(row(bodyStart, append(what, together...)...))
			continue
		}
		p.line(row(bodyStart, what...).hanging(bodyStart + 2))
		if bodyStart+2+width(together)-1 <= p.Width {
			p.line(row(bodyStart+1, together...))
			continue
		}
		for _, part := range parts {
			p.line(row(bodyStart+2, part).hanging(bodyStart + 4))
		}
	}
}

func beforeEach(gap span, parts []span) []span {
	var out []span
	for _, part := range parts {
		out = append(out, gap, part)
	}
	return out
}

func (v *values) rights(rights []string) string {
	most := v.atMost(len(rights), mostRights)
	list := some(rights, most)
	if len(rights) > most+1 {
		list += nbsp + "rights"
	}
	return list
}

// where returns the places of rights and the object that gives them.
func (v *values) where(b bundle, apart bool) []span {
	var parts []span
	if places := v.places(b.scopes); apart {
		parts = append(parts, say("each in different places"))
	} else if places != "" {
		parts = append(parts, say("on "+places))
	}
	if b.via != "" {
		parts = append(parts, as(dim, "through "+text.Clean(b.via)))
	}
	return parts
}

// places lists scopes, opaque ones by their display names. Scopes of several words are separated by
// semicolons.
func (v *values) places(scopes []string) string {
	most := v.atMost(len(scopes), mostScopes)
	shown := make([]string, most)
	for i, s := range v.ordered(scopes)[:most] {
		shown[i] = text.Clean(s)
		if label := v.plan.DisplayNames[s]; label != "" {
			shown[i] = v.labelled(s, label)
		}
	}
	between := ", "
	if slices.ContainsFunc(scopes, func(s string) bool { return strings.Contains(s, " ") }) {
		between = "; "
	}
	list := strings.Join(shown, between)
	if rest := len(scopes) - most; rest > 0 {
		list += " and" + nbsp + text.Number(rest) + nbsp + "more" + nbsp + "places"
	}
	return list
}
