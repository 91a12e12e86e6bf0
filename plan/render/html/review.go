package html

import (
	"cmp"
	"html/template"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/review"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// WriteReview writes an access review as one page, while it walks the people.
func WriteReview(w io.Writer, d *review.Document) error {
	p := newReviewPage(d)
	return writeFrame(w, "review.html", &frame{
		Title: p.title(), Noun: "people", Large: p.total > mostLaidOut, Filters: p.filters(), Content: p,
	})
}

// A reviewPage is the content of the page of a review.
type reviewPage struct {
	*review.Document
	Tenants []*reviewTenant
	total   int // people
	ids     map[string]bool
}

// A reviewTenant is one tenant on the page.
type reviewTenant struct {
	*review.Tenant
	Title  string
	Prefix string // of the ids of its sections
	Counts review.Counts
	Roles  []*reviewRole
	roles  map[*review.Way]*reviewRole
	before string // of the ids of people
	page   *reviewPage
}

// A reviewRole is what ways have alike: what carries the rights, and these.
type reviewRole struct {
	Number  int // on the page, from 1
	Via     string
	Rights  []string
	Unknown bool
	People  int
}

func newReviewPage(d *review.Document) *reviewPage {
	p := &reviewPage{Document: d, ids: map[string]bool{}}
	number := 0
	for i, t := range d.Tenants {
		r := &reviewTenant{Tenant: t, Title: text.Clean(t.Provider), Counts: review.Count(t), roles: map[*review.Way]*reviewRole{}, page: p}
		if t.Tenant != "" {
			r.Title += ", tenant " + text.Clean(t.Tenant)
		}
		if len(d.Tenants) > 1 {
			r.Prefix, r.before = "tenant-"+strconv.Itoa(i+1)+"-", t.Provider+"."
		}
		known := map[string]*reviewRole{}
		for _, way := range t.Ways {
			id := way.Via + "\x00" + strconv.FormatBool(way.Unknown) + "\x00" + strings.Join(way.Rights, "\x00")
			role := known[id]
			if role == nil {
				role = &reviewRole{Via: way.Via, Rights: way.Rights, Unknown: way.Unknown && !way.All}
				known[id] = role
				r.Roles = append(r.Roles, role)
			}
			r.roles[way] = role
		}
		slices.SortStableFunc(r.Roles, func(a, b *reviewRole) int { return cmp.Compare(a.Via, b.Via) })
		for _, role := range r.Roles {
			number++
			role.Number = number
		}
		for _, person := range t.People {
			for _, role := range r.rolesOf(person) {
				role.People++
			}
		}
		p.total += len(t.People)
		p.Tenants = append(p.Tenants, r)
	}
	return p
}

// rolesOf lists the roles of a person, each once.
func (t *reviewTenant) rolesOf(p *review.Person) []*reviewRole {
	var out []*reviewRole
	for i := range p.Holds {
		if role := t.roles[p.Holds[i].Way]; !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	return out
}

func (p *reviewPage) title() string {
	var providers []string
	for _, t := range p.Tenants {
		providers = append(providers, text.Clean(t.Provider))
	}
	return "Access review of " + text.And(providers) + ", " + review.Day(p.At)
}

// Title is the heading of the page.
func (p *reviewPage) Title() string { return p.title() }

// Day is the day of the review.
func (p *reviewPage) Day() string { return review.Day(p.At) }

// mostRoles is the number of roles up to which the page can be filtered by role.
const mostRoles = 500

// filters lists the states of people, where they come from, and their roles.
func (p *reviewPage) filters() []filter {
	states := filter{Name: "state", Label: "State", All: "All states"}
	declared := filter{Name: "declared", Label: "Declared", All: "All"}
	roles := filter{Name: "role", Label: "Role", All: "All roles"}
	for _, t := range p.Tenants {
		for _, person := range t.People {
			if person.State != "" {
				states.add(string(person.State), person.State.Words())
			}
			declared.add(declaredValue(person), person.Declared())
		}
		for _, role := range t.Roles {
			label := text.Clean(cmp.Or(role.Via, text.List(role.Rights, review.Short)))
			roles.Options = append(roles.Options, option{"r" + strconv.Itoa(role.Number), label, role.People})
		}
	}
	out := []filter{states, declared}
	if n := len(roles.Options); n > 1 && n <= mostRoles {
		out = append(out, roles)
	}
	return out
}

func declaredValue(p *review.Person) string { return strings.ReplaceAll(p.Declared(), " ", "-") }

// add counts an item with a value.
func (f *filter) add(value, label string) {
	at := slices.IndexFunc(f.Options, func(o option) bool { return o.Value == value })
	if at < 0 {
		at = len(f.Options)
		f.Options = append(f.Options, option{Value: value, Label: label})
	}
	f.Options[at].Count++
}

// A reviewSection is a part of the people of a tenant.
type reviewSection struct {
	*reviewTenant
	ID, Title, Note string
	People          []*review.Person
}

// Sections lists the sections of people that are not empty. Each person is in the first that is about them.
func (t *reviewTenant) Sections() []*reviewSection {
	all := []*reviewSection{
		{ID: "orphans", Title: "No file declares them", Note: "nobody asked for this access in the files"},
		{ID: "administrators", Title: "Administrators"},
		{ID: "privileged", Title: "With privileged rights"},
		{ID: "others", Title: "With other rights"},
		{ID: "without-rights", Title: "Without rights"},
		{ID: "disabled", Title: "Disabled", Note: "they cannot sign in"},
	}
	for _, p := range t.People {
		n := 3
		switch {
		case p.Orphan:
			n = 0
		case p.State == review.Disabled:
			n = 5
		case p.Administrator:
			n = 1
		case p.Privileged:
			n = 2
		case len(p.Holds) == 0 && !p.Incomplete:
			n = 4
		}
		all[n].People = append(all[n].People, p)
	}
	all = slices.DeleteFunc(all, func(s *reviewSection) bool { return len(s.People) == 0 })
	for _, s := range all {
		s.reviewTenant, s.ID = t, t.Prefix+s.ID
	}
	return all
}

// Number returns the number of people with its digits grouped.
func (s *reviewSection) Number() string { return text.Number(len(s.People)) }

// Chunks divides people into parts that a browser lays out together.
func (s *reviewSection) Chunks() iter.Seq[[]*review.Person] { return slices.Chunk(s.People, chunk) }

// Changes divides what changed as Chunks does.
func (t *reviewTenant) Changes() iter.Seq[[]review.Change] {
	return slices.Chunk(t.Since.Changes, chunk)
}

// A reviewPerson is a person on the page.
type reviewPerson struct {
	*review.Person
	section      *reviewSection
	ID, Declared string
	Roles        string // values of the filter
	Open         bool
}

// Show returns a person as they are on the page.
func (s *reviewSection) Show(p *review.Person) reviewPerson {
	out := reviewPerson{Person: p, section: s, ID: newID(s.page.ids, s.before+p.Address()), Declared: declaredValue(p), Open: len(s.People) <= mostOpen}
	var roles []string
	for _, role := range s.rolesOf(p) {
		roles = append(roles, "r"+strconv.Itoa(role.Number))
	}
	out.Roles = strings.Join(roles, " ")
	return out
}

// Here returns the link to the person.
func (p reviewPerson) Here() template.URL { return template.URL("#" + p.ID) }

// A reviewHold is a way of a person on the page.
type reviewHold struct {
	*review.Hold
	Given        *review.Position
	Role         *reviewRole
	RightsWords  string
	WhereWords   string
	Places       int
	ThroughWords []string
}

// mostShown is the number of scopes of a way that are listed.
const mostShown = 12

// Ways lists the ways of the person.
func (p reviewPerson) Ways() []reviewHold {
	t := p.section.reviewTenant
	out := make([]reviewHold, len(p.Holds))
	for i := range p.Holds {
		h := &p.Holds[i]
		x := reviewHold{
			Hold: h, Given: p.Given(h), Role: t.roles[h.Way], RightsWords: h.RightsInShort(review.Short), WhereWords: t.Where(h.Way, mostShown), Places: t.CountPlaces(h.Way),
		}
		for _, l := range h.Links() {
			x.ThroughWords = append(x.ThroughWords, l.Address+"  "+l.Where())
		}
		out[i] = x
	}
	return out
}

// Short says what the person holds, in the line that is always shown.
func (p reviewPerson) Short() string {
	return p.section.Tenant.Roles(p.Person, 2)
}

// Symbol marks what happened to a person, as in a plan.
func (t *reviewTenant) Symbol(w review.What) string {
	switch w {
	case review.Added:
		return "+"
	case review.Removed:
		return "-"
	}
	return "~"
}

// Style is the class of what happened to a person.
func (t *reviewTenant) Style(w review.What) string {
	switch w {
	case review.Added:
		return "added"
	case review.Removed:
		return "removed"
	}
	return "altered"
}
