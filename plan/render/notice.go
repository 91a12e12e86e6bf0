package render

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostNoticed is the number of differences that a notice lists, and also of sentences about what was
// not checked.
const mostNoticed = 10

// A Notice is a short text for a chat or a mail. It is plain text without control characters; its lines
// can be long.
type Notice struct {
	Title string
	Lines []string
}

// DriftNews is what changed since the last notice about the same tenants.
type DriftNews struct {
	New       func(*drift.Drift, *drift.Difference) bool // it was not in the last notice
	Gone      int                                        // differences of the last notice that do not exist any more
	Recovered bool                                       // the last notice was about a check that failed or was incomplete
}

// DriftNotice writes the result of a check of some tenants: the differences that are new, the dangerous
// first, how many others there are, and what could not be checked.
func DriftNotice(all []*drift.Drift, news DriftNews) Notice {
	n := Notice{Title: driftTitle(all)}
	fresh, known := noticedDifferences(all, news)
	n.list("", fresh)
	switch {
	case len(known) > 0 && len(fresh) > 0:
		n.add("Reported before, and still there: " + text.Count(len(known), "difference", "differences") + ".")
	case len(known) > 0:
		n.add("Reported before, and still there:")
		n.list("", known)
	}
	if news.Gone > 0 {
		n.add("Reported before, and gone: " + text.Count(news.Gone, "difference", "differences") + ".")
	}
	var unseen []string
	for _, d := range all {
		for _, s := range d.Unseen {
			unseen = append(unseen, text.Clean(s))
		}
	}
	switch {
	case len(unseen) > 0:
		n.add("Not checked:")
		n.list("- ", unseen)
	case news.Recovered:
		n.add("The check before failed or was incomplete; this one is complete.")
	}
	return n
}

func (n *Notice) add(line string) { n.Lines = append(n.Lines, line) }

// list adds lines, and counts those beyond the limit.
func (n *Notice) list(before string, lines []string) {
	for _, s := range lines[:min(len(lines), mostNoticed)] {
		n.add(before + s)
	}
	if more := len(lines) - mostNoticed; more > 0 {
		n.add(before + "and " + text.Number(more) + " more")
	}
}

// FailedNotice says that a check failed. name is that of the configuration, and why the error of the check.
func FailedNotice(name, why string) Notice {
	return Notice{
		Title: "rolecall: the drift check of " + text.Clean(name) + " failed",
		Lines: []string{text.Clean(why)},
	}
}

// driftTitle says in one line what was found.
func driftTitle(all []*drift.Drift) string {
	var differ, unseen, names []string
	differences, dangerous, checks := 0, 0, 0
	for _, d := range all {
		name := text.Clean(d.Provider)
		names = append(names, name)
		if objects, _, _ := d.Counts(); objects > 0 {
			differ = append(differ, name)
		}
		if len(d.Unseen) > 0 {
			unseen = append(unseen, name)
		}
		objects, dangers, fail := d.Counts()
		differences, dangerous, checks = differences+objects, dangerous+dangers, checks+fail
	}
	switch {
	case len(differ) > 0:
		s := "rolecall: " + text.And(differ) + verb(differ, " differs", " differ") + " from the files in " + text.Count(differences, "object", "objects")
		if dangerous > 0 {
			s += ", " + text.Number(dangerous) + " of them dangerous"
		}
		if checks > 0 {
			s += "; " + text.Count(checks, "check fails", "checks fail")
		}
		if len(unseen) > 0 {
			s += "; the check is incomplete"
		}
		return s
	case checks > 0:
		s := "rolecall: " + text.Count(checks, "check fails", "checks fail") + " in " + text.And(names)
		if len(unseen) > 0 {
			s += "; the check for drift is incomplete"
		}
		return s
	case len(unseen) > 0:
		return "rolecall: the drift check of " + text.And(unseen) + " is incomplete"
	}
	return "rolecall: " + text.And(names) + verb(names, " matches", " match") + " the files again"
}

func verb(names []string, one, many string) string {
	if len(names) == 1 {
		return one
	}
	return many
}

// noticedDifferences returns a line for each difference, the dangerous first: those that are new, and
// those that were in the last notice.
func noticedDifferences(all []*drift.Drift, news DriftNews) (fresh, known []string) {
	var dangerous, others, knownDangerous, knownOthers []string
	for _, d := range all {
		where := ""
		if len(all) > 1 {
			where = text.Clean(d.Provider) + ": "
		}
		for _, s := range driftSections(d) {
			for i := range s.list {
				x := &s.list[i]
				line := s.symbol + where + text.Clean(x.Text)
				if s.by && len(x.By) > 0 {
					line += " (by " + text.Clean(x.By[0].Who) + " at " + text.Clean(x.By[0].At) + ")"
				}
				to := &others
				switch isNew := news.New(d, x); {
				case isNew && x.Danger:
					to = &dangerous
				case !isNew && x.Danger:
					to = &knownDangerous
				case !isNew:
					to = &knownOthers
				}
				*to = append(*to, line)
			}
		}
	}
	return slices.Concat(dangerous, others), slices.Concat(knownDangerous, knownOthers)
}
