package schema

// A Severity says what a finding does to the plan.
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

// A Finding is something to tell about one desired or live object. The command
// turns it into a diagnostic with the snippet of the place in the file.
type Finding struct {
	Severity  Severity
	Code      string // stable, for people who search: "partoo/unknown-permission"
	Addr      Address
	Pos       Pos       // of the block; the zero value where no file speaks about it
	Attribute string    // name of the attribute, where one is meant
	Value     string    // the member of a set, where one is meant
	Also      []Address // further objects with the same mistake
	Rows      []Pos     // of data files, such as a CSV file, that the value comes from; without a column
	Summary   string    // what is wrong: at most 60 characters, no period
	Detail    string    // why, and what to do: full sentences
}

// Problem starts an error about an object.
func (o *Object) Problem(code, attribute, summary, detail string) Finding {
	return Finding{Code: code, Addr: o.Addr, Pos: o.Pos, Attribute: attribute, Summary: summary, Detail: detail}
}

// Warn returns the finding as a warning.
func (f Finding) Warn() Finding { f.Severity = Warning; return f }

// About returns the finding pointing at one member of a set.
func (f Finding) About(value string) Finding { f.Value = value; return f }
