package render

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Verdict says on one line what all plans of a document are.
type Verdict struct {
	Text  string // "stopped by 1 limit; danger; 3 to create"
	Style string // "failed" if the plans cannot be applied, "danger" if they give privileged rights
}

// VerdictOf returns the verdict on the plans of a document.
func VerdictOf(d *plan.Document) Verdict {
	v := Verdict{Text: verdict(d, text.Clean)}
	for _, p := range d.Plans {
		switch {
		case p.Errors()+len(p.Violations) > 0:
			v.Style = styleNames[failed]
		case len(p.Danger) > 0 && v.Style == "":
			v.Style = styleNames[danger]
		}
	}
	for i := range d.Assertions {
		if !d.Assertions[i].Holds {
			v.Style = styleNames[failed]
		}
	}
	if d.NoImpact() {
		v.Style = styleNames[failed]
	}
	return v
}

// verdict says on one line what the plans are: "stopped by 1 limit; danger; 3 to create". It writes
// names of assertions with code.
func verdict(d *plan.Document, code func(string) string) string {
	var errors, dangers int
	var sum plan.Summary
	for _, p := range d.Plans {
		errors += p.Errors()
		dangers += len(p.Danger)
		sum.Add(p.Summary())
	}
	if errors > 0 {
		return text.Count(errors, "error", "errors") + ", cannot be applied"
	}
	var parts []string
	if d.NoImpact() {
		parts = append(parts, "without impact, cannot be applied or approved")
	}
	for i := range d.Assertions {
		if a := &d.Assertions[i]; !a.Holds {
			parts = append(parts, code(string(a.Name))+" does not hold")
		}
	}
	if stopped := d.StoppedBy(); stopped != "" {
		parts = append(parts, "stopped by "+stopped)
	}
	if dangers > 0 {
		parts = append(parts, "danger")
	}
	what := counts(sum)
	if what == "" {
		what = "no changes"
	}
	return strings.Join(append(parts, what), "; ")
}
