package render

import (
	"cmp"
	"io"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An Expiry has what expires in one tenant within some days, and what has expired.
type Expiry struct {
	Provider string // name of the provider block
	Product  string
	Today    string // in the time zone of the tenant
	TimeZone string
	Within   int // days
	List     []plan.Expiring
}

// ended returns what has expired and what is still to expire.
func (x *Expiry) ended() (ended, coming []plan.Expiring) {
	for i := range x.List {
		if x.List[i].Days > 0 {
			return x.List[:i], x.List[i:]
		}
	}
	return x.List, nil
}

// conclusion counts what expires.
func (x *Expiry) conclusion() string {
	ended, coming := x.ended()
	out := text.Clean(x.Provider) + ": nothing expires within " + text.Count(x.Within, "day", "days")
	if n := len(coming); n > 0 {
		out = text.Clean(x.Provider) + ": " + text.Number(n) + text.Choose(n == 1, " expires", " expire") + " within " + text.Count(x.Within, "day", "days")
	}
	if n := len(ended); n > 0 {
		out += ", " + text.Number(n) + text.Choose(n == 1, " has", " have") + " expired and " + text.Choose(n == 1, "is", "are") + " still in the files"
	}
	return out + " (today is " + x.Today + " in " + text.Clean(x.TimeZone) + ")"
}

// What to do about expired blocks.
const endedAdvice = "rolecall apply removes what has expired. When it is gone, delete it from the files."

// ExpiryText writes what expires for a terminal.
func ExpiryText(w io.Writer, all []Expiry, o Options) error {
	p := newPage(w, o)
	for i := range all {
		x := &all[i]
		p.gap()
		p.line(row(0, as(strong, x.conclusion())).hanging(margin))
		for _, g := range alike(x.List) {
			p.line(row(margin, say(g.text(nil)), as(dim, "  "+Position(g.Pos()))).hanging(bodyStart))
		}
		if ended, _ := x.ended(); len(ended) > 0 {
			p.line(row(margin, as(dim, endedAdvice)).hanging(margin))
		}
	}
	return p.flush()
}

// ExpiryMarkdown writes what expires for an issue.
func ExpiryMarkdown(w io.Writer, all []Expiry) error {
	out := ""
	for i := range all {
		x := &all[i]
		out += "### " + prose(x.conclusion()) + "\n\n"
		if len(x.List) == 0 {
			continue
		}
		for _, g := range alike(x.List) {
			out += "- " + prose(g.text(nil))
			if at := Position(g.Pos()); at != "" {
				out += ": " + code(at)
			}
			out += "\n"
		}
		out += "\n"
		if ended, _ := x.ended(); len(ended) > 0 {
			out += endedAdvice + "\n\n"
		}
	}
	_, err := io.WriteString(w, out)
	return err
}

// mostExpiring is the number of lines about expiry that a plan shows in a terminal.
const mostExpiring = 10

// expiring writes what expires soon, and what has expired and can leave the files.
func (p *planPage) expiring() {
	list := p.plan.Expiring
	if len(list) == 0 {
		return
	}
	p.gap()
	p.line(row(0, as(strong, "Expiry"), as(dim, ": temporary access that ends soon, or that has ended and can leave the files")).hanging(margin))
	groups := alike(list)
	n := p.atMost(len(groups), mostExpiring)
	for _, g := range groups[:n] {
		p.line(row(margin, say(g.goneText(p.plan))).hanging(bodyStart))
	}
	if rest := len(groups) - n; rest > 0 {
		p.line(row(margin, as(dim, "and "+text.Number(rest)+" more")))
	}
}

// An expiringGroup is what expires alike by one block, such as the users of a roster, or the same access of each.
type expiringGroup struct {
	plan.Expiring     // the first
	more          int // others
}

// alike folds what expires alike at one place: entries, and objects of one kind.
func alike(list []plan.Expiring) []expiringGroup {
	var out []expiringGroup
	at := map[plan.Expiring]int{}
	for _, e := range list {
		key := e
		if key.Address, _, _ = strings.Cut(e.Address, "."); e.File == "" {
			key.Address = e.Address
		}
		if i, ok := at[key]; ok {
			out[i].more++
			continue
		}
		at[key] = len(out)
		out = append(out, expiringGroup{Expiring: e})
	}
	return out
}

// objects returns the number of objects that expire; 1 if it is an entry that does.
func (g *expiringGroup) objects() int {
	if g.Entry != "" {
		return 1
	}
	return 1 + g.more
}

// goneText is text for a plan, which lists what has expired only if it is gone.
func (g *expiringGroup) goneText(p *plan.Plan) string {
	out := g.text(p)
	if g.Days <= 0 {
		out += text.Choose(g.objects() > 1, ": they are gone, so delete them from the files", ": it is gone, so delete it from the files")
	}
	return out
}

// text says when a declared object or an entry of it expires, or that it has expired. The plan has the
// names of entries; it may be nil.
func (g *expiringGroup) text(p *plan.Plan) string {
	out := text.Clean(g.Address)
	if g.more > 0 {
		out += " and " + text.Number(g.more) + " more"
	}
	if g.Entry != "" {
		name := g.Entry
		if p != nil {
			name = cmp.Or(p.SetNames[name], p.DisplayNames[name], name)
		}
		out += ": " + text.Clean(name) + " in " + text.Clean(g.Attribute)
	}
	if g.Days > 0 {
		out += text.Choose(g.objects() > 1, " expire in ", " expires in ") + text.Count(g.Days, "day", "days") + ", on " + text.Clean(g.Expires)
	} else {
		out += " expired " + DaysAgo(-g.Days) + ", on " + text.Clean(g.Expires)
	}
	if g.Reason != "" {
		out += " (" + text.Clean(g.Reason) + ")"
	}
	return out
}

// DaysAgo says how many days ago something was.
func DaysAgo(days int) string {
	if days == 0 {
		return "today"
	}
	return text.Count(days, "day", "days") + " ago"
}
