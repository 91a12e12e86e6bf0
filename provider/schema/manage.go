package schema

// A Mode says who owns the objects of a kind.
type Mode uint8

// The modes. The zero value is the default.
const (
	Additive      Mode = iota // create and update what is declared, never delete
	Authoritative             // undeclared live objects are removed
	Observe                   // report differences, never write
)

var modeNames = [...]string{"additive", "authoritative", "observe"}

func (m Mode) String() string { return modeNames[m] }

// Modes lists the words for the modes, the default first.
func Modes() []string { return modeNames[:] }

// A Manage is one manage block: how the objects of a kind are owned.
type Manage struct {
	Mode      Mode
	Ignore    []string // globs of keys that rolecall does not see, as written; see IgnoreSet
	OnRemoval Action   // Delete, Deactivate or Forget; NoOp means the kind's default
	NoCreate  bool     // create = false: undeclared-live objects are an error, never created
	// AllParents: scope = "all": Authoritative also removes objects within parents that
	// no file mentions, such as the members of an undeclared team. See Kind.Parent.
	AllParents bool
	Pos        Pos
}

// Limits are the guards that see the whole plan before the first write.
type Limits struct {
	MaxDeletes       int  // removals of one kind that are always let through
	MaxDeletePercent int  // share of a kind's live objects that may go beyond that
	AllowEmpty       bool // an authoritative kind without a declared object may be emptied

	// MaxDailyRemovals is how many removals of one kind within a day are always let
	// through, over all plans; SameAsOnePlan means MaxDeletes. MaxDeletePercent of what
	// there was a day ago may go beyond that.
	MaxDailyRemovals int
}

// SameAsOnePlan is the MaxDailyRemovals that follows MaxDeletes.
const SameAsOnePlan = -1

// DefaultLimits lets five removals of a kind through, and a quarter of a kind, both
// in one plan and within a day.
func DefaultLimits() Limits {
	return Limits{MaxDeletes: 5, MaxDeletePercent: 25, MaxDailyRemovals: SameAsOnePlan}
}

// Daily returns how many removals of one kind within a day are always let through.
func (l Limits) Daily() int {
	if l.MaxDailyRemovals == SameAsOnePlan {
		return l.MaxDeletes
	}
	return l.MaxDailyRemovals
}

// A Removal is a removed block: the object goes, also under mode = "additive".
type Removal struct {
	Kind string
	Key  string
	Pos  Pos
}

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
	Objects    []Object // desired, sorted by level and key
	Removed    []Removal
	Pos        Pos
}
