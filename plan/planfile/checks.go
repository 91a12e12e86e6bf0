package planfile

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A wireCheck is the JSON form of the result of a check.
type wireCheck struct {
	Name     string                `json:"name"`
	Severity string                `json:"severity"` // error or warning
	Result   plan.CheckResult      `json:"result"`
	Members  int                   `json:"members"`
	Failed   int                   `json:"failed"`
	Failures []schema.CheckFailure `json:"failures"` // the first ones
	Problems []wireFinding         `json:"problems,omitempty"`
	Why      string                `json:"why,omitempty"` // it was skipped
	wirePos
}

func severityOf(warning bool) string {
	if warning {
		return schema.Warning.String()
	}
	return schema.Error.String()
}

func encodeCheck(c *plan.Check) *wireCheck {
	w := &wireCheck{
		Name: c.Name, Severity: severityOf(c.Warning), Result: c.Result, Members: c.Members, Failed: c.Failed,
		Failures: append([]schema.CheckFailure{}, c.Failures...), Why: c.Why, wirePos: wirePos(c.Pos),
	}
	for i := range c.Problems {
		w.Problems = append(w.Problems, encodeFinding(&c.Problems[i]))
	}
	return w
}

func (d *planDecoder) check(w *wireCheck) (plan.Check, error) {
	c := plan.Check{
		Name: w.Name, Warning: w.Severity == schema.Warning.String(), Result: w.Result, Members: w.Members, Failed: w.Failed,
		Failures: w.Failures, Why: w.Why, Pos: schema.Pos(w.wirePos),
	}
	if w.Severity != severityOf(c.Warning) {
		return c, fmt.Errorf("severity %q is neither error nor warning", w.Severity)
	}
	switch c.Result {
	case plan.CheckPassed, plan.CheckFailed, plan.CheckUndecided, plan.CheckSkipped:
	default:
		return c, fmt.Errorf("result %q is none of passed, failed, undecided and skipped", c.Result)
	}
	for i := range w.Problems {
		f, err := d.finding(&w.Problems[i])
		if err != nil {
			return c, err
		}
		c.Problems = append(c.Problems, f)
	}
	return c, nil
}
