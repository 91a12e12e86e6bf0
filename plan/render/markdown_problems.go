package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// problems adds errors, limits that forbid the plan, attributes that change for many objects, and
// warnings.
func (m *markdownPlan) problems(known bool) {
	errors, warnings := bySeverity(m.plan.Findings)
	if len(errors) > 0 {
		m.findings(m.add(alert("CAUTION", "Errors: this plan cannot be applied, and its changes are not known")), errors, "error", "errors")
	}
	if len(m.plan.Violations) > 0 && known {
		m.findings(m.add(alert("CAUTION", StoppedTitle(m.plan)+": this plan cannot be applied")), m.plan.Violations, stoppedWords(m.plan, "limit", "check"), stoppedWords(m.plan, "limits", "checks"))
	}
	if len(m.plan.MassChanges)+len(warnings) == 0 {
		return
	}
	s := m.add(alert("WARNING", text.Count(len(m.plan.MassChanges)+len(warnings), "warning", "warnings")))
	for _, c := range m.plan.MassChanges {
		s.items = append(s.items, item{text: "> - " + prose(c.Text) + "\n", rank: rankWarning, what: quantity{n: 1, one: "warning", many: "warnings"}})
	}
	m.findings(s, warnings, "warning", "warnings")
}

// checks adds what became of the checks.
func (m *markdownPlan) checks() {
	if s := ChecksText(m.plan.Checks); s != "" {
		m.add(&section{items: []item{{rank: rankTenant, what: quantity{n: 1, one: "list of checks", many: "lists of checks"}, text: "**Checks**: " + prose(s) + "\n\n"}}})
	}
}

func bySeverity(findings []schema.Finding) (errors, warnings []schema.Finding) {
	for _, f := range findings {
		if f.Severity == schema.Error {
			errors = append(errors, f)
		} else {
			warnings = append(warnings, f)
		}
	}
	return errors, warnings
}

// findings adds findings to a list.
func (m *markdownPlan) findings(s *section, findings []schema.Finding, one, many string) {
	r := rankLimit
	if one == "warning" {
		r = rankWarning
	}
	for i := range findings {
		f := &findings[i]
		about := prose(f.Summary)
		if f.Addr.Key != "" {
			about += ": " + code(f.Addr.String())
		}
		if f.Pos.Line > 0 {
			about += " (" + code(fmt.Sprintf("%s:%d", f.Pos.File, f.Pos.Line)) + ")"
		}
		it := item{text: "> - " + about + "\n", rank: r, what: quantity{n: 1, one: one, many: many}}
		if f.Detail != "" {
			it.short, it.text = it.text, "> - "+about+".<br>"+prose(f.Detail)+"\n"
		}
		s.items = append(s.items, it)
	}
}

// mostTogether is the number of names in one item.
const mostTogether = 20

// dangers adds who becomes administrator or gains privileged rights, and through what.
func (m *markdownPlan) dangers() {
	if len(m.plan.Danger) == 0 {
		return
	}
	s := m.add(alert("CAUTION", "Danger: "+strings.Join(dangerCounts(m.plan.Danger), "; ")))
	for _, g := range m.rights.dangerGroups() {
		people := ""
		if len(g.first.People) > 0 {
			people = " (declared users: " + prose(m.people(g.first.People)) + ")"
		}
		for names := range slices.Chunk(m.clip(g.names), mostTogether) {
			s.items = append(s.items, item{
				text: "> - " + codes(names) + g.verb() + prose(join(g.rights)+join(g.causes())) + people + "\n", short: "> - " + codes(names) + g.verb() + "…\n",
				rank: rankDanger, what: quantity{n: len(names), one: "name that gains privileged rights", many: "names that gain privileged rights"},
			})
		}
	}
}

// longestName is the number of bytes of a name in a page that is cut, so that one name does not hide
// others.
const longestName = 200

// clip shortens names that are very long, unless the page is whole.
func (m *markdownPlan) clip(names []string) []string {
	if m.Verbose {
		return names
	}
	short := slices.Clone(names)
	for i, n := range short {
		if len(n) > longestName {
			short[i] = strings.ToValidUTF8(n[:longestName], "") + "…"
		}
	}
	return short
}

// mostUnfolded is the number of names that lose all rights and are shown without a click.
const mostUnfolded = 50

// losses adds who loses all rights.
func (m *markdownPlan) losses() {
	subjects := losesAll(m.plan)
	if len(subjects) == 0 {
		return
	}
	what := quantity{one: "name that loses all rights", many: "names that lose all rights"}
	s := m.add(alert("CAUTION", losesAllWords(subjects)))
	if len(subjects) > mostUnfolded {
		s.items = []item{{text: "> - The folded parts below name them, as far as they fit.\n", rank: rankLossOfAll}}
		s = m.folded("Who loses all rights", whoOf(subjects))
	}
	removed := map[schema.Address]bool{} // the changes name them, too
	for i := range m.plan.Changes {
		if c := &m.plan.Changes[i]; c.Action.Removes() {
			removed[c.Addr] = true
		}
	}
	var named [2][]string // of those who stay, and of those who are removed
	for i := range subjects {
		at := 0
		if removed[subjects[i].Subject] {
			at = 1
		}
		named[at] = append(named[at], m.rights.subjectName(subjects[i].Subject, subjects[i].Person))
	}
	for at, r := range [...]rank{rankLossOfAll, rankLoss} {
		for names := range slices.Chunk(m.clip(named[at]), mostTogether) {
			it := item{text: "> - " + codes(names) + "\n", rank: rankLossOfAll, what: what}
			it.what.n = len(names)
			if s.fence {
				it.rank = r
				it.text = m.diff(func() { m.line(row(margin, as(warning, "- "), say(strings.Join(names, ", "))).hanging(bodyStart)) })
			}
			s.items = append(s.items, it)
		}
	}
}
