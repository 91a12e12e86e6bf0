// Package plan computes what has to change. It is pure: desired and live objects
// go in, a Plan comes out, and the package has nothing in its hands with which it
// could call a product.
package plan

import (
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Change is one step of a plan.
type Change struct {
	Action    schema.Action
	Addr      schema.Address
	From      string         // the key before, for Rename
	Have      *schema.Object // live; nil for Create
	Want      *schema.Object // as it shall be, unmanaged attributes copied from live; nil for Delete, Deactivate and Forget
	Changed   schema.Mask    // attributes that differ
	Reason    string         // why, for people; never read by the machine
	DependsOn []int          // indices in Plan.Changes that must succeed first
	// Cascades are the live objects that the product deletes with the one that a
	// Delete is about, by address; no other change of the plan is about them.
	Cascades []*schema.Object
	Pos      schema.Pos // of the block that asks for it; zero where none does

	// Removes is what counts as removed with the change, besides an object that it
	// deletes or deactivates: what goes along with that object, and the subjects that
	// lose all or most of their rights through the change. The journal records it; a
	// plan that was read from a file does not say so.
	Removes []schema.Address
	// Narrows are the subjects that lose rights through the change and do not count as
	// removed, with how much each keeps, from 0 to 1, of what it could do; under one of
	// the changes by which it loses them. The journal records it, because several such
	// plans can take as much as one that a limit refuses.
	Narrows map[schema.Address]float64
	// Demotes: the change takes an administrator's rights, its own object's or those
	// of one that goes along. A plan that was read from a file does not say so.
	Demotes bool
}

// A Plan is what has to happen in one tenant. It is a value: it can be shown,
// saved, compared and applied, and nothing else is written.
type Plan struct {
	Provider string // name of the provider block
	Product  string
	Tenant   string // the product's id of the tenant
	Endpoint string // base URL as configured
	Self     schema.Address
	// Settings are those of the provider block on which it depends what apply writes
	// (schema.Steering); nil where none is set.
	Settings *schema.Object

	Changes    []Change // in the order of execution; Refuse and Forget are never executed
	Observed   []Change // differences in kinds with mode = "observe": told, never executed
	Findings   []schema.Finding
	Violations []schema.Finding // limits that forbid the plan as a whole

	Unmanaged []Unmanaged // undeclared live objects, by kind
	Excluded  []Change    // changes that --target excludes
	// Deviations say how the plan differs from the one that was approved; see
	// Approval. They are not part of a saved plan.
	Deviations []Deviation
	// MassChanges tell of attributes that the plan changes for many objects at once.
	MassChanges  []MassChange
	Unchanged    map[string]int      // by kind
	Affected     []rights.Difference // subjects whose rights change
	Danger       []Danger            // who becomes administrator or gains privileged rights
	Kinds        []string            // names of the product's kinds, in the product's order
	DisplayNames map[string]string   // readable words for opaque values
	SetNames     map[string]string   // member text of a set of sets -> name of the virtual object
	Requests     Requests

	// Administrators is what apply needs to keep one of them; zero where the plan
	// demotes nobody. A plan that was read from a file has none.
	Administrators Administrators
}

// Administrators are those of a tenant whom a plan demotes and leaves.
type Administrators struct {
	Demoted []schema.Object // whose rights the plan takes, as they are live
	// Staying are some who stay active administrators, to be read before and after each
	// demotion: the key's own user first, and last those whom the plan promotes.
	Staying []schema.Object
	// Ignored says whom the manage blocks take out of sight, who does not count as an
	// administrator who stays; nil where it is nobody.
	Ignored *schema.IgnoreSet
	// SignInsUnknown: of no administrator is it known to have ever signed in, so
	// Kind.NeverSignedIn tells nothing in this tenant.
	SignInsUnknown bool
}

// Unmanaged lists the live objects of a kind that no file declares and that are
// left alone.
type Unmanaged struct {
	Kind string   `json:"kind"`
	Keys []string `json:"keys"`
	Note string   `json:"note,omitempty"` // why they are left alone where their kind is authoritative
	// Ignored: an ignore pattern takes them out of sight, and they are listed because
	// they have privileges. Other ignored objects are not listed.
	Ignored bool `json:"ignored,omitempty"`
	// Notable are those of Keys that people must know of, administrators first.
	Notable []Notable `json:"notable,omitempty"`
}

// A Notable is an undeclared object that people must know of: a user with privileges,
// or what a user has within something that the files declare.
type Notable struct {
	Key           string `json:"key"`
	What          string `json:"what"` // the privileges, such as "ORG_ADMIN", or the role
	Administrator bool   `json:"administrator,omitempty"`
}

// Requests counts the requests of planning and applying.
type Requests struct {
	Spent     int     // sent while planning
	Estimated int     // that applying will send
	Budget    int     // requests a minute
	Minutes   float64 // that applying takes under the budget; 0 means under one
}

// Document is what plan --json prints and plan --out saves: the plans of every
// tenant of a directory.
type Document struct {
	Version   string // of the rolecall that computed the plans
	Directory string // of the configuration, relative to where plan was run; for people
	Plans     []*Plan

	// Stated is the digest that a plan file says it has; only Decode sets it.
	Stated string
	// Deviations are the approved changes in tenants for which there is no plan.
	// They are not part of a saved plan.
	Deviations []Deviation
}
