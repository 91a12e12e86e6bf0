package render

import (
	"bytes"
	"html"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// diffWidth is the number of columns of a diff that a comment shows without scrolling.
const diffWidth = 100

// newComment makes the sections of all plans. With whole false, long values are shortened as in a
// terminal.
func newComment(d *plan.Document, whole bool) *comment {
	c := &comment{doc: d}
	known := true // what the plans change; not if one has errors
	for _, p := range d.Plans {
		known = known && p.Errors() == 0
	}
	if known {
		c.assertions()
	}
	for _, p := range d.Plans {
		m := newMarkdownPlan(p, whole)
		m.tenant(len(d.Plans) > 1, known)
		if known {
			m.dangers()
			m.losses()
		}
		m.problems(known)
		if known {
			m.changes()
			m.checks()
		}
		c.sections = append(c.sections, m.sections...)
	}
	return c
}

// assertions adds the results of the assertions, with the first failures of each.
func (c *comment) assertions() {
	for i := range c.doc.Assertions {
		a := &c.doc.Assertions[i]
		what := quantity{n: 1, one: "assertion", many: "assertions"}
		if a.Holds {
			c.sections = append(c.sections, &section{items: []item{{rank: rankTenant, what: what, text: code(string(a.Name)) + " holds: " + prose(a.Text) + ".\n\n"}}})
			continue
		}
		s := alert("CAUTION", code(string(a.Name))+" does not hold: it requires that "+prose(a.Text))
		for j := range a.Failures {
			s.items = append(s.items, item{rank: rankLimit, what: what, text: "> - " + prose(a.Failures[j].Text) + "\n"})
		}
		if rest := a.Total - len(a.Failures); rest > 0 {
			s.items = append(s.items, item{rank: rankLimit, what: what, text: "> - and " + text.Number(rest) + " more\n"})
		}
		c.sections = append(c.sections, s)
	}
}

// A markdownPlan makes the sections of one plan. Lines for a fence are written on its page.
type markdownPlan struct {
	*planPage
	list     *changeList
	rights   *outcomeList
	out      bytes.Buffer
	sections []*section
}

func newMarkdownPlan(p *plan.Plan, whole bool) *markdownPlan {
	m := &markdownPlan{}
	o := Options{Width: diffWidth, Verbose: whole}
	w := newPage(&m.out, o)
	w.diff = true
	privileges, marked := marks(p)
	v := &values{o, p}
	m.planPage = &planPage{w, v, marked}
	m.list = m.changeList()
	m.list.whole = true
	m.rights = &outcomeList{w, effects{v, privileges}}
	return m
}

// diff returns the lines that write writes on the page.
func (m *markdownPlan) diff(write func()) string {
	m.begun, m.space = false, false
	write()
	m.err = m.flush() // a buffer takes everything
	s := m.out.String()
	m.out.Reset()
	return s
}

func (m *markdownPlan) add(s *section) *section {
	m.sections = append(m.sections, s)
	return s
}

// alert returns a section that is highlighted and has a list.
func alert(sort, title string) *section {
	return &section{open: "> [!" + sort + "]\n> **" + title + "**\n>\n", close: "\n"}
}

// folded adds a section with a fence that is closed at first.
func (m *markdownPlan) folded(title, about string) *section {
	return m.add(&section{open: "<details><summary><b>" + html.EscapeString(title) + "</b>: " + html.EscapeString(about) + "</summary>\n\n", close: "</details>\n\n", fence: true})
}

// tenant adds the tenant and the numbers of its plan.
func (m *markdownPlan) tenant(several, known bool) {
	p := m.plan
	var b strings.Builder
	if several {
		b.WriteString("### ")
	}
	b.WriteString(code(p.Provider))
	if p.Tenant != "" {
		b.WriteString(", tenant " + code(p.Tenant))
	}
	if p.Endpoint != "" {
		b.WriteString(" at " + code(p.Endpoint))
	}
	if p.Self.Key != "" {
		b.WriteString(", as " + code(p.Self.Key))
	}
	b.WriteString("\n\n")
	if known {
		begin, rest := conclusion(p)
		b.WriteString(strings.TrimSpace("**"+strings.TrimSpace(begin)+"** "+prose(rest)) + "\n\n" + Requests(p.Requests) + ".\n\n")
	}
	if p.Scope != nil {
		for _, s := range p.Scope.Text() {
			b.WriteString("- " + prose(s) + "\n")
		}
		b.WriteString("\n")
	}
	if n := len(p.Excluded); known && n > 0 {
		b.WriteString("**Excluded by** `" + p.ExcludedBy() + "`: " + text.Count(n, "change", "changes") + " that the files ask for and this plan does not make.\n\n")
	}
	m.add(&section{items: []item{{text: b.String(), rank: rankTenant, what: quantity{n: 1, one: "tenant", many: "tenants"}}}})
}
