package render

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Verdict says in one sentence whether plans can be applied, and who gains privileged rights.
type Verdict struct {
	Text  string
	Style string // "failed", "danger", or "" if there is nothing to look at first
}

// VerdictOf returns the verdict on all plans of a document.
func VerdictOf(d *plan.Document) Verdict {
	var errors, limits, writes, broken int
	var dangers []plan.Danger
	for _, p := range d.Plans {
		errors += p.Errors()
		limits += len(p.Violations)
		writes += p.Summary().Writes()
		dangers = append(dangers, p.Danger...)
	}
	for i := range d.Assertions {
		if !d.Assertions[i].Holds {
			broken++
		}
	}
	switch {
	case errors > 0:
		return Verdict{"Cannot be applied: the plan has " + text.Count(errors, "error", "errors") + ".", styleNames[failed]}
	case limits > 0:
		return Verdict{"Cannot be applied: stopped by " + text.Count(limits, "limit", "limits") + ".", styleNames[failed]}
	case broken > 0:
		return Verdict{text.Count(broken, "assertion does not hold.", "assertions do not hold."), styleNames[failed]}
	case len(dangers) > 0:
		return Verdict{"Danger: " + strings.Join(dangerCounts(dangers), "; ") + ".", styleNames[danger]}
	case writes == 0:
		return Verdict{Text: "Nothing to apply."}
	}
	return Verdict{Text: "Can be applied."}
}
