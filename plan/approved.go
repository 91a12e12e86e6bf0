package plan

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Approval is what a saved plan permits in one tenant. It is compared with a
// plan that was just computed, and only what both hold identically is executed.
// The zero value permits nothing.
type Approval struct {
	Changes  []Change                // one for each object
	Settings *schema.Object          // see Plan.Settings
	Excluded map[schema.Address]bool // left out on purpose when the plan was made
}

// Approval returns what the plan permits when it is computed again.
func (p *Plan) Approval() *Approval {
	a := &Approval{Changes: Joined(p.Changes), Settings: p.Settings, Excluded: map[schema.Address]bool{}}
	for i := range p.Excluded {
		a.Excluded[WithoutProvider(p.Excluded[i].Addr)] = true
	}
	return a
}

// Approval returns what the document permits in a tenant of a product: nothing
// where it has no plan for it.
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

// WithoutProvider drops the name of the provider block, which may be another one.
func WithoutProvider(a schema.Address) schema.Address {
	return schema.Address{Kind: a.Kind, Key: a.Key}
}

// A Deviation is a change that was approved and is not made, or that the files ask
// for and nobody approved.
type Deviation struct {
	Addr      schema.Address
	Action    schema.Action // that is not executed
	Why       DeviationCause
	Before    []string       // of DiffersNow: attributes that have another value in the product by now
	After     []string       // of DiffersNow: other attributes for which the files ask for another value
	DependsOn schema.Address // of DependsOnUnapproved: the change that it needs and that is not executed
	Tenant    string         // of TenantMissing: the product's id of the tenant
}

// A DeviationCause says why a change is not executed. Programs read it too.
type DeviationCause string

// The causes.
const (
	DiffersNow          DeviationCause = "differs"               // approved, and the new plan makes another change of the object
	SettingsDiffer      DeviationCause = "settings"              // approved, and the provider block says otherwise by now how changes are made
	NotNeeded           DeviationCause = "not-needed"            // approved, and the new plan does not change the object
	AlreadyDone         DeviationCause = "already-done"          // approved, and the object is already as it would become
	DependsOnUnapproved DeviationCause = "depends-on-unapproved" // approved, and it needs a change that is not executed
	NotApproved         DeviationCause = "not-approved"          // in the new plan, and not approved
	TenantMissing       DeviationCause = "no-tenant"             // approved, and there is no new plan for the tenant
)

// Open reports whether the deviation leaves something undone that was approved or
// that the files ask for.
func (d *Deviation) Open() bool { return d.Why != AlreadyDone }
