package render

import (
	"cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostExpiring is the number of lines about expiry that a terminal shows.
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
		p.line(row(margin, say(expiringText(&list[i], p.plan.SetNames))).hanging(bodyStart))
	}
	if rest := len(list) - n; rest > 0 {
		p.line(row(margin, as(dim, "and "+text.Number(rest)+" more")))
	}
}

// expiringText says when a declared object or an entry of it expires, or that it has expired. sets are the names of
// declared objects that stand for sets.
func expiringText(e *plan.Expiring, sets map[string]string) string {
	out := text.Clean(e.Address)
	if e.Entry != "" {
		out += ": " + text.Clean(cmp.Or(sets[e.Entry], e.Entry)) + " in " + text.Clean(e.Attribute)
	}
	if e.Days > 0 {
		out += " expires in " + text.Count(e.Days, "day", "days") + ", on " + text.Clean(e.Expires)
	} else {
		out += " expired " + DaysAgo(-e.Days) + ", on " + text.Clean(e.Expires) + ", and is gone: delete it from the files"
	}
	if e.Reason != "" {
		out += " (" + text.Clean(e.Reason) + ")"
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
