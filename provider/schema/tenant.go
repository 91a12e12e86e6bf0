package schema

import "slices"

// A Removal is a removed block, or a block that has expired: the object is removed, also under
// mode = "additive".
type Removal struct {
	Kind string
	Key  string
	// Expired is the object of a block that has expired; nil for a removed block.
	Expired *Object
	// Reason says what else asks for the removal; empty means a removed block.
	Reason string
	Pos    Pos
}

// An Acceptance is an accept block: some differences of a live object from the files are known, and
// are no drift until a day.
type Acceptance struct {
	Kind         string
	Key          string
	Until        string   // the last day, as "2027-01-31", in UTC
	Reason       string   // for people
	Fingerprints []string // of the differences, as drift prints them; see drift.Difference
	Pos          Pos
}

// FingerprintSize is the number of bytes of a fingerprint, which is written in hexadecimal digits.
const FingerprintSize = 12

// A Tenant is one provider block with everything that belongs to it: what the
// files say about one customer account of one product.
type Tenant struct {
	Name     string // "partoo", or "tines.soc" with an alias
	Product  *Product
	Settings Object
	Manage   map[string]Manage // by kind
	Limits   Limits
	Protect  []string // addresses that are never removed, as written, with or without the provider
	// Privileged lists what is privileged instead of Product.Privileged, as patterns of
	// ParsePrivilege; nil means as the product says.
	Privileged []string
	Objects    []Object // desired, sorted by level and key; without those that have expired
	Removed    []Removal
	TimeZone   string // in which the days of Term are; "UTC" unless the provider block names another
	Today      string // the day on which the files were loaded, in TimeZone; "" if Options.Now of config was not set
	Accepted   []Acceptance
	Checks     []Check // in file order
	// Named has the objects, without those of subjects, whose blocks expressions name, other than as a
	// whole kind. True means that a local value or a block of the same kind does, such as a role that has
	// the permissions of another one.
	Named map[Address]bool
	Pos   Pos
}

// Expired lists the objects that the files declare and that count as removed, because their day has come.
// They are sorted as Objects are.
func (t *Tenant) Expired() []*Object {
	var out []*Object
	for i := range t.Removed {
		if o := t.Removed[i].Expired; o != nil {
			out = append(out, o)
		}
	}
	return out
}

// ListsAll reports whether the list of a kind has the objects of the whole tenant; see Kind.ListScope.
func (t *Tenant) ListsAll(k *Kind) bool {
	if k.ListScope == "" {
		return true
	}
	scope, _ := t.Settings.Any(k.ListScope).([]string)
	return slices.Equal(scope, []string{"*"})
}
