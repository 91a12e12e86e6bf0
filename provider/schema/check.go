package schema

// A Check is a check block: a condition about who can do what.
type Check struct {
	Name    string
	Warning bool // a failure does not stop apply
	Pos     Pos
	// OfChanges: the check is about the changes of a plan, so it has no meaning without one.
	OfChanges bool
	// Evaluate evaluates the condition for every member of for_each, or once.
	Evaluate func(CheckAnswers) CheckOutcome
}

// The codes of findings that say why a check is undecided: a name means nothing, and nothing has a similar name;
// an expression is wrong whoever can do what; or something else.
const (
	CheckAbsent    = "check/unknown-name"
	CheckInvalid   = "check/invalid"
	CheckUndecided = "check/undecided"
)

// A CheckOutcome is the result of a check. If it has problems, the check is neither passed nor failed.
type CheckOutcome struct {
	Members  int            // for which the condition was evaluated; 1 without for_each
	Failed   int            // those for which it is false
	Failures []CheckFailure // of the first of these, in the order of the keys of for_each
	Problems []Finding
}

// A CheckFailure is a member for which the condition is false.
type CheckFailure struct {
	Key  string `json:"key,omitempty"` // each.key; "" without for_each
	Text string `json:"text"`          // the error message
}

// CheckAnswers answers what conditions ask. Subjects, rights and scopes are named as files name them:
// another text is a problem, never the answer no.
type CheckAnswers interface {
	// Subject, Right and Scope say what is wrong with a name; nil if nothing is.
	Subject(text string) *CheckProblem
	Right(text string) *CheckProblem
	Scope(text string) *CheckProblem

	// Can reports whether a subject has a right on the whole scope; "" means anywhere.
	Can(subject, right, scope string) (bool, *CheckProblem)
	// WhoCan lists the subjects with a right on a part of the scope or all of it, sorted.
	WhoCan(right, scope string) ([]string, *CheckProblem)
	// Subjects lists everybody who may have rights, sorted.
	Subjects() ([]string, *CheckProblem)
	// Administrators lists the administrators, also those who are invited, sorted.
	Administrators() ([]string, *CheckProblem)
	// Rights lists the rights of a subject, sorted.
	Rights(subject string) ([]string, *CheckProblem)
	// Changes returns what a plan changes. It is called for checks with OfChanges only.
	Changes() (CheckChanges, *CheckProblem)
}

// A CheckProblem says why a question has no answer.
type CheckProblem struct {
	Summary string // as that of a Finding
	Detail  string
	Absent  bool // see CheckAbsent
}

// CheckChanges is what a plan changes.
type CheckChanges struct {
	Gains, Losses []CheckDifference // by subject
	Deletes       []Address         // objects that are deleted or deactivated, sorted
}

// A CheckDifference is what a subject gains or loses.
type CheckDifference struct {
	Subject    string
	Rights     []string // sorted
	Privileged []string // those of Rights that are privileged
	Scopes     []string // where, as people read them, sorted
}
