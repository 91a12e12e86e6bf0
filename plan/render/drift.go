package render

import (
	"io"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostDifferences is the number of differences that a section shows. The dangerous are always shown.
const mostDifferences = 50

// Drift writes the differences of tenants for a terminal: those that are dangerous, those that were
// made by hand, those that wait for apply, what is accepted, and what could not be seen.
func Drift(w io.Writer, all []*drift.Drift, o Options) error {
	p := newPage(w, o)
	for _, d := range all {
		p.gap()
		writeDrift(p, d, o)
	}
	return p.flush()
}

func writeDrift(p *page, d *drift.Drift, o Options) {
	spans := []span{as(strong, text.Clean(d.Provider))}
	if d.Tenant != "" {
		spans = append(spans, say(": tenant "+text.Clean(d.Tenant)))
	}
	if d.Endpoint != "" {
		spans = append(spans, as(dim, " at "+text.Clean(d.Endpoint)))
	}
	p.line(row(0, spans...).hanging(margin))
	for _, s := range driftSections(d) {
		p.gap()
		p.line(row(0, as(s.style, s.title)).hanging(margin))
		most := o.atMost(len(s.list), mostDifferences)
		if s.style == danger {
			most = len(s.list)
		}
		for i := range s.list[:most] {
			writeDifference(p, &s.list[i], s, o)
		}
		if rest := len(s.list) - most; rest > 0 {
			p.line(row(margin, as(dim, "and "+text.Number(rest)+" more; --verbose shows them")))
		}
	}
	if len(d.Accepted) > 0 {
		p.gap()
		p.line(row(0, as(strong, "Accepted in the files")).hanging(margin))
		for i := range d.Accepted {
			a := &d.Accepted[i]
			p.line(row(margin, as(dim, "· "+text.Clean(a.Text)+" (until "+text.Clean(a.Until)+": "+text.Clean(a.Reason)+")")).hanging(bodyStart))
		}
	}
	if len(d.Unseen) > 0 {
		p.gap()
		p.line(row(0, as(failed, "Not checked")).hanging(margin))
		for _, s := range d.Unseen {
			p.line(row(margin, as(failed, "! "), say(text.Clean(s))).hanging(bodyStart))
		}
	}
	p.gap()
	for _, s := range driftNotes(d) {
		p.line(row(0, as(dim, text.Clean(s))).hanging(margin))
	}
	p.line(row(0, as(strong, driftSummary(d))).hanging(margin))
}

// A driftSection has the differences of one sort.
type driftSection struct {
	title  string
	symbol string
	style  style
	list   []drift.Difference
	by     bool // says who did it
}

// driftSections sorts the differences, the dangerous first; it leaves out empty sections.
func driftSections(d *drift.Drift) []driftSection {
	all := []driftSection{
		{title: "Checks that fail", symbol: "! ", style: failed},
		{title: "Danger", symbol: "! ", style: danger, by: true},
		{title: "Changed both by hand and in the files", symbol: "! ", style: failed, by: true},
		{title: "Changed by hand", symbol: "~ ", style: altered, by: true},
		{title: "Differs from the files", symbol: "~ ", style: altered, by: true},
		{title: "Changed in the files, and not applied yet", symbol: "… ", style: strong},
	}
	for _, x := range d.Differences {
		at := 3
		switch {
		case x.IsCheck():
			at = 0
		case x.Danger:
			at = 1
		case x.Origin == drift.Conflict:
			at = 2
		case x.Origin == drift.Unknown:
			at = 4
		case x.Origin == drift.Pending:
			at = 5
		}
		all[at].list = append(all[at].list, x)
	}
	return slices.DeleteFunc(all, func(s driftSection) bool { return len(s.list) == 0 })
}

// writeDifference writes what happened, the values, and who did it.
func writeDifference(p *page, d *drift.Difference, s driftSection, o Options) {
	head := []span{as(s.style, s.symbol), as(strong, text.Clean(d.Text))}
	if s.style == danger && d.Origin == drift.Conflict {
		head = append(head, as(dim, " (the files changed it too)"))
	}
	p.line(row(margin, head...).hanging(bodyStart))
	for _, s := range differenceLines(d, s, o) {
		p.line(row(bodyStart, as(dim, s)).hanging(bodyStart + 2))
	}
}

// differenceLines lists the values of a difference, who made it, and the fingerprint for an accept block.
func differenceLines(d *drift.Difference, s driftSection, o Options) []string {
	var out []string
	for _, a := range d.Attributes {
		out = append(out, attributeLine(a, d.Pos != schema.Pos{}, o))
	}
	if s.by && len(d.By) > 0 {
		out = append(out, byLine(d))
	}
	if o.Verbose || o.Fingerprints {
		out = append(out, "fingerprint: "+d.Fingerprint)
	}
	return out
}

// attributeLine writes the values of an attribute on both sides, or of an undeclared object only the
// live one. Of a set it writes what only one side has.
func attributeLine(a drift.Attribute, declared bool, o Options) string {
	side := func(list []string) string {
		if len(list) == 0 {
			return "(none)"
		}
		clean := make([]string, len(list))
		for i, s := range list {
			clean[i] = text.Clean(s)
		}
		return some(clean, o.atMost(len(clean), fewMembers))
	}
	s := text.Clean(a.Name) + ": "
	switch {
	case !declared:
		return s + side(a.Live)
	case !a.Set:
		return s + "live " + side(a.Live) + ", files " + side(a.Files)
	case len(a.Live) == 0:
		return s + "only in the files " + side(a.Files)
	case len(a.Files) == 0:
		return s + "only live " + side(a.Live)
	}
	return s + "only live " + side(a.Live) + "; only in the files " + side(a.Files)
}

// byLine says who made a difference, and when.
func byLine(d *drift.Difference) string {
	var out []string
	for _, e := range d.By {
		out = append(out, text.Clean(e.Who)+" at "+text.Clean(e.At)+" ("+text.Clean(e.Did)+")")
	}
	return "by: " + strings.Join(out, "; ")
}

// driftNotes lists what readers should know besides.
func driftNotes(d *drift.Drift) []string {
	notes := slices.Clone(d.Notes)
	if d.Unattributed != "" {
		who := "Who made these changes, and when, is not known: "
		if slices.ContainsFunc(d.Differences, func(x drift.Difference) bool { return len(x.By) > 0 }) {
			who = "Who made the other changes, and when, is not known: "
		}
		notes = append([]string{who + d.Unattributed + "."}, notes...)
	}
	if d.Since == "" {
		notes = append(notes, "There is no baseline, so changes by hand cannot be told from changes of the files, and new undeclared objects "+
			"without rights are not reported. apply and rolecall drift --update-baseline write one.")
	}
	return notes
}

// driftSummary says how many differences there are.
func driftSummary(d *drift.Drift) string {
	n, dangerous, checks := d.Counts()
	where := text.Clean(d.Provider)
	s := where + " matches the files."
	switch {
	case n > 0:
		s = where + " differs from the files in " + text.Count(n, "object", "objects") + "."
		if dangerous > 0 {
			s = strings.TrimSuffix(s, ".") + ", " + text.Number(dangerous) + " of them dangerous."
		}
	case len(d.Unseen) > 0 && checks == 0:
		return "The check of " + where + " is incomplete: it is not known whether it matches the files."
	case len(d.Accepted) > 0:
		s = where + " matches the files, except for what they accept."
	}
	if checks > 0 {
		s += " " + text.Count(checks, "check fails", "checks fail") + "."
	}
	if len(d.Unseen) > 0 {
		s += " The check is incomplete."
	}
	return s
}
