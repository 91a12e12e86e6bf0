package html

import (
	"cmp"
	"fmt"
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

// A document is the content of the page of a plan.Document.
type document struct {
	*plan.Document
	Verdict render.Verdict
	Digest  string
	Plans   []*content
	total   int // changes
}

// A content is one plan on the page.
type content struct {
	*render.View
	Plan   *plan.Plan
	Title  string
	Prefix string // of the ids of its sections
	Hidden bool   // a plan has errors, so the changes of all plans are left out
	items  map[schema.Address]item
}

// An item is where a change is on the page.
type item struct {
	id     string // of its element
	number int
	kind   string
	action string
}

func newDocument(d *plan.Document) *document {
	out := &document{Document: d, Verdict: render.VerdictOf(d), Digest: d.Digest()}
	errors := 0
	for _, p := range d.Plans {
		errors += p.Errors()
	}
	ids := map[string]bool{}
	number := 0
	for i, p := range d.Plans {
		c := &content{Plan: p, Title: text.Clean(p.Provider), items: map[schema.Address]item{}}
		if p.Tenant != "" {
			c.Title += ", tenant " + text.Clean(p.Tenant)
		}
		before := ""
		if len(d.Plans) > 1 {
			c.Prefix, before = "plan-"+strconv.Itoa(i+1)+"-", p.Provider+"."
		}
		if errors > 0 {
			c.View, c.Hidden = &render.View{}, true
			out.Plans = append(out.Plans, c)
			continue
		}
		c.View = render.ViewOf(p)
		for _, changes := range [][]plan.Change{p.Changes, p.Observed} {
			for j := range changes {
				a := &changes[j]
				if _, is := c.items[a.Addr]; is || a.Action == schema.NoOp {
					continue
				}
				c.items[a.Addr] = item{newID(ids, before+a.Addr.String()), number, a.Addr.Kind, a.Action.String()}
				number++
			}
		}
		out.total += count(c.Removals) + count(c.Others)
		out.Plans = append(out.Plans, c)
	}
	return out
}

// newID returns an id for the element of an object. It can be the fragment of a URL as it is.
func newID(used map[string]bool, address string) string {
	id := fragment(text.Clean(address))
	for n := 2; used[id]; n++ {
		id = fragment(text.Clean(address)) + "~" + strconv.Itoa(n)
	}
	used[id] = true
	return id
}

// fragment encodes the bytes that package html/template encodes in a URL.
func fragment(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~!#$&*+,/:;=?@[]", c) >= 0,
			c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, c)
		default:
			out = fmt.Appendf(out, "%%%02x", c)
		}
	}
	return string(out)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func (d *document) title() string {
	var providers []string
	for _, c := range d.Plans {
		providers = append(providers, text.Clean(c.Plan.Provider))
	}
	return "Plan for " + text.And(providers) + ": " + d.Verdict.Text
}

// filters lists the kinds and actions of the changes.
func (d *document) filters() []filter {
	kinds := filter{Name: "kind", Label: "Kind", All: "All kinds"}
	actions := filter{Name: "verb", Label: "Action", All: "All actions"}
	byAction := map[schema.Action]int{}
	var order []string // of the kinds in their products
	for _, p := range d.Plans {
		order = append(order, p.Plan.Kinds...)
		for _, list := range [][]render.KindView{p.Removals, p.Others} {
			for i := range list {
				k := &list[i]
				at := slices.IndexFunc(kinds.Options, func(o option) bool { return o.Value == k.Kind })
				if at < 0 {
					at = len(kinds.Options)
					kinds.Options = append(kinds.Options, option{Value: k.Kind, Label: k.Title})
				}
				for _, g := range k.Groups {
					kinds.Options[at].Count += len(g.Changes)
					for _, c := range g.Changes {
						byAction[c.Action]++
					}
				}
			}
		}
	}
	slices.SortStableFunc(kinds.Options, func(a, b option) int {
		return cmp.Compare(slices.Index(order, a.Value), slices.Index(order, b.Value))
	})
	for a := schema.Refuse; a > schema.NoOp; a-- {
		if n := byAction[a]; n > 0 {
			actions.Options = append(actions.Options, option{a.String(), a.String(), n})
		}
	}
	return []filter{kinds, actions}
}

