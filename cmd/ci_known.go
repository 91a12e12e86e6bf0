package cmd

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

// knownDigits is how much of a hash tells the differences of one tenant apart.
const knownDigits = 12

var knownPattern = regexp.MustCompile(`(?m)^<!-- shown:((?: [0-9a-f]+)*) -->$`)

// knownLine is the hidden line about the differences of a tenant.
func knownLine(d *drift.Drift, public bool) string {
	if len(d.Differences) > maxKnown {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n<!-- shown:")
	for i := range d.Differences {
		b.WriteString(" " + known(&d.Differences[i], public))
	}
	return b.String() + " -->\n"
}

// numbered finds the number in place of a name.
var numbered = regexp.MustCompile(`\bundeclared-([a-z_]+)-[0-9]+\b`)

// known stands for a difference. In a public repository it is a hash of what everybody reads about it anyway:
// a fingerprint, which is a hash of the name and a few values, would let everybody test a guess of a
// name. The number of a person is left out, because it changes when other people come or go.
func known(d *drift.Difference, public bool) string {
	id := d.Fingerprint
	if public {
		sum := sha256.Sum256(fmt.Appendf(nil, "%q %v", numbered.ReplaceAllString(d.Text, "undeclared-$1"), d.Attributes))
		id = hex.EncodeToString(sum[:])
	}
	return id[:min(len(id), knownDigits)]
}

// newDifferences is a comment about the differences that the issue did not show before. It is empty if there
// are none, or if the body before does not say what it showed.
func newDifferences(d *drift.Drift, before string, public bool) string {
	line := knownPattern.FindStringSubmatch(before)
	if line == nil {
		return ""
	}
	shown := strings.Fields(line[1])
	more := &drift.Drift{}
	for i := range d.Differences {
		x := &d.Differences[i]
		if at := slices.Index(shown, known(x, public)); at >= 0 {
			shown = slices.Delete(shown, at, at+1) // each entry is about one difference
		} else {
			more.Differences = append(more.Differences, *x)
		}
	}
	if len(more.Differences) == 0 {
		return ""
	}
	return text.Count(len(more.Differences), "difference is", "differences are") + " new:\n\n" + render.DifferenceList(more.Differences)
}
