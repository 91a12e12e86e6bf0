package schema

import "strings"

// A Lint is a warning about files that are valid and probably not meant so. A block silences it with a
// reason: allow = { unused = "kept for the audit in March" }.
type Lint struct {
	Code string // "lint/unused"
	Doc  string // when it is reported, in full sentences
	// Plan: a plan reports it too, and knows more than the files do.
	Plan bool
}

// Name returns the name that allow takes: "unused".
func (l *Lint) Name() string { return l.Code[strings.Index(l.Code, "/")+1:] }

// Silencing returns the end of a sentence that says how a block silences a lint, with the line to write.
func Silencing(code string) string {
	l := Lint{Code: code}
	return "say why in the block: allow = { " + l.Name() + " = \"REASON\" }."
}

// The codes of the lints that all products have.
const (
	LintUnused         = "lint/unused"
	LintEqual          = "lint/equal"
	LintContained      = "lint/contained"
	LintUnusable       = "lint/unusable"
	LintNoScope        = "lint/no-scope"
	LintAdministrators = "lint/administrators"
	LintLostRename     = "lint/lost-rename"
)

// LintSilence is the code of an entry of allow that silences nothing. It cannot be silenced.
const LintSilence = "lint/silences-nothing"

// Lints lists the lints that blocks of the product can silence: those of all products, and then its own.
func (p *Product) Lints() []Lint { return append(CommonLints(), p.OwnLints...) }

// CommonLints lists the lints that all products have.
func CommonLints() []Lint {
	return []Lint{
		{Code: LintUnused, Doc: "Nothing refers to a role, an access or a profile. About a role that exists in the product it is reported " +
			"only if the files declare everybody who could have it: everything that can refer to it is authoritative, nothing is ignored, and each user says which role."},
		{Code: LintEqual, Doc: "Two roles grant the same, or two accesses or profiles are equal."},
		{Code: LintContained, Doc: "A role lists every permission of another role, at least four, one by one. What is added to the other role later is not added here. " +
			"A role that names the other one in concat(...) is not reported, nor is one in a file that rolecall wrote, as import does."},
		{Code: LintUnusable, Doc: "Nobody who has a role or a profile can use it: all of them are disabled or have no place where it holds. It is reported under the " +
			"same conditions as lint/unused."},
		{Code: LintNoScope, Doc: "A user can sign in and has no place to act: no access, no store, no account, no team. It is reported only if the files say so; " +
			"an attribute that is left out stays as it is in the product."},
		{Code: LintAdministrators, Doc: "The files declare more administrators than --max-administrators allows. An administrator with a reason in allow is not counted."},
		{Code: LintLostRename, Doc: "Since the commit of --since, one object has left the files and a new one is equal to it or has nearly its name, without previously. " +
			"A plan would create a second object, or delete the first one with all that belongs to it."},
	}
}

// Allows reports whether the block of the object silences a lint.
func (o *Object) Allows(code string) bool { return o.Allow[code] != "" }
