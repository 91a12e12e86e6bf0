package render

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A dangerList writes which subjects gain privileged rights.
type dangerList struct{ *outcomeList }

// dangers writes all subjects that become administrator or gain privileged rights, whatever the
// options. Subjects that gain the same rights for the same reason share a line with all names.
func (p *dangerList) dangers() {
	if len(p.plan.Danger) == 0 {
		return
	}
	p.gap()
	p.line(row(0, as(danger, "Danger: "+strings.Join(dangerCounts(p.plan.Danger), "; "))).hanging(margin))
	for _, g := range p.dangerGroups() {
		spans := append([]span{as(danger, "! "+strings.Join(g.names, ", ")+g.verb())}, g.rights...)
		p.line(row(margin, append(spans, g.causes()...)...).hanging(bodyStart))
		if people := g.first.People; len(people) > 0 {
			p.line(named(p.people(people), say("    declared users")).hanging(bodyStart + 2))
		}
	}
}

// A dangerGroup is subjects that gain the same privileged rights for the same reason.
type dangerGroup struct {
	names    []string
	subjects []*plan.Danger // in the order of the names
	first    *plan.Danger
	rights   []span
}

// verb goes between the names and the rights.
func (g *dangerGroup) verb() string {
	verb := " " + dangerVerb(g.first.Administrator, number(g.names, g.first)) + ": "
	if !g.first.Administrator {
		verb = strings.TrimSuffix(verb, " privileged rights: ") + " "
	}
	return verb
}

// dangerGroups groups the subjects that gain privileged rights, administrators first.
func (p *effects) dangerGroups() []*dangerGroup {
	handed := p.plan.HandedOver()
	var groups []*dangerGroup
	at := map[string]*dangerGroup{}
	for i := range p.plan.Danger {
		d := &p.plan.Danger[i]
		now := &dangerGroup{first: d, rights: p.dangerRights(d)}
		key := join(now.rights) + join(now.causes())
		if d.Administrator {
			key = "administrator " + key
		}
		g := at[key]
		if g == nil {
			g = now
			at[key] = g
			groups = append(groups, g)
		}
		name := p.subjectName(d.Subject, d.Person)
		if other, is := handed[d.Subject]; is {
			name += " (gets the account of " + text.Clean(other.Key) + ")"
		}
		g.names, g.subjects = append(g.names, name), append(g.subjects, d)
	}
	slices.SortStableFunc(groups, func(a, b *dangerGroup) int { return trueFirst(a.first.Administrator, b.first.Administrator) })
	return groups
}

// subjectName names a user by the display name or the key, and the users of another subject by its address.
func (p *effects) subjectName(subject schema.Address, person bool) string {
	if person {
		return p.nameOf(subject)
	}
	return theirPeople(subject)
}

// theirPeople names an object that stands for users.
func theirPeople(subject schema.Address) string {
	return "the people of " + text.Clean(subject.String())
}

func dangerVerb(administrator bool, n int) string {
	switch {
	case administrator && n == 1:
		return "becomes administrator"
	case administrator:
		return "become administrators"
	case n == 1:
		return "gains privileged rights"
	}
	return "gain privileged rights"
}

// number returns the grammatical number for names in a sentence: a subject that stands for users is
// plural.
func number(names []string, last *plan.Danger) int {
	if !last.Person {
		return 2
	}
	return len(names)
}

// dangerRights writes the rights, their places and the objects that give them.
func (p *effects) dangerRights(d *plan.Danger) []span {
	var spans []span
	for i, b := range bundles(d.Gained) {
		if i > 0 {
			spans = append(spans, as(danger, "; "))
		}
		spans = append(spans, as(danger, p.rights(b.rights)))
		spans = append(spans, beforeEach(say(" "), p.where(b, false))...)
	}
	return spans
}

// causes writes the changes that cause the rights if these are not only the subject's own.
func (g *dangerGroup) causes() []span {
	names := make([]string, len(g.first.CausedBy))
	others := false
	for i, a := range g.first.CausedBy {
		names[i] = a.String()
		others = others || a != g.first.Subject
	}
	if !others {
		return nil
	}
	return []span{as(dim, ", see "+some(names, mostNames))}
}

// dangerCounts counts the subjects that become administrators and those that gain privileged rights.
func dangerCounts(all []plan.Danger) []string {
	var out []string
	for _, same := range byRank(all) {
		n := len(same)
		subjects := make([]rights.Difference, n)
		for i, d := range same {
			subjects[i] = rights.Difference{Subject: d.Subject, Person: d.Person}
			if !d.Person { // the subject stands for several users
				n = max(n, 2)
			}
		}
		out = append(out, strings.ReplaceAll(whoOf(subjects), ", ", " and ")+" "+dangerVerb(same[0].Administrator, n))
	}
	return out
}

// byRank returns the subjects that become administrator and the others, without empty lists.
func byRank(all []plan.Danger) [][]plan.Danger {
	var out [][]plan.Danger
	for _, administrator := range [...]bool{true, false} {
		same := slices.DeleteFunc(slices.Clone(all), func(d plan.Danger) bool { return d.Administrator != administrator })
		if len(same) > 0 {
			out = append(out, same)
		}
	}
	return out
}

// mostPhrased is the number of names in the last line of a plan; it counts more. The first section
// has all names.
const mostPhrased = 10

// dangerPhrase writes the subjects that gain privileged rights at the end of a plan.
func (p *dangerList) dangerPhrase() {
	if len(p.plan.Danger) == 0 {
		return
	}
	parts := dangerCounts(p.plan.Danger)
	if len(p.plan.Danger) <= mostPhrased {
		parts = nil
		for _, same := range byRank(p.plan.Danger) {
			names := make([]string, len(same))
			for i := range same {
				names[i] = p.subjectName(same[i].Subject, same[i].Person)
			}
			last := &same[len(same)-1]
			parts = append(parts, text.And(names)+" "+dangerVerb(last.Administrator, number(names, last)))
		}
	}
	p.line(row(0, as(danger, "Danger: "+strings.Join(parts, "; ")+".")).hanging(margin))
}

// marks returns the objects that are never summarized: subjects that gain privileged rights, and the
// changes that cause that.
func marks(pl *plan.Plan) (privileges map[schema.Address]*plan.Danger, marked map[schema.Address]bool) {
	privileges, marked = map[schema.Address]*plan.Danger{}, map[schema.Address]bool{}
	for i := range pl.Danger {
		d := &pl.Danger[i]
		privileges[d.Subject], marked[d.Subject] = d, true
		for _, a := range d.CausedBy {
			marked[a] = true
		}
	}
	return privileges, marked
}

// markedFirst counts the marked changes at the start.
func (m *changeBlocks) markedFirst(changes []*plan.Change) int {
	n := 0
	for n < len(changes) && m.marked[changes[n].Addr] {
		n++
	}
	return n
}

// privileged divides the gained rights into privileged and others.
func (p *effects) privileged(d *rights.Difference) (privileged, rest []schema.Grant) {
	at := p.privileges[d.Subject]
	if at == nil {
		return nil, d.Gained
	}
	for _, g := range d.Gained {
		if slices.ContainsFunc(at.Gained, func(x schema.Grant) bool { return rights.Compare(x, g) == 0 }) {
			privileged = append(privileged, g)
		} else {
			rest = append(rest, g)
		}
	}
	return privileged, rest
}
