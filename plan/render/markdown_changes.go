package render

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// changes adds the changes by kind, who loses and gains which rights, and what the plan leaves alone.
func (m *markdownPlan) changes() {
	m.byKind(m.plan.Changes, false)
	losing, gaining := m.rights.outcomes()
	m.affected("Who loses rights", losing, rankLoss, quantity{one: "subject that loses rights", many: "subjects that lose rights"})
	m.affected("Who gains rights", gaining, rankGain, quantity{one: "subject that gains rights", many: "subjects that gain rights"})
	m.byKind(m.plan.Observed, true)
	m.expiring()
	m.unmanaged()
	m.excluded()
}

// byKind adds a section for each kind, with the riskiest change first.
func (m *markdownPlan) byKind(changes []plan.Change, observed bool) {
	list := *m.list
	list.watching = observed
	list.second = secondSteps(changes)
	wide := widening(m.plan)
	for _, g := range list.byKind(changes, everything) {
		name := title(g.kind, g.name)
		if observed {
			name += ", only observed"
		}
		s := m.folded(name, list.numbers(g))
		for _, same := range byAction(g.changes) {
			marked := list.markedFirst(same)
			groups := append(singles(same[:marked]), list.alike(same[marked:])...)
			for _, alike := range groups {
				s.items = append(s.items, m.change(&list, alike, rankOf(alike[0], list.marked, wide, observed)))
			}
		}
	}
}

// alike groups updates that are equal in all that their blocks say. Other changes are alone.
func (m *changeBlocks) alike(changes []*plan.Change) [][]*plan.Change {
	if len(changes) == 0 || changes[0].Action != schema.Update {
		return singles(changes)
	}
	var out [][]*plan.Change
	for _, g := range m.similar(changes) {
		if len(g.changes) >= fewAlike {
			out = append(out, g.changes)
		} else {
			out = append(out, singles(g.changes)...)
		}
	}
	return out
}

func singles(changes []*plan.Change) [][]*plan.Change {
	return slices.Collect(slices.Chunk(changes, 1))
}

// change returns the item of changes that are alike. It is followed by a blank line if it has several
// lines.
func (m *markdownPlan) change(list *changeList, alike []*plan.Change, r rank) item {
	c := alike[0]
	n := len(alike)
	for _, c := range alike {
		if list.second[c] != nil {
			n++
		}
	}
	it := item{rank: r, what: quantity{n: n, kind: manyOf(kindOf(c), c.Addr.Kind), action: c.Action}}
	if list.watching {
		it.what = quantity{n: n, one: "observed difference", many: "observed differences"}
	}
	it.write = func() (text, short string) {
		b := list.blockOf(c)
		if len(alike) > 1 {
			b = list.together(b, alike)
		}
		text = m.diff(func() { list.block(b, true) })
		short = m.diff(func() { list.line(b.head) })
		if len(alike) > 1 {
			short += m.diff(func() { list.line(row(bodyStart, as(dim, some(keys(alike), mostNames)))) })
		}
		if strings.Count(text, "\n") > 1 {
			text += "\n"
		}
		return text, short
	}
	return it
}

func rankOf(c *plan.Change, marked, wide map[schema.Address]bool, observed bool) rank {
	switch {
	case observed:
		return rankRest
	case marked[c.Addr]:
		return rankDanger
	}
	switch c.Action {
	case schema.Delete, schema.Refuse:
		return rankDelete
	case schema.Deactivate:
		return rankDeactivate
	case schema.Update, schema.Rename:
		if wide[c.Addr] {
			return rankWiden
		}
		return rankUpdate
	case schema.Create:
		return rankCreate
	}
	return rankRest
}

// affected adds which subjects lose or gain rights.
func (m *markdownPlan) affected(title string, groups []outcome, r rank, what quantity) {
	if len(groups) == 0 {
		return
	}
	s := m.folded(title, whoOf(subjectsOf(groups)))
	for _, g := range groups {
		it := item{rank: r, what: what}
		it.what.n = len(g.subjects)
		it.write = func() (text, short string) { return m.diff(func() { m.rights.outcome(g) }) + "\n", "" }
		s.items = append(s.items, it)
	}
}

// expiring adds what expires soon, and what has expired and can leave the files.
func (m *markdownPlan) expiring() {
	list := m.plan.Expiring
	if len(list) == 0 {
		return
	}
	s := m.folded("Expiry", "temporary access that ends soon, or that has ended and can leave the files")
	for _, g := range alike(list) {
		s.items = append(s.items, item{
			text: m.diff(func() { m.line(row(margin, say(g.goneText(m.plan))).hanging(bodyStart)) }),
			rank: rankRest, what: quantity{n: 1, one: "day of expiry", many: "days of expiry"},
		})
	}
}

// unmanaged adds the undeclared objects.
func (m *markdownPlan) unmanaged() {
	n := 0
	for _, u := range m.plan.Unmanaged {
		n += len(u.Keys)
	}
	if n == 0 {
		return
	}
	s := m.folded("Left alone", text.Count(n, "object", "objects")+" that the files do not declare, so they stay as they are")
	for _, u := range m.plan.Unmanaged {
		if len(u.Notable) > 0 {
			s.items = append(s.items, m.undeclared(len(u.Notable), notable(u)))
		}
	}
	for _, u := range m.plan.Unmanaged {
		if rest := plainKeys(u); len(rest) > 0 {
			s.items = append(s.items, m.undeclared(len(rest), m.undeclaredLine(u, rest)))
		}
	}
}

func (m *markdownPlan) undeclared(n int, l line) item {
	return item{text: m.diff(func() { m.line(l) }), rank: rankRest, what: quantity{n: n, one: "undeclared object", many: "undeclared objects"}}
}

// excluded adds the changes that --target excludes.
func (m *markdownPlan) excluded() {
	if len(m.plan.Excluded) == 0 {
		return
	}
	s := m.folded("Excluded by "+m.plan.ExcludedBy(), text.Count(len(m.plan.Excluded), "change", "changes"))
	list := *m.list
	for _, g := range list.byKind(m.plan.Excluded, everything) {
		for _, same := range byAction(g.changes) {
			s.items = append(s.items, item{
				text: m.diff(func() { m.line(m.excludedLine(g, same)) }),
				rank: rankRest, what: quantity{n: len(same), one: "excluded change", many: "excluded changes"},
			})
		}
	}
}
