package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// handedOver warns that an account gets the name of another person.
func handedOver(d *candidate) schema.Finding {
	f := d.problem("plan/account-renamed", "previously", "An account gets another name")
	f.Severity = schema.Warning
	f.Detail = fmt.Sprintf("The account of %s becomes that of %s: %s loses every right, and %s takes over the account with all its rights "+
		"and everything that it holds. If that is another person, delete previously, so that the new %s is created with rights of its own.",
		d.Have.Addr, d.Addr, d.From, d.Addr.Key, noun(d.table.kind))
	return f
}

// isLoss reports whether the change counts as a removal for the limits: the object is removed or
// deactivated, or another person gets its rights. An object that another one replaces for the
// same person does not count.
func (d *candidate) isLoss() bool {
	switch {
	case d.HandsOver():
		return true
	case !d.deactivates():
		return false
	}
	return d.successor == "" || changesGrantee(d)
}

// changesGrantee reports whether the object that replaces the deleted one gives its rights to
// another user.
func changesGrantee(d *candidate) bool {
	i, declared := d.table.declared[d.successor]
	return d.table.grantee != nil && declared && !d.table.grantee.attr.Equal(d.Have.Body, d.table.want[i].Body)
}

// handoversFirst puts users whose account gets another name before all others.
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
