package render

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostDeviations is the number of deviations of one sort that are listed; the others are counted.
const mostDeviations = 20

// deviations writes the differences from the approved plan.
func (p *page) deviations(all []plan.Deviation, o Options) {
	sorts := [3]struct {
		title, about string
		lines        []line
	}{
		{"Not applied", "approved", nil},
		{"Not approved", "pending", nil},
		{"Already done", "approved", nil},
	}
	for i := range all {
		d := &all[i]
		s := &sorts[0]
		switch d.Why {
		case plan.NotApproved:
			s = &sorts[1]
		case plan.AlreadyDone:
			s = &sorts[2]
		}
		spans := []span{as(styleOf(d.Action), symbol(d.Action)+" "+d.Action.String()+" "), as(strong, text.Clean(d.Addr.String()))}
		if why := deviationReason(d); why != "" {
			spans = append(spans, as(dim, ": "+why))
		}
		s.lines = append(s.lines, row(margin, spans...).hanging(bodyStart))
	}
	for _, s := range sorts {
		if len(s.lines) == 0 {
			continue
		}
		p.gap()
		p.line(row(0, as(strong, s.title), as(dim, ": "+text.Count(len(s.lines), s.about+" change", s.about+" changes"))).hanging(margin))
		most := o.atMost(len(s.lines), mostDeviations)
		for _, l := range s.lines[:most] {
			p.line(l)
		}
		if rest := len(s.lines) - most; rest > 0 {
			p.line(row(margin, as(dim, "and "+text.Number(rest)+" more")))
		}
	}
}

// deviationReason says why an approved change is not made.
func deviationReason(d *plan.Deviation) string {
	switch d.Why {
	case plan.DependsOnUnapproved:
		return "needs " + text.Clean(d.DependsOn.String()) + ", which is not applied"
	case plan.SettingsDiffer:
		return "settings of the provider block that affect this change differ"
	case plan.OthersGain:
		return "by the new plan, people gain rights that they do not gain by the approved one"
	case plan.NotNeeded:
		return "the new plan does not change it"
	case plan.TenantMissing:
		return "no provider block of the files is for tenant " + text.Clean(d.Tenant)
	case plan.DiffersNow:
		var parts []string
		if len(d.Before) > 0 {
			parts = append(parts, "from the product in "+text.Clean(strings.Join(d.Before, ", ")))
		}
		if len(d.After) > 0 {
			parts = append(parts, "from the files in "+text.Clean(strings.Join(d.After, ", ")))
		}
		if len(parts) == 0 {
			return "the new plan makes a different change"
		}
		return "differs " + strings.Join(parts, " and ")
	}
	return ""
}
