package render

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A View has the contents of one plan for a renderer that lays them out itself, in the groups and the
// order of Terminal. Its texts are clean (see text.Clean), and none is shortened.
type View struct {
	Conclusion  Line // counts the changes, or says why there are none
	Danger      []DangerView
	MassChanges []string
	LosingAll   OutcomeView   // subjects that lose all rights, without statements
	Losing      []OutcomeView // subjects that lose rights, and renamed accounts
	Gaining     []OutcomeView // subjects that only gain rights
	Removals    []KindView    // changes that remove objects, and refused ones
	Others      []KindView    // all other changes
	Observed    []KindView    // differences in kinds that are only observed
	Excluded    []KindView    // changes that --target excludes
	Expiring    []string      // what expires soon, and what has expired and can leave the files
	LeftAlone   []LeftAlone   // undeclared objects

	changes, observed changeBlocks
}

// A Line is a text in parts.
type Line []Span

// A Span is a part of a text in one style: "", "strong", "dim", "added", "removed", "altered",
// "added-word", "removed-word", "warning", "failed" or "danger".
type Span struct{ Text, Style string }

// ViewOf returns the view of a plan. It refers to the plan, which must not change afterwards.
func ViewOf(p *plan.Plan) *View {
	words := &values{Options{Width: 100, Verbose: true, view: true}, p}
	privileges, marked := marks(p)
	blocks := changeBlocks{details: details{words}, marked: marked}
	begin, rest := conclusion(p)
	v := &View{Conclusion: viewLine([]span{as(strong, begin), say(rest)}), changes: blocks, observed: blocks}
	v.changes.second, v.observed.second = secondSteps(p.Changes), secondSteps(p.Observed)
	v.observed.watching = true
	v.rights(&effects{&values{Options{}, p}, privileges}, &effects{words, privileges})
	for _, m := range p.MassChanges {
		v.MassChanges = append(v.MassChanges, text.Clean(m.Text))
	}
	v.Removals = v.changes.kinds(p.Changes, removals)
	v.Others = v.changes.kinds(p.Changes, others)
	v.Observed = v.observed.kinds(p.Observed, everything)
	v.Excluded = v.changes.kinds(p.Excluded, everything)
	for _, g := range alike(p.Expiring) {
		v.Expiring = append(v.Expiring, g.goneText(p))
	}
	for _, u := range p.Unmanaged {
		v.LeftAlone = append(v.LeftAlone, leftAlone(u))
	}
	return v
}

// Name returns the display name of an object, or its key.
func (v *View) Name(a schema.Address) string { return say(v.changes.nameOf(a)).clean() }

// LeftAlone has the undeclared objects of a kind.
type LeftAlone struct {
	Title   string    // "7 users"
	Note    string    // why they are left alone although their kind is authoritative
	Notable []Notable // those with privileges or roles
	Others  []string  // keys of the others
}

// A Notable is an undeclared object and its privileges or role.
type Notable struct{ Key, What string }

func leftAlone(u plan.Unmanaged) LeftAlone {
	out := LeftAlone{Title: text.Count(len(u.Keys), oneOf(u.Kind), manyOf(nil, u.Kind)), Note: text.Clean(u.Note)}
	if u.Ignored {
		out.Note = "matched by an ignore pattern"
	}
	for _, n := range u.Notable {
		out.Notable = append(out.Notable, Notable{text.Clean(n.Key), text.Clean(n.What)})
	}
	for _, key := range plainKeys(u) {
		out.Others = append(out.Others, text.Clean(key))
	}
	return out
}

// Position writes a position in a file: "users.hcl:7"; "" if it is not known.
func Position(at schema.Pos) string { return strings.TrimSpace(join(position(at))) }

var styleNames = [styles]string{"", "strong", "dim", "added", "removed", "altered", "added-word", "removed-word", "warning", "failed", "danger"}

// viewLine returns spans as a line of a view. Neighbors of one style become one span.
func viewLine(spans []span) Line {
	out := make(Line, 0, len(spans))
	for _, s := range spans {
		style, last := styleNames[s.style], len(out)-1
		switch {
		case s.text == "":
		case last >= 0 && out[last].Style == style:
			out[last].Text += s.clean()
		default:
			out = append(out, Span{s.clean(), style})
		}
	}
	return out
}

func viewLines(lines []line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		out[i] = viewLine(l.spans)
	}
	return out
}
