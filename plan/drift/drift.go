// Package drift says how a tenant differs from the files, as what somebody did: it turns a plan and
// the live objects around it into differences. It is pure: it sends no requests, reads no files and
// has no clock.
package drift

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Input is what the differences of one tenant are found in.
type Input struct {
	Plan   *plan.Plan
	Tenant *schema.Tenant
	// Live has the live objects by kind. A kind without a key was not listed.
	Live map[string][]schema.Object
	// Unlisted says by kind why its objects could not be listed.
	Unlisted map[string]error
	Baseline *Baseline // nil if there is none
	Today    string    // as "2027-01-31", for accept blocks
}

// A Drift has the differences between one tenant and the files.
type Drift struct {
	Provider string // name of the provider block
	Product  string
	Title    string // of the product, as its vendor writes it
	Tenant   string // the product's id of the tenant
	Endpoint string
	// Since is the time of the baseline, as RFC 3339; "" without one. Differences then have no
	// Origin, and undeclared objects count only if they have or give rights.
	Since string

	Differences []Difference // the dangerous first
	Accepted    []Accepted   // differences that accept blocks hide
	// Unseen says what could not be checked, in full sentences. A tenant with an entry is never
	// as declared.
	Unseen []string
	// Findings are those of the plan that Unseen is about, with their places in the files.
	Findings []schema.Finding
	// Unattributed says why the entries of some differences are empty: "Partoo has no audit log that
	// can be read".
	Unattributed string
	// UndeclaredPeople are the people who are named here and whom no file declares, sorted and without a
	// provider. Whoever publishes the differences leaves them out.
	UndeclaredPeople []schema.Address
	Notes            []string // what readers should know besides, in full sentences
}

// Clean reports whether everything was seen and nothing differs.
func (d *Drift) Clean() bool { return len(d.Differences)+len(d.Unseen) == 0 }

// An Origin says which side moved since the baseline.
type Origin string

// The origins.
const (
	Unknown  Origin = ""         // there is no baseline, or it does not know the object
	Moved    Origin = "drift"    // the live object moved
	Pending  Origin = "pending"  // the files moved, and were not applied
	Conflict Origin = "conflict" // both moved
)

// A Difference is one object that differs from the files.
type Difference struct {
	Addr schema.Address
	// Subject is the user whose rights the object holds, such as the member of a membership, or
	// the address of the object itself.
	Subject schema.Address
	// Live is the address of the live object: another one than Addr if it was renamed, and Addr if
	// there is none.
	Live       schema.Address
	Origin     Origin
	Danger     bool   // a user has privileged rights that no file gives, or owns another's address
	Text       string // what happened, as a sentence without a period
	Attributes []Attribute
	Pos        schema.Pos // of the block; zero if no file declares the object
	// Fingerprint identifies the difference: it changes if the live object changes.
	Fingerprint string
	// By are the entries of the product's audit log about the object, the newest first.
	By []Entry
}

// An Attribute is one attribute that differs. Of sets and maps, Live has the members that only the
// live object has, and Files those that only the files have. Of an undeclared object, Live has the
// value.
type Attribute struct {
	Name   string
	Live   []string
	Files  []string
	Set    bool // the values are members of a set
	Origin Origin
}

// An Entry is an entry of an audit log: who did what, and when.
type Entry struct {
	At  string // RFC 3339
	Who string
	Did string // the product's name of the operation
}

// An Accepted difference is hidden by an accept block.
type Accepted struct {
	Difference
	Until, Reason string
}
