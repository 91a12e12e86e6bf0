// Package plan has the values of planning: a Plan of one tenant, its changes, and the document of
// the plans of a directory. Package build computes plans. Both are pure: they cannot call a product.
package plan

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Change is one step of a plan.
type Change struct {
	Action    schema.Action
	Addr      schema.Address
	From      string         // the key before, for Rename
	Have      *schema.Object // live; nil for Create
	Want      *schema.Object // wanted, unmanaged attributes copied from live; nil for Delete, Deactivate and Forget
	Changed   schema.Mask    // attributes that differ
	Reason    string         // for people; the program does not read it
	DependsOn []int          // indices in Plan.Changes that must succeed first
	// Cascades are the live objects that the product deletes with that of a Delete, sorted by
	// address. The plan has no other changes for them.
	Cascades []*schema.Object
	Pos      schema.Pos // of the block that asks for the change; zero if none does

	// Removes are objects that count as removed with the change, besides its own: objects that
	// are deleted with it, and subjects that lose all or most of their rights through the
	// change. The journal records them; a plan from a file does not have them.
	Removes []schema.Address
	// Narrows are the subjects that lose rights through the change and do not count as removed,
	// with the share of rights that each keeps, from 0 to 1. A subject is in one change only. The
	// journal records them, because several such plans can revoke as much as one that a limit
	// forbids.
	Narrows map[schema.Address]float64
	// Demotes: an administrator loses the rights through the change, its own object or one that
	// is deleted with it. A plan from a file does not have it.
	Demotes bool
}

// A Plan has the changes of one tenant. It is a value: it can be shown, saved, compared and
// applied, and apply writes nothing else.
type Plan struct {
	Provider string // name of the provider block
	Product  string
	Tenant   string // the product's id of the tenant
	Endpoint string // base URL as configured
	Self     schema.Address
	// Settings are the settings of the provider block that change what apply writes
	// (schema.Steering); nil if none is set.
	Settings *schema.Object

	// NoImpact: who gains and loses rights was not computed, and limits were not checked, so the plan
	// cannot be applied.
	NoImpact bool
	Scope    *Scope // what was compared; nil means everything

	Changes    []Change // in the order of execution; Refuse and Forget are never executed
	Observed   []Change // differences in kinds with mode = "observe"; never executed
	Findings   []schema.Finding
	Violations []schema.Finding // limits, and checks that do not hold, that forbid the plan as a whole
	Checks     []Check          // in file order; Findings and Violations have what is wrong

	Unmanaged []Unmanaged // undeclared live objects, by kind
	// UndeclaredPeople are the people whom the plan names and no file declares, sorted and without a
	// provider. Whoever publishes the plan leaves them out.
	UndeclaredPeople []schema.Address
	Excluded         []Change // changes that --target or Scope excludes
	// Deviations are the differences from the approved plan; see Approval. A saved plan does not
	// have them.
	Deviations []Deviation
	// Expiring is what expires soon, and what has expired and is gone, the earliest first.
	Expiring []Expiring
	// MassChanges are attributes that the plan changes for many objects.
	MassChanges  []MassChange
	Unchanged    map[string]int      // by kind
	Affected     []rights.Difference // subjects whose rights change
	Danger       []Danger            // subjects that become administrator or gain privileged rights
	Unknown      []Unknown           // subjects that changes reach and whose rights are not known
	Kinds        []string            // names of the product's kinds, in the product's order
	DisplayNames map[string]string   // names of opaque values
	SetNames     map[string]string   // member text of a set of sets -> name of the virtual object
	Requests     Requests

	// Administrators are for the checks of apply that one of them stays; zero if the plan demotes
	// none. A plan from a file has none.
	Administrators Administrators
}

// Administrators are the administrators of a tenant whom a plan demotes, and some who stay.
type Administrators struct {
	Demoted []schema.Object // live objects
	// Staying are some administrators who stay active. Apply reads them before and after each
	// demotion: the key's own user first, and users whom the plan promotes last.
	Staying []schema.Object
	// Ignored has the patterns of users who do not count as administrators who stay, because
	// manage blocks ignore them; nil if there are none.
	Ignored *schema.IgnoreSet
	// SignInsUnknown: the product says that no administrator has ever signed in, so
	// Kind.NeverSignedIn is not used in this tenant.
	SignInsUnknown bool
}

// Unmanaged lists the live objects of a kind that no file declares and that are
// left alone.
type Unmanaged struct {
	Kind string   `json:"kind"`
	Keys []string `json:"keys"`
	Note string   `json:"note,omitempty"` // why they are left alone although their kind is authoritative
	// Ignored: they match an ignore pattern, and are listed because they have privileges. Other
	// ignored objects are not listed.
	Ignored bool `json:"ignored,omitempty"`
	// Notable are those of Keys with privileges or roles, administrators first.
	Notable []Notable `json:"notable,omitempty"`
}

// A Notable is an undeclared object that readers of a plan should know about: a user with
// privileges, or a user's membership in an object that the files mention.
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
	Minutes   float64 // of applying within the budget; 0 means under one
}

// NoImpact reports whether a plan of the document has no impact.
func (d *Document) NoImpact() bool {
	return slices.ContainsFunc(d.Plans, func(p *Plan) bool { return p.NoImpact })
}

// Document is what plan --json prints and plan --out saves: the plans of every
// tenant of a directory.
type Document struct {
	Version   string // of the rolecall that computed the plans
	Directory string // of the configuration, relative to where plan was run; for people
	Plans     []*Plan
	// Assertions are the results of the assertions that were asked for.
	Assertions []Assertion

	// WithoutNames says that people have numbers in place of their names, for a page that everybody can
	// read. A saved document does not have it.
	WithoutNames bool
	// Stated is the digest in a plan file; only Decode sets it.
	Stated string
	// Deviations are the approved changes in tenants without a plan. A saved document does not
	// have them.
	Deviations []Deviation
}
