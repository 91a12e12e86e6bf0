package plan

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/grant"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// HandsOver reports whether the change gives the account of one person to another
// name: the old name loses every right, and the new one gains them.
func (c *Change) HandsOver() bool {
	return c.Action == schema.Rename && c.Have != nil && c.Have.Kind.Subject
}

// HandedOver gives for the old and the new name of every account that gets another
// name the respective other one.
func (p *Plan) HandedOver() map[schema.Address]schema.Address {
	out := map[schema.Address]schema.Address{}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.HandsOver() {
			out[c.Have.Addr], out[c.Addr] = c.Addr, c.Have.Addr
		}
	}
	return out
}

// handoversFirst puts those whose account gets another name before everybody else.
func (p *Plan) handoversFirst() {
	handed := p.HandedOver()
	if len(handed) == 0 {
		return
	}
	slices.SortStableFunc(p.Affected, func(x, y grant.Difference) int {
		_, one := handed[x.Subject]
		_, other := handed[y.Subject]
		return compareBool(!one, !other)
	})
}

// handedOver warns that the account of one person becomes that of another name.
func (b *builder) handedOver(d *candidate) schema.Finding {
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
	return d.successor == "" || d.changesGrantee()
}

// changesGrantee reports whether the rights of an object that another one takes the
// place of are somebody else's afterwards.
func (d *candidate) changesGrantee() bool {
	i, declared := d.table.declared[d.successor]
	return d.table.grantee != nil && declared && !d.table.grantee.attr.Equal(d.Have.Body, d.table.want[i].Body)
}
