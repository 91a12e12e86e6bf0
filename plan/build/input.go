package build

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/since"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Input is what a plan is computed from.
type Input struct {
	Tenant   *schema.Tenant // as declared in the files; objects resolved
	ID       string         // the product's id of the tenant
	Endpoint string
	Self     schema.Address
	Live     map[string][]schema.Object // by kind; a missing key means not listed, an empty slice means none
	Labels   map[string]string
	Targets  []string     // addresses; empty means everything
	Scope    *since.Scope // what is compared; nil means everything
	NoImpact bool         // do not compute impact and check no limits
	Recent   plan.Recent
	Approved *plan.Approval // changes that may be executed; nil means all
	// All lists the undeclared objects of every listed kind, also of those that no file mentions.
	All bool
}

// A Result is a computed plan. While Missing is not empty, the other fields are not set.
type Result struct {
	Plan *plan.Plan
	// After has the tenant's objects by kind as they would be after the plan, for the listed
	// kinds. Objects to be deactivated are unchanged, because only the product knows the result.
	// The objects are shared with the input and must not be written to.
	After map[string][]schema.Object
	// NewKeys are the keys that live objects get: renamed objects, and objects whose keys
	// contain those of renamed objects. Apply finds objects under them too.
	NewKeys []NewKey
	Missing Missing
}

// A NewKey is a key that a live object gets.
type NewKey struct{ Kind, Key, ID string }

// Missing is what has to be read before Build can compute the plan.
type Missing struct {
	Kinds   []string        // to be listed
	Objects []schema.Object // incomplete ones, to be read whole
}

// Empty reports whether nothing is missing.
func (m *Missing) Empty() bool { return len(m.Kinds)+len(m.Objects) == 0 }
