// Package review lists who has what access in tenants at one time, and compares two such reviews. It is
// pure: it sends no requests, reads no files and has no clock.
package review

import (
	"github.com/rolecall-dev/rolecall/plan/access"
)

// A Document is an access review. As JSON it is described in docs/json.md.
type Document struct {
	FormatVersion int    `json:"format_version"`
	Version       string `json:"rolecall_version"`
	At            string `json:"at"` // when everything was read, as RFC 3339 writes it
	Complete      bool   `json:"complete"`
	// Missing are the tenants of the earlier review that this one does not have.
	Missing []Missing `json:"missing_tenants,omitempty"`
	Tenants []*Tenant `json:"tenants"`
}

// A Missing is a tenant of the earlier review that the review of now does not have.
type Missing struct {
	Provider string `json:"provider"`
	Product  string `json:"product"`
	Tenant   string `json:"tenant,omitempty"`
	People   int    `json:"people"` // in the earlier review
}

// A Tenant is the review of one tenant.
type Tenant struct {
	Provider string   `json:"provider"`
	Product  string   `json:"product"`
	Tenant   string   `json:"tenant,omitempty"` // of files as their provider block names it, if it does
	Endpoint string   `json:"endpoint,omitempty"`
	Source   string   `json:"source"` // "live", or "files"
	Complete bool     `json:"complete"`
	NotSeen  []string `json:"not_seen,omitempty"`
	Notes    []string `json:"notes,omitempty"`
	// Since says what changed since an earlier review; nil if none was given.
	Since *Since `json:"since,omitempty"`
	// Labels are readable names of scopes and places.
	Labels map[string]string `json:"labels,omitempty"`
	// PlaceSets are the places of the scopes of ways. Way.Places numbers them from 1.
	PlaceSets [][]string `json:"place_sets,omitempty"`
	Ways      []*Way     `json:"ways"`
	People    []*Person  `json:"people"` // those whom nobody declares first, then by kind and key
}

// A Way is rights on some scopes, with the objects through which they come.
type Way struct {
	Number     int      `json:"way"` // from 0
	Via        string   `json:"via,omitempty"`
	Rights     []string `json:"rights"`
	Scopes     []string `json:"scopes"`
	Places     int      `json:"place_set,omitempty"`
	Everywhere bool     `json:"everywhere,omitempty"` // in the whole tenant
	All        bool     `json:"all_rights,omitempty"` // every right on the scopes
	Unknown    bool     `json:"unknown,omitempty"`    // the rights are not known
	Privileged bool     `json:"privileged,omitempty"` // one of the rights is privileged
	Chain      []Link   `json:"chain,omitempty"`

	id string // see comparison.gives
}

// A Link is one object of a chain.
type Link struct {
	Address string `json:"address"`
	Position
}

// A Position is where an object is declared, and who last changed that line.
type Position struct {
	Origin access.Origin `json:"origin"`
	File   string        `json:"file,omitempty"`
	Line   int           `json:"line,omitempty"`
	Commit
}

// A Commit is the last one that changed a line. If the line is not in a commit, only NotCommitted is set;
// if the commit is not known, nothing is.
type Commit struct {
	ID           string `json:"commit,omitempty"`
	Author       string `json:"author,omitempty"`
	Date         string `json:"committed,omitempty"` // as RFC 3339 writes it
	NotCommitted bool   `json:"not_committed,omitempty"`
}

// A Person has access: a user, or an object that stands for users whom the product does not name.
type Person struct {
	Kind   string `json:"kind"`
	Key    string `json:"key"`
	ID     string `json:"id,omitempty"` // the product's own
	Name   string `json:"name,omitempty"`
	User   bool   `json:"person"`
	Anyone string `json:"anyone,omitempty"` // the users whom it stands for
	State  State  `json:"state,omitempty"`  // of a user
	// Administrator says that the person is an active administrator or has every right everywhere.
	Administrator bool `json:"administrator,omitempty"`
	Privileged    bool `json:"privileged,omitempty"`
	// Orphan says that no file declares the person, or a membership or the like of them.
	Orphan bool `json:"orphan,omitempty"`
	// Incomplete says that not everything that gives the person rights could be read.
	Incomplete bool `json:"incomplete,omitempty"`
	Position
	Until  string `json:"until,omitempty"` // day from which on the access counts as removed; "" means standing
	Reason string `json:"reason,omitempty"`
	Holds  []Hold `json:"ways"`
}

// A Hold is a way of one person.
type Hold struct {
	Number int `json:"way"` // of the way
	*Way   `json:"-"`
	// Through is what holds the rights for this person alone, such as a membership.
	Through *Link  `json:"through,omitempty"`
	Until   string `json:"until,omitempty"` // as Person.Until, the earliest of everything that gives the rights
	Reason  string `json:"reason,omitempty"`
}

// A State says whether a user can sign in.
type State string

// The states.
const (
	Active    State = "active"
	Invited   State = "invited" // and has not signed in, as far as the product says
	Disabled  State = "disabled"
	NotListed State = "not-listed" // others name the user, and the product does not list it
	NotKnown  State = "not-known"  // the review is about files
)

// Given returns where the access by a way is given: the line of what holds it for the person alone, or of
// the person.
func (p *Person) Given(h *Hold) *Position {
	if h.Through != nil {
		return &h.Through.Position
	}
	return &p.Position
}
