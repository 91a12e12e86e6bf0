package tines

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// budgets are how many requests may be sent in a minute, by the limit that Tines
// counts them under. 0 is as many as wanted.
type budgets struct {
	general int // 5,000 are allowed
	users   int // below /admin/users: 500
	audit   int // the audit log: 1,000
}

// budgetsOf keeps the proportions of the limits of Tines.
func budgetsOf(general int) budgets {
	if general <= 0 {
		return budgets{}
	}
	return budgets{general: general, users: max(1, general/10), audit: max(1, general/5)}
}

func (b budgets) lanes() []rest.RateClass {
	below := func(root string) func(string, string) bool {
		return func(_, path string) bool { return path == root || strings.HasPrefix(path, root+"/") }
	}
	return []rest.RateClass{{Name: "users", Budget: b.users, Match: below(usersPath)}, {Name: "audit", Budget: b.audit, Match: below(auditPath)}}
}

const auditPath = "/audit_logs"

// A cost is a number of requests by the limit that they are counted under.
type cost struct {
	general int
	users   int
}

// Price counts the requests of a change.
func (c *client) Price(r provider.Request) int {
	p := c.resource(r.Addr.Kind).price(r)
	return p.general + p.users
}

// Minutes is how long the changes take: each budget is spent while the others are,
// so the slowest counts.
func (c *client) Minutes(changes []provider.Request) float64 {
	var all cost
	for _, r := range changes {
		p := c.resource(r.Addr.Kind).price(r)
		all.general += p.general
		all.users += p.users
	}
	return max(provider.Minutes(0, all.general, c.budgets.general), provider.Minutes(0, all.users, c.budgets.users))
}

// steps is how many requests a change takes that is made in one write: the object is
// read, written and read again.
const steps = 3
