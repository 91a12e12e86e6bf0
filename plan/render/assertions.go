package render

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// assertions writes the results of the assertions, with the first failures of each.
func (p *page) assertions(all []plan.Assertion) {
	if len(all) == 0 {
		return
	}
	p.gap()
	p.line(row(0, as(strong, "Assertions")))
	for i := range all {
		a := &all[i]
		name := text.Clean(string(a.Name))
		if a.Holds {
			p.line(row(margin, as(added, name+" holds"), as(dim, ": "+text.Clean(a.Text))).hanging(bodyStart))
			continue
		}
		p.line(row(margin, as(failed, name+" does not hold"), as(dim, ": it requires that "+text.Clean(a.Text))).hanging(bodyStart))
		for j := range a.Failures {
			p.line(row(bodyStart, say(text.Clean(a.Failures[j].Text))).hanging(bodyStart + 2))
		}
		if rest := a.Unlisted(); rest > 0 {
			p.line(row(bodyStart, as(dim, "and "+text.Number(rest)+" more")))
		}
	}
}
