package html

import (
	"html/template"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A link goes to the change of an object.
type link struct {
	Text string
	URL  template.URL // "" if the page has no such change
}

// mostLinks is the number of causes that are listed; the names of the subjects lead to the others.
const mostLinks = 5

// Causes lists the first changes of the addresses, except those of the group's own subjects.
func (c *content) Causes(all []schema.Address, own []render.SubjectView) []link {
	mine := make(map[schema.Address]bool, len(own))
	for i := range own {
		mine[own[i].Address] = true
	}
	var out []link
	for _, a := range all {
		if mine[a] {
			continue
		}
		if len(out) == mostLinks {
			return append(out, link{Text: "and others"})
		}
		out = append(out, link{text.Clean(a.String()), c.URL(a)})
	}
	return out
}

// URL returns the link to the change of an object, or "".
func (c *content) URL(a schema.Address) template.URL {
	if at, ok := c.items[a]; ok {
		return template.URL("#" + at.id)
	}
	return ""
}

// A subject is a subject on the page.
type subject struct {
	render.SubjectView
	URL template.URL // of its own change
	By  string       // numbers of the changes that reach it, with spaces between them
}

// An outcome is an OutcomeView on the page.
type outcome struct {
	render.OutcomeView
	Subjects       []subject
	Causes         []link
	By             string // numbers of the changes, with spaces between them
	Kinds, Actions string // of the changes, with spaces between them
}

// Subjects returns subjects as they are on the page.
func (c *content) Subjects(all []render.SubjectView) []subject {
	out := make([]subject, len(all))
	for i, s := range all {
		out[i] = subject{s, c.URL(s.Address), c.numbers(s.CausedBy)}
	}
	return out
}

// Outcome returns an outcome as it is on the page.
func (c *content) Outcome(o render.OutcomeView) outcome {
	return outcome{
		o, c.Subjects(o.Subjects), c.Causes(o.CausedBy, o.Subjects), c.numbers(o.CausedBy),
		c.KindsOf(o.CausedBy), c.ActionsOf(o.CausedBy),
	}
}

// KindsOf lists the kinds of changes, with spaces between them.
func (c *content) KindsOf(changes []schema.Address) string {
	return c.distinct(changes, func(at item) string { return at.kind })
}

// ActionsOf lists the actions of changes, with spaces between them.
func (c *content) ActionsOf(changes []schema.Address) string {
	return c.distinct(changes, func(at item) string { return at.action })
}

func (c *content) numbers(changes []schema.Address) string {
	var b []byte
	for _, a := range changes {
		if at, ok := c.items[a]; ok {
			b = append(strconv.AppendInt(b, int64(at.number), 10), ' ')
		}
	}
	return strings.TrimSuffix(string(b), " ")
}

func (c *content) distinct(changes []schema.Address, of func(item) string) string {
	var out []string
	for _, a := range changes {
		if at, ok := c.items[a]; ok && !slices.Contains(out, of(at)) {
			out = append(out, of(at))
		}
	}
	return strings.Join(out, " ")
}

// chunk is the number of changes that a browser lays out together when they come into sight.
const chunk = 50

// Chunks divides changes into parts that a browser lays out together.
func (c *content) Chunks(all []*plan.Change) iter.Seq[[]*plan.Change] {
	return slices.Chunk(all, chunk)
}

// A change is a change on the page.
type change struct {
	render.ChangeView
	ID, Kind, Action string
	Number           int
	Person           string // name of the user that the object is
	Observed         bool   // the difference is only observed
	Open             bool
}

// mostOpen is the number of changes of a section up to which they are open when the page is loaded.
const mostOpen = 40

// Show returns a change of the section as it is on the page. In a folded group it is closed.
func (s *section) Show(of *plan.Change, folded bool) change {
	at, view := s.items[of.Addr], s.View.Change
	if s.Observed {
		view = s.View.Difference
	}
	out := change{ChangeView: view(of), ID: at.id, Number: at.number, Kind: at.kind, Action: at.action, Observed: s.Observed}
	out.Open = !folded && (out.Dangerous || count(s.Kinds) <= mostOpen)
	if out.Subject {
		out.Person = s.Name(of.Addr)
	}
	return out
}

// Here returns the link to the change.
func (c change) Here() template.URL { return template.URL("#" + c.ID) }

// Position writes a position in a file.
func (c *content) Position(at schema.Pos) string { return render.Position(at) }

// Requests writes the numbers of requests.
func (c *content) Requests() string { return render.Requests(c.Plan.Requests) }
