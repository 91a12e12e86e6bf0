package cmd

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan/review"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// review writes the summary of the review of a tenant.
func (w *answerText) review(s *tenantState, t *review.Tenant) {
	w.tenant(s)
	count := review.Count(t)
	w.line(0, count.Words(len(t.NotSeen) > 0))
	w.since(t)
	w.people(t, "No file declares", func(p *review.Person) bool { return p.Orphan })
	w.people(t, "Administrators", func(p *review.Person) bool { return p.Administrator })
	w.people(t, "Not administrators, with privileged rights", func(p *review.Person) bool { return p.Privileged && !p.Administrator })
	w.people(t, "Access that ends", func(p *review.Person) bool { return p.Ends() != "" })
	w.unseen(s)
}

// people lists the people of a sort.
func (w *answerText) people(t *review.Tenant, title string, is func(*review.Person) bool) {
	var found []*review.Person
	for _, p := range t.People {
		if is(p) {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		return
	}
	w.blank()
	w.heading(title + ": " + text.Number(len(found)))
	for i, p := range found {
		if i == shownSubjects && !w.verbose && len(found) > shownSubjects+1 {
			w.line(2, text.Number(len(found)-i)+" more; --verbose shows all")
			return
		}
		w.item("  - ", w.person(t, p))
	}
}

// person describes a person in a line: who, and what they hold.
func (w *answerText) person(t *review.Tenant, p *review.Person) string {
	s := p.Who()
	if p.Name != "" {
		s += " (" + p.Name + ")"
	}
	if p.State != review.Active && p.State != review.NotKnown && p.State != "" {
		s += ", " + p.State.Words()
	}
	return s + ": " + t.Roles(p, w.limit(review.Short)) + "  " + positionWords(&p.Position)
}

// positionWords says where a person is declared, and who last changed that line.
func positionWords(at *review.Position) string {
	s := at.Where()
	switch {
	case at.NotCommitted:
		s += ", not committed"
	case at.ID != "":
		s += ", " + at.Author + " on " + review.Day(at.Date)
	}
	return s
}

// since writes what changed since an earlier review.
func (w *answerText) since(t *review.Tenant) {
	if t.Since == nil {
		return
	}
	w.blank()
	w.heading(t.Since.Words())
	for i := range t.Since.Changes {
		if i == 3*shownSubjects && !w.verbose && len(t.Since.Changes) > 3*shownSubjects+1 {
			w.line(2, text.Number(len(t.Since.Changes)-i)+" more; --verbose shows all")
			return
		}
		x := &t.Since.Changes[i]
		s := x.Who()
		if x.Name != "" {
			s += " (" + x.Name + ")"
		}
		s += " " + string(x.What)
		if what := x.Sentences(w.limit(review.Short)); len(what) > 0 {
			s += ": " + strings.Join(what, "; ")
		}
		w.item("  - ", s)
	}
}
