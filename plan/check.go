package plan

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A CheckResult says what became of a check. It is a member of JSON documents.
type CheckResult string

// The results.
const (
	CheckPassed    CheckResult = "passed"
	CheckFailed    CheckResult = "failed"
	CheckUndecided CheckResult = "undecided" // a question of it has no answer
	CheckSkipped   CheckResult = "skipped"   // it was not evaluated
)

// A Check is the result of a check block.
type Check struct {
	Name    string
	Warning bool // it does not stop apply
	Result  CheckResult
	Members int // of for_each for which the condition was evaluated; 1 without for_each
	Failed  int // those for which it is false
	// Failures are the first of those, at most MaxCheckFailures.
	Failures []schema.CheckFailure
	Problems []schema.Finding // why it is undecided
	Why      string           // it was skipped, without a period
	Pos      schema.Pos
}

// MaxCheckFailures is the number of failures that a Check lists.
const MaxCheckFailures = 20

// The codes of findings about checks.
const (
	codeCheck       = "check/"
	CodeCheckFailed = codeCheck + "failed"
)

// OfCheck reports whether a finding is about a check.
func OfCheck(f *schema.Finding) bool { return strings.HasPrefix(f.Code, codeCheck) }

// shownFailures is the number of messages in the finding of a check.
const shownFailures = 5

// longestMessage is the number of characters of one message in the finding of a check.
const longestMessage = 500

// longestName is the number of characters of a check's name in a summary.
const longestName = 40

// Findings returns what is wrong: one finding for a failed check, and the problems of one that is undecided.
func (c *Check) Findings() []schema.Finding {
	severity := schema.Error
	if c.Warning {
		severity = schema.Warning
	}
	switch c.Result {
	case CheckFailed:
		return []schema.Finding{{Severity: severity, Code: CodeCheckFailed, Pos: c.Pos, Summary: "Check " + c.quoted() + " fails", Detail: c.Text(shownFailures)}}
	case CheckUndecided:
		out := make([]schema.Finding, len(c.Problems))
		for i, f := range c.Problems {
			f.Severity = severity
			f.Detail = strings.TrimSpace(f.Detail + " So it is not known whether check " + c.quoted() + " holds.")
			out[i] = f
		}
		return out
	}
	return nil
}

func (c *Check) quoted() string {
	return fmt.Sprintf("%q", text.Shorten(text.Clean(c.Name), longestName))
}

// Text says why a check failed: the messages, at most most and without what is too long to read, and how many
// others there are. Failures have the whole messages.
func (c *Check) Text(most int) string {
	var said []string
	seen := map[string]bool{}
	for _, f := range c.Failures {
		if s := sentence(f.Text); !seen[s] && len(said) < most {
			seen[s] = true
			said = append(said, text.Shorten(s, longestMessage))
		}
	}
	if rest := c.Failed - len(said); rest > 0 {
		said = append(said, fmt.Sprintf("The condition is false for %s more of %s members.", text.Number(rest), text.Number(c.Members)))
	}
	return strings.Join(said, " ")
}

// sentence ends a text as a sentence.
func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return "The condition is false."
	}
	if strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// StoppedBy says what forbids the plan besides errors: "1 limit and 2 checks"; "" if nothing does.
func (p *Plan) StoppedBy() string { return stoppedBy(p) }

// StoppedBy is Plan.StoppedBy of all plans.
func (d *Document) StoppedBy() string { return stoppedBy(d.Plans...) }

func stoppedBy(plans ...*Plan) string {
	limits, checks := 0, map[string]bool{}
	for i, p := range plans {
		for j := range p.Violations {
			if !OfCheck(&p.Violations[j]) {
				limits++
			}
		}
		for j := range p.Checks {
			if c := &p.Checks[j]; !c.Warning && (c.Result == CheckFailed || c.Result == CheckUndecided) {
				checks[fmt.Sprint(i, c.Name)] = true
			}
		}
	}
	var parts []string
	if limits > 0 {
		parts = append(parts, text.Count(limits, "limit", "limits"))
	}
	if len(checks) > 0 {
		parts = append(parts, text.Count(len(checks), "check", "checks"))
	}
	return text.And(parts)
}

// MissingChecks lists the checks that stop apply, of the document, and that the new document does not have.
func (d *Document) MissingChecks(fresh *Document) []string {
	have := map[[3]string]bool{}
	for _, p := range fresh.Plans {
		for i := range p.Checks {
			have[[3]string{p.Product, p.Tenant, p.Checks[i].Name}] = !p.Checks[i].Warning
		}
	}
	var out []string
	for _, p := range d.Plans {
		for i := range p.Checks {
			if c := &p.Checks[i]; !c.Warning && !have[[3]string{p.Product, p.Tenant, c.Name}] {
				out = append(out, c.Name)
			}
		}
	}
	return out
}
