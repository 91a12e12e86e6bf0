package plan

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Approval has the approved changes of one tenant, from a saved plan. It is compared with a
// newly computed plan, and only changes that are identical in both are executed. The zero value
// approves nothing.
type Approval struct {
	Changes  []Change                // one for each object
	Settings *schema.Object          // see Plan.Settings
	Excluded map[schema.Address]bool // excluded by --target when the plan was made
	gains    map[schema.Address][]schema.Grant
}

// CoversGains reports whether a plan that changes what all rights mean gives nobody more than the
// approved one. It is true for other plans.
func (a *Approval) CoversGains(p *Plan) bool {
	for subject, gained := range p.gains() {
		for _, g := range gained {
			if !slices.ContainsFunc(a.gains[subject], func(h schema.Grant) bool { return g.Right == h.Right && g.Scope == h.Scope }) {
				return false
			}
		}
	}
	return true
}

// Approval returns the approval of the plan's changes.
func (p *Plan) Approval() *Approval {
	a := &Approval{Changes: Joined(p.Changes), Settings: p.Settings, Excluded: map[schema.Address]bool{}, gains: p.gains()}
	for i := range p.Excluded {
		a.Excluded[WithoutProvider(p.Excluded[i].Addr)] = true
	}
	return a
}

// Approval returns the approval for a tenant of a product. Without a plan for it, it approves
// nothing.
func (d *Document) Approval(product, tenant string) *Approval {
	for _, p := range d.Plans {
		if p.Product == product && p.Tenant == tenant {
			return p.Approval()
		}
	}
	return &Approval{}
}

// Missing returns the approved changes of the document in tenants for which the new
// document has no plan.
func (d *Document) Missing(fresh *Document) []Deviation {
	var out []Deviation
	for _, p := range d.Plans {
		if slices.ContainsFunc(fresh.Plans, func(q *Plan) bool { return q.Product == p.Product && q.Tenant == p.Tenant }) {
			continue
		}
		for _, c := range Joined(p.Changes) {
			out = append(out, Deviation{Addr: c.Addr, Action: c.Action, Why: TenantMissing, Tenant: p.Tenant})
		}
	}
	return out
}

// WithoutProvider returns the address without the provider block, which may have another name.
func WithoutProvider(a schema.Address) schema.Address {
	return schema.Address{Kind: a.Kind, Key: a.Key}
}

// A Deviation is an approved change that is not made, or a change that the files ask for and that
// was not approved.
type Deviation struct {
	Addr      schema.Address
	Action    schema.Action // of the change that is not executed
	Why       DeviationCause
	Before    []string       // of DiffersNow: attributes with another value in the product
	After     []string       // of DiffersNow: other attributes with another wanted value
	DependsOn schema.Address // of DependsOnUnapproved: the change that it depends on and that is not executed
	Tenant    string         // of TenantMissing: the product's id of the tenant
}

// A DeviationCause says why a change is not executed. It is a member of JSON documents.
type DeviationCause string

// The causes.
const (
	DiffersNow          DeviationCause = "differs"               // approved, and the new plan makes another change of the object
	SettingsDiffer      DeviationCause = "settings"              // approved, and settings of the provider block that change what apply writes differ
	OthersGain          DeviationCause = "gains"                 // approved, and people gain rights by the new plan who do not by the approved one
	NotNeeded           DeviationCause = "not-needed"            // approved, and the new plan does not change the object
	AlreadyDone         DeviationCause = "already-done"          // approved, and the object is already as wanted
	DependsOnUnapproved DeviationCause = "depends-on-unapproved" // approved, and it depends on a change that is not executed
	NotApproved         DeviationCause = "not-approved"          // in the new plan, and not approved
	TenantMissing       DeviationCause = "no-tenant"             // approved, and there is no new plan for the tenant
)

// Open reports whether the change is still to be made.
func (d *Deviation) Open() bool { return d.Why != AlreadyDone }
