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

// Modes returns the names of the modes, the default first.
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
