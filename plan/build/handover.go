package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// handedOver warns that the account of one person becomes that of another name.
func handedOver(d *candidate) schema.Finding {
	f := d.problem("plan/handed-over", "previously", "An account gets another name")
	f.Severity = schema.Warning
	f.Detail = fmt.Sprintf("The account of %s becomes that of %s: %s loses every right, and %s takes over the account with all its rights "+
		"and everything that it holds. If that is another person, drop previously, so that the new %s is created with rights of its own.",
		d.Have.Addr, d.Addr, d.From, d.Addr.Key, noun(d.table.kind))
	return f
}

// isLoss reports whether somebody or something is lost by the change, for the limits:
// the object goes or cannot be used any more, or its rights go to somebody else. What
// another object takes the place of, for the same person, is not lost.
func (d *candidate) isLoss() bool {
	switch {
	case d.HandsOver():
		return true
	case !d.deactivates():
		return false
	}
	return d.successor == "" || changesGrantee(d)
}

// changesGrantee reports whether the rights of an object that another one takes the
// place of are somebody else's afterwards.
func changesGrantee(d *candidate) bool {
	i, declared := d.table.declared[d.successor]
	return d.table.grantee != nil && declared && !d.table.grantee.attr.Equal(d.Have.Body, d.table.want[i].Body)
}

// handoversFirst puts those whose account gets another name before everybody else.
func handoversFirst(p *plan.Plan) {
	handed := p.HandedOver()
	if len(handed) == 0 {
		return
	}
	slices.SortStableFunc(p.Affected, func(x, y rights.Difference) int {
		_, one := handed[x.Subject]
		_, other := handed[y.Subject]
		return compareBool(!one, !other)
	})
}
