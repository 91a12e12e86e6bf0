package build

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Input is what a plan is computed from.
type Input struct {
	Tenant   *schema.Tenant // the files' view; objects resolved
	ID       string         // the product's id of the tenant
	Endpoint string
	Self     schema.Address
	Live     map[string][]schema.Object // by kind; a missing key means not listed, an empty slice means none
	Labels   map[string]string
	Targets  []string // addresses; empty means everything
	Recent   plan.Recent
	Approved *plan.Approval // what may be executed; nil means everything
}

// A Result is what is computed. While Missing is not empty, the rest is not known.
type Result struct {
	Plan *plan.Plan
	// After are the tenant's objects by kind as they would be after the plan, for the
	// kinds that were listed. What is to be deactivated is among them as it was, because
	// only the product knows how. They are shared with the input and must not be written to.
	After map[string][]schema.Object
	// NewKeys are the keys that the plan gives to live objects: renamed ones, and those
	// whose keys contain theirs. Apply finds the objects under them too.
	NewKeys []NewKey
	Missing Missing
}

// A NewKey is a key that a live object gets.
type NewKey struct{ Kind, Key, ID string }

// Missing is what has to be read before a plan can be computed; then it is built again.
type Missing struct {
	Kinds   []string        // to be listed
	Objects []schema.Object // incomplete ones, to be read whole
}

// Empty reports whether nothing is missing.
func (m *Missing) Empty() bool { return len(m.Kinds)+len(m.Objects) == 0 }
