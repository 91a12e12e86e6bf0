package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// DriftMarkdown writes the differences of tenants as Markdown, for an issue or a chat. Text of a
// product is in code spans, so that it cannot make links, mentions or markup.
func DriftMarkdown(w io.Writer, all []*drift.Drift, o Options) error {
	out := bufio.NewWriter(w)
	for i, d := range all {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "## %s\n\n%s\n", code(d.Provider+" "+d.Tenant), prose(driftSummary(d)))
		for _, s := range driftSections(d) {
			fmt.Fprintf(out, "\n### %s\n\n", s.title)
			most := o.atMost(len(s.list), mostDifferences)
			if s.style == danger {
				most = len(s.list)
			}
			for j := range s.list[:most] {
				x := &s.list[j]
				fmt.Fprintf(out, "- %s\n", code(x.Text))
				for _, line := range differenceLines(x, s, o) {
					fmt.Fprintf(out, "  - %s\n", code(line))
				}
			}
			if rest := len(s.list) - most; rest > 0 {
				fmt.Fprintf(out, "- and %s more\n", text.Number(rest))
			}
		}
		if len(d.Accepted) > 0 {
			fmt.Fprint(out, "\n### Accepted in the files\n\n")
			for j := range d.Accepted {
				a := &d.Accepted[j]
				fmt.Fprintf(out, "- %s\n", code(a.Text+" (until "+a.Until+": "+a.Reason+")"))
			}
		}
		if len(d.Unseen) > 0 {
			fmt.Fprint(out, "\n### Not checked\n\n")
			for _, s := range d.Unseen {
				fmt.Fprintf(out, "- %s\n", code(s))
			}
		}
		for _, s := range driftNotes(d) {
			fmt.Fprintf(out, "\n%s\n", prose(s))
		}
	}
	return out.Flush()
}

// DifferenceList writes what happened as a list in Markdown, as DriftMarkdown does.
func DifferenceList(list []drift.Difference) string {
	var b strings.Builder
	for i := range list[:min(len(list), mostDifferences)] {
		fmt.Fprintf(&b, "- %s\n", code(list[i].Text))
	}
	if rest := len(list) - mostDifferences; rest > 0 {
		fmt.Fprintf(&b, "- and %s more\n", text.Number(rest))
	}
	return b.String()
}
