package schema

// A Severity says whether a finding forbids the plan.
type Severity uint8

// The severities.
const (
	Error   Severity = iota // the plan cannot be applied
	Warning                 // the plan can be applied; a person should read this first
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// A Finding is an error or a warning about a desired or live object. The command prints it as
// a diagnostic with the lines of the file.
type Finding struct {
	Severity  Severity
	Code      string // stable, for people who search: "partoo/unknown-permission"
	Addr      Address
	Pos       Pos       // of the block; the zero value if no file declares the object
	Attribute string    // name of the attribute, or ""
	Value     string    // member of a set, or ""
	Also      []Address // further objects with the same mistake
	Rows      []Pos     // of data files, such as a CSV file, that the value comes from; without a column
	Summary   string    // what is wrong: at most 60 characters, no period
	Detail    string    // why, and what to do: full sentences

	RightsUnknown bool // not all rights that the changes of the plan give or take are known
	// Privileged: users have privileges that the files do not give, by something that is in no object.
	// drift reports it.
	Privileged bool
}

// Problem starts an error about an object.
func (o *Object) Problem(code, attribute, summary, detail string) Finding {
	return Finding{Code: code, Addr: o.Addr, Pos: o.Pos, Attribute: attribute, Summary: summary, Detail: detail}
}

// Warn returns the finding as a warning.
func (f Finding) Warn() Finding { f.Severity = Warning; return f }

// HidesRights returns the finding with RightsUnknown.
func (f Finding) HidesRights() Finding { f.RightsUnknown = true; return f }

// About returns the finding pointing at one member of a set.
func (f Finding) About(value string) Finding { f.Value = value; return f }
