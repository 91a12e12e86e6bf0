package tines

import (
	"strings"

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
	return []rest.RateClass{{Name: usersClass, Budget: b.users, Match: below(usersPath)}, {Name: auditClass, Budget: b.audit, Match: below(auditPath)}}
}

const auditPath = "/audit_logs"

// The names of the rate classes, beside "" for all other requests.
const (
	usersClass = "users"
	auditClass = "audit"
)

// steps is how many requests a change takes that is made in one write: the object is
// read, written and read again.
const steps = 3
