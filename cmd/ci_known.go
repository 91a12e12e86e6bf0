package cmd

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An issue remembers which differences it shows, in a hidden line at its end, so that the next check can say
// what is new.

// maxKnown is how many differences an issue remembers. With more, it does not say what is new.
const maxKnown = 500

// knownDigits is how much of a fingerprint tells the differences of one tenant apart.
const knownDigits = 12

var knownPattern = regexp.MustCompile(`(?m)^<!-- shown:((?: [0-9a-f]+)*) -->$`)

// knownLine is the hidden line about the differences of a tenant.
func knownLine(d *drift.Drift) string {
	if len(d.Differences) > maxKnown {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n<!-- shown:")
	for i := range d.Differences {
		b.WriteString(" " + known(&d.Differences[i]))
	}
	return b.String() + " -->\n"
}

func known(d *drift.Difference) string {
	return d.Fingerprint[:min(len(d.Fingerprint), knownDigits)]
}

// newDifferences is a comment about the differences that the issue did not show before. It is empty if there
// are none, or if the body before does not say what it showed.
func newDifferences(d *drift.Drift, before string) string {
	line := knownPattern.FindStringSubmatch(before)
	if line == nil {
		return ""
	}
	shown := strings.Fields(line[1])
	more := &drift.Drift{}
	for i := range d.Differences {
		if x := &d.Differences[i]; !slices.Contains(shown, known(x)) {
			more.Differences = append(more.Differences, *x)
		}
	}
	if len(more.Differences) == 0 {
		return ""
	}
	return text.Count(len(more.Differences), "difference is", "differences are") + " new:\n\n" + render.DifferenceList(more.Differences)
}
