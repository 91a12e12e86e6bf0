package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An answerText writes answers for people.
type answerText struct {
	b         strings.Builder
	s         *Streams
	verbose   bool
	something bool
}

func newAnswerText(s *Streams, verbose bool) *answerText { return &answerText{s: s, verbose: verbose} }

// The numbers of subjects, rights and places that a shortened list shows.
const (
	shownSubjects = 10
	shownRights   = 60
	shownPlaces   = 8
)

func (w *answerText) flush() error {
	_, err := io.WriteString(w.s.Out, w.b.String())
	return err
}

func (w *answerText) line(indent int, words string) {
	w.b.WriteString(text.Indent(text.Clean(words), strings.Repeat(" ", indent), w.s.Width) + "\n")
}

// item writes a member of a list, whose further lines are indented.
func (w *answerText) item(mark, words string) {
	lines := text.Indent(text.Clean(words), strings.Repeat(" ", len(mark)), w.s.Width)
	w.b.WriteString(mark + lines[len(mark):] + "\n")
}

func (w *answerText) blank() { w.b.WriteByte('\n') }

// heading writes a line that stands out.
func (w *answerText) heading(words string) {
	w.b.WriteString(text.Style(w.s.Color).Bold(text.Clean(words)) + "\n")
}

// tenant begins the answer for a tenant.
func (w *answerText) tenant(t *tenantState) {
	if w.something {
		w.blank()
	}
	w.something = true
	if t.tenant == "" {
		w.heading(t.name + ": as the files declare it")
	} else {
		w.heading(t.name + ": tenant " + t.tenant + " at " + t.endpoint)
	}
	w.blank()
}

// who writes who has a right.
func (w *answerText) who(t *tenantState, a *access.Answer) {
	unseen, _ := t.Unseen()
	who, has := countedSubjects(a.Ways)
	head := who + " " + has + a.Right + inScope(a.Scope)
	switch {
	case len(a.Ways) == 0 && len(a.Unknown)+len(unseen) > 0:
		head = "Nobody is known to have " + a.Right + inScope(a.Scope)
	case len(a.Ways) == 0:
		head = "Nobody has " + a.Right + inScope(a.Scope)
	case len(unseen) > 0:
		head = "At least " + head
	}
	w.line(0, head+".")
	for i := range a.Ways {
		w.blank()
		w.way(t, a, &a.Ways[i])
	}
	if len(a.Unknown) > 0 {
		w.blank()
		who, has := countedSubjects(a.Unknown)
		w.heading("It is not known whether " + who + " " + has + "it too")
		for i := range a.Unknown {
			w.way(t, a, &a.Unknown[i])
		}
	}
}

// way writes one way by which subjects have a right.
func (w *answerText) way(t *tenantState, a *access.Answer, way *access.Way) {
	w.line(0, wayWords(a, way))
	w.chain(4, &way.Chain)
	if way.Anyone != "" {
		w.item("  - ", way.Anyone)
	}
	for i := range way.Who {
		if i == shownSubjects && !w.verbose && len(way.Who) > shownSubjects+1 {
			w.line(2, text.Number(len(way.Who)-i)+" more; --verbose shows all")
			return
		}
		h := &way.Who[i]
		s := subjectWords(t, h.Subject)
		if h.Through != nil {
			s += "; " + h.Through.Addr.Kind + "  " + originWords(*h.Through)
		}
		s += untilWords(h.Until)
		if len(h.Scopes) > 0 {
			s += ", on " + text.List(h.Scopes, w.limit(shownPlaces))
		}
		w.item("  - ", s)
	}
}

// wayWords describes a way.
func wayWords(a *access.Answer, way *access.Way) string {
	s := "Through " + way.Via
	if way.Via == "" {
		s = "Through " + way.Chain.Holder.Addr.String()
	}
	if way.Right != a.Right {
		s += ", " + way.Right
	}
	if way.Scope != "" {
		s += ", on " + way.Scope
	}
	switch {
	case way.Extent == access.Part && way.Covered == 0:
		s += ", each on places of their own"
	case way.Extent == access.Part:
		s += fmt.Sprintf(": %s of its %s", text.Number(way.Covered), text.Count(a.Scope.Places, "place", "places"))
	}
	return s
}

// chain writes the objects of a chain with where they are declared.
func (w *answerText) chain(indent int, c *access.Chain) {
	for _, l := range c.Links() {
		w.line(indent, l.Addr.String()+"  "+originWords(l))
	}
}

// subjectWords names a subject, with where it is declared.
func subjectWords(t *tenantState, sub *access.Subject) string {
	s := sub.Addr.Key
	if !sub.Person {
		s = sub.Addr.String()
	}
	if name := access.Name(sub.Object); name != "" {
		s += " (" + name + ")"
	}
	return s + "  " + originWords(t.Subject(sub))
}

// originWords says where an object is declared.
func originWords(l access.Link) string {
	switch at := fmt.Sprintf("%s:%d", l.Pos.File, l.Pos.Line) + untilWords(l.Until); l.Origin {
	case access.Declared:
		return at
	case access.Differs:
		return at + " (live differs)"
	case access.Expired:
		return fmt.Sprintf("%s:%d (expired on %s, and not removed yet)", l.Pos.File, l.Pos.Line, l.Until)
	case access.BuiltIn:
		return "built in"
	case access.Missing:
		if l.Pos.Line > 0 {
			return at + " (not live yet)"
		}
		return "not found"
	}
	return "live only"
}

// untilWords says until when something is declared, if it ends.
func untilWords(day string) string {
	if day == "" {
		return ""
	}
	return ", until " + day
}

// unseen writes what an answer may lack.
func (w *answerText) unseen(t *tenantState) {
	unseen, notes := t.gaps()
	if len(unseen) > 0 {
		w.blank()
		w.heading("Not seen")
		for _, s := range unseen {
			w.line(2, s)
		}
	}
	if len(notes) > 0 {
		w.blank()
		for _, s := range notes {
			w.line(0, s)
		}
	}
}

// limit is the number of members of a list that are shown.
func (w *answerText) limit(n int) int {
	if w.verbose {
		return 1 << 30
	}
	return n
}
