package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An attributeError is one mistake in one object of a block. The key is each.key, empty
// without for_each.
type attributeError struct {
	d    *hcl.Diagnostic
	key  string
	rows []rowQuery // that the object comes from
}

// mostAtOnePlace is how many different mistakes of one sort are reported for one place,
// and mostEqual how many diagnostics with the same text are printed.
const (
	maxAtOnePlace = 3
	maxEqual      = 3
)

// summarizeRepeats returns what to report of the mistakes of one block. For one with for_each it keeps a mistake
// from being reported a hundred thousand times: the same text once, and at one place a
// few at most. How many more there are is added to the last one that is reported.
// The rows that they come from are added to the one that is reported.
func summarizeRepeats(found []attributeError) hcl.Diagnostics {
	if len(found) == 0 {
		return nil
	}
	texts := map[string]*hcl.Diagnostic{} // reported, by place and text
	last := map[string]*hcl.Diagnostic{}  // reported last, by place and code
	count := map[string]int{}             // reported, by place and code
	more := map[*hcl.Diagnostic]int{}     // not reported
	var out hcl.Diagnostics
	for _, f := range found {
		where := subjectOf(f.d).String() + Code(f.d)
		words := where + f.d.Summary + f.d.Detail
		d := texts[words]
		if d == nil && count[where] >= maxAtOnePlace {
			d = last[where]
		}
		if d != nil {
			if more[d]++; more[d] < maxRows {
				withRows(d, f.rows...)
			}
		} else {
			count[where]++
			texts[words], last[where] = f.d, f.d
			out = append(out, f.d)
			if f.key != "" {
				f.d.Detail += fmt.Sprintf("\nHere each.key is %q.", f.key)
			}
			withRows(f.d, f.rows...)
		}
	}
	for _, d := range out {
		if n := more[d]; n > 0 {
			d.Detail += "\n" + moreInstances(n, d.Severity)
		}
	}
	return out
}

// moreInstances says how many objects have the same mistake.
func moreInstances(n int, severity hcl.DiagnosticSeverity) string {
	what := "error"
	if severity == hcl.DiagWarning {
		what = "warning"
	}
	if n == 1 {
		return "1 more instance has this " + what + "."
	}
	return fmt.Sprintf("%s more instances have this %s.", text.Number(n), what)
}

// placesOf names the rows of data files that a diagnostic is about, or else its place.
func placesOf(d *hcl.Diagnostic) []string {
	rows := Rows(d)
	switch {
	case len(rows) > 0:
		return rowNames(rows)
	case d.Subject != nil:
		return []string{lineOf(*d.Subject)}
	}
	return nil
}

// collapseRepeats returns the diagnostics to print: of those with the same text at different
// places, the first few. The last of these says how many more there are, and where.
func collapseRepeats(diags hcl.Diagnostics) hcl.Diagnostics {
	type words struct {
		severity              hcl.DiagnosticSeverity
		code, summary, detail string
	}
	of := func(d *hcl.Diagnostic) words {
		return words{d.Severity, Code(d), d.Summary, strings.TrimSuffix(d.Detail, seeRows(Rows(d)))}
	}
	count := map[words]int{}
	for _, d := range diags {
		count[of(d)]++
	}
	var out hcl.Diagnostics
	places := map[words][]string{} // of those that are not printed
	last := map[words]int{}        // the last one that is, in out
	seen := map[words]int{}
	for _, d := range diags {
		w := of(d)
		switch seen[w]++; {
		case count[w] <= maxEqual+1: // a count takes as much room as one more
			out = append(out, d)
		case seen[w] <= maxEqual:
			last[w] = len(out)
			out = append(out, d)
		default:
			places[w] = append(places[w], placesOf(d)...)
		}
	}
	for w, i := range last {
		n := count[w] - maxEqual
		d := *out[i]
		d.Detail += "\n" + strings.TrimSuffix(moreInstances(n, d.Severity), ".")
		if all := slices.Compact(places[w]); len(all) > 0 {
			d.Detail += ": " + text.List(all, maxEqual)
		}
		d.Detail += "."
		out[i] = &d
	}
	return out
}
