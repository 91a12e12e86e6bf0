package render

import (
	"cmp"
	"io"

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
		out = text.Clean(x.Provider) + ": " + text.Number(n) + choose(n == 1, " expires", " expire") + " within " + text.Count(x.Within, "day", "days")
	}
	if n := len(ended); n > 0 {
		out += ", " + text.Number(n) + choose(n == 1, " has", " have") + " expired and " + choose(n == 1, "is", "are") + " still in the files"
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
		for j := range x.List {
			e := &x.List[j]
			p.line(row(margin, say(expiringText(e, nil)), as(dim, "  "+Position(e.Pos()))).hanging(bodyStart))
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
		for j := range x.List {
			e := &x.List[j]
			out += "- " + prose(expiringText(e, nil))
			if at := Position(e.Pos()); at != "" {
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
	n := p.atMost(len(list), mostExpiring)
	for i := range list[:n] {
		p.line(row(margin, say(goneText(&list[i], p.plan.SetNames))).hanging(bodyStart))
	}
	if rest := len(list) - n; rest > 0 {
		p.line(row(margin, as(dim, "and "+text.Number(rest)+" more")))
	}
}

// goneText is expiringText for a plan, which lists what has expired only if it is gone.
func goneText(e *plan.Expiring, sets map[string]string) string {
	out := expiringText(e, sets)
	if e.Days <= 0 {
		out += ": it is gone, so delete it from the files"
	}
	return out
}

// expiringText says when a declared object or an entry of it expires, or that it has expired. sets are the
// names of declared objects that stand for sets.
func expiringText(e *plan.Expiring, sets map[string]string) string {
	out := text.Clean(e.Address)
	if e.Entry != "" {
		out += ": " + text.Clean(cmp.Or(sets[e.Entry], e.Entry)) + " in " + text.Clean(e.Attribute)
	}
	if e.Days > 0 {
		out += " expires in " + text.Count(e.Days, "day", "days") + ", on " + text.Clean(e.Expires)
	} else {
		out += " expired " + daysAgo(-e.Days) + ", on " + text.Clean(e.Expires)
	}
	if e.Reason != "" {
		out += " (" + text.Clean(e.Reason) + ")"
	}
	return out
}

// daysAgo says how many days ago something was.
func daysAgo(days int) string {
	if days == 0 {
		return "today"
	}
	return text.Count(days, "day", "days") + " ago"
}
