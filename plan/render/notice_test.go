package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/plan/render"
)

// TestDriftNotice writes the dangerous first, whatever the tenant, and counts what is too much.
func TestDriftNotice(t *testing.T) {
	tines := &drift.Drift{Provider: "tines"}
	for i := range 12 {
		tines.Differences = append(tines.Differences, drift.Difference{Origin: drift.Moved, Text: fmt.Sprintf("user %02d was added", i)})
	}
	partoo := &drift.Drift{Provider: "partoo.eu", Differences: []drift.Difference{
		{Origin: drift.Moved, Danger: true, Text: "eve\n@x.example became ORG_ADMIN", By: []drift.Entry{{At: "2027-01-31T10:00:00Z", Who: "omar@x.example", Did: "UserEdit"}}},
		{Origin: drift.Pending, Text: "role clerk is declared and was not created yet"},
		{Origin: drift.Conflict, Text: "role keeper gained one permission"},
	}}
	for i := range 12 {
		partoo.Unseen = append(partoo.Unseen, fmt.Sprintf("The list %02d could not be read: %s.", i, strings.Repeat("x", i)))
	}
	all := []*drift.Drift{tines, partoo}
	everything := func(*drift.Drift, *drift.Difference) bool { return true }
	nothing := func(*drift.Drift, *drift.Difference) bool { return false }
	danger := func(_ *drift.Drift, x *drift.Difference) bool { return x.Danger }
	clean := []*drift.Drift{{Provider: "tines"}}
	for name, c := range map[string]struct {
		all  []*drift.Drift
		news render.DriftNews
		want []string // title and lines
	}{
		"all is new": {all, render.DriftNews{New: everything}, []string{
			"rolecall: tines and partoo.eu differ from the files in 15 objects, 1 of them dangerous; the check is incomplete",
			`! partoo.eu: eve\n@x.example became ORG_ADMIN (by omar@x.example at 2027-01-31T10:00:00Z)`,
			"~ tines: user 00 was added", "~ tines: user 01 was added", "~ tines: user 02 was added", "~ tines: user 03 was added",
			"~ tines: user 04 was added", "~ tines: user 05 was added", "~ tines: user 06 was added", "~ tines: user 07 was added",
			"~ tines: user 08 was added", "and 5 more",
			"Not checked:", "- The list 00 could not be read: .", "- The list 01 could not be read: x.", "- The list 02 could not be read: xx.",
			"- The list 03 could not be read: xxx.", "- The list 04 could not be read: xxxx.", "- The list 05 could not be read: xxxxx.",
			"- The list 06 could not be read: xxxxxx.", "- The list 07 could not be read: xxxxxxx.", "- The list 08 could not be read: xxxxxxxx.",
			"- The list 09 could not be read: xxxxxxxxx.", "- and 2 more",
		}},
		"one is new": {[]*drift.Drift{{Provider: "partoo", Differences: partoo.Differences}}, render.DriftNews{New: danger, Gone: 1}, []string{
			"rolecall: partoo differs from the files in 3 objects, 1 of them dangerous",
			`! eve\n@x.example became ORG_ADMIN (by omar@x.example at 2027-01-31T10:00:00Z)`,
			"Reported before, and still there: 2 differences.",
			"Reported before, and gone: 1 difference.",
		}},
		"nothing is new": {[]*drift.Drift{{Provider: "partoo", Differences: partoo.Differences}}, render.DriftNews{New: nothing, Gone: 2, Recovered: true}, []string{
			"rolecall: partoo differs from the files in 3 objects, 1 of them dangerous",
			"Reported before, and still there:",
			`! eve\n@x.example became ORG_ADMIN (by omar@x.example at 2027-01-31T10:00:00Z)`,
			"! role keeper gained one permission",
			"… role clerk is declared and was not created yet",
			"Reported before, and gone: 2 differences.",
			"The check before failed or was incomplete; this one is complete.",
		}},
		"incomplete": {[]*drift.Drift{{Provider: "tines", Unseen: []string{"The users of Tines could not be read: no."}}}, render.DriftNews{New: everything}, []string{
			"rolecall: the drift check of tines is incomplete", "Not checked:", "- The users of Tines could not be read: no.",
		}},
		"clean": {clean, render.DriftNews{New: everything, Gone: 1}, []string{
			"rolecall: tines matches the files again", "Reported before, and gone: 1 difference.",
		}},
		"recovered": {clean, render.DriftNews{New: everything, Recovered: true}, []string{
			"rolecall: tines matches the files again", "The check before failed or was incomplete; this one is complete.",
		}},
	} {
		n := render.DriftNotice(c.all, c.news)
		if got, want := strings.Join(append([]string{n.Title}, n.Lines...), "\n"), strings.Join(c.want, "\n"); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}