// A section is a part of a plan on the page. Only one of its lists is not empty.
type section struct {
	*content
	ID, Title string
	Note      string // after the title
	Danger    []render.DangerView
	LosingAll []render.OutcomeView
	Texts     []string
	Findings  []schema.Finding
	Limits    bool // the findings are limits that forbid the plan
	Outcomes  []render.OutcomeView
	Kinds     []render.KindView
	Observed  bool              // the kinds have differences that are only observed
	Excluded  []render.KindView // changes that are only listed
	LeftAlone []render.LeftAlone
}

// Sections lists the sections of the plan that are not empty, the most important first.
func (c *content) Sections() []*section {
	all := []*section{
		{ID: "danger", Title: "Danger", Danger: c.Danger, Note: "who becomes administrator or gains privileged rights"},
		{ID: "losing-all", Title: "Who loses all rights", LosingAll: c.losingAll()},
		{ID: "mass-changes", Title: "Changes of many objects", Texts: c.MassChanges},
		{ID: "limits", Title: "Stopped by limits", Note: "this plan cannot be applied", Findings: c.Plan.Violations, Limits: true},
		{ID: "unknown", Title: "Not known", Texts: c.unknown()},
		{ID: "findings", Title: "Errors and warnings", Findings: c.Plan.Findings},
		{ID: "losing", Title: "Who loses rights", Outcomes: c.Losing},
		{ID: "removals", Title: "Removed or refused", Kinds: c.Removals},
		{ID: "changes", Title: "Created or changed", Kinds: c.Others},
		{ID: "gaining", Title: "Who gains rights", Outcomes: c.Gaining},
		{ID: "observed", Title: "Only observed", Note: `mode = "observe" reports these differences and does not touch them`, Kinds: c.View.Observed, Observed: true},
		{ID: "excluded", Title: "Excluded by --target", Note: "the files ask for these changes, and this plan does not make them", Excluded: c.View.Excluded},
		{ID: "left-alone", Title: "Left alone", Note: "not in the files, so they stay as they are", LeftAlone: c.LeftAlone},
	}
	all = slices.DeleteFunc(all, func(s *section) bool { return s.Count() == 0 })
	for _, s := range all {
		s.content, s.ID = c, c.Prefix+s.ID
	}
	return all
}

// losingAll returns who loses all rights, if someone does.
func (c *content) losingAll() []render.OutcomeView {
	if len(c.View.LosingAll.Subjects) == 0 {
		return nil
	}
	return []render.OutcomeView{c.View.LosingAll}
}

// unknown says which effects of the plan are not known.
func (c *content) unknown() []string {
	out := make([]string, len(c.Plan.Unknown))
	for i := range c.Plan.Unknown {
		out[i] = text.Clean(c.Plan.Unknown[i].String())
	}
	return out
}

// Count returns the number of subjects, findings, changes or objects of the section.
func (s *section) Count() int {
	n := len(s.Texts) + len(s.Findings) + count(s.Kinds) + count(s.Excluded)
	for i := range s.Danger {
		n += len(s.Danger[i].Subjects)
	}
	for _, o := range slices.Concat(s.LosingAll, s.Outcomes) {
		n += len(o.Subjects)
	}
	for i := range s.LeftAlone {
		n += len(s.LeftAlone[i].Notable) + len(s.LeftAlone[i].Others)
	}
	return n
}

// Number returns the count with its digits grouped.
func (s *section) Number() string { return text.Number(s.Count()) }

func count(kinds []render.KindView) int {
	n := 0
	for i := range kinds {
		for j := range kinds[i].Groups {
			n += len(kinds[i].Groups[j].Changes)
		}
	}
	return n
}

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
