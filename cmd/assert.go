package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// assertFlags are the assertions that a plan has to meet.
type assertFlags []string

func (a *assertFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar((*[]string)(a), "assert", nil,
		"exit with code 5 unless the plan meets the assertion `NAME`: "+text.Or(plan.AssertionNames())+"; can be repeated")
	completeFlag(c, "assert", cobra.FixedCompletions(plan.AssertionNames(), cobra.ShellCompDirectiveNoFileComp))
}

// check refuses unknown names.
func (a assertFlags) check() error {
	for _, name := range a {
		if slices.Contains(plan.AssertionNames(), name) {
			continue
		}
		hint := "Write one of " + text.And(plan.AssertionNames()) + "."
		if n := schema.Nearest(name, plan.AssertionNames()); n != "" {
			hint = "Did you mean " + n + "? " + hint
		}
		return advise(hint, "flag --assert cannot be %q", name)
	}
	return nil
}

// adopt adds the assertions with which a plan file was made: a new plan has to meet them too.
func (a *assertFlags) adopt(saved *plan.Document) {
	for i := range saved.Assertions {
		if name := string(saved.Assertions[i].Name); slices.Contains(plan.AssertionNames(), name) {
			*a = append(*a, name)
		}
	}
}

// evaluate adds the results of the assertions to the document.
func (a assertFlags) evaluate(d *plan.Document) {
	if len(a) == 0 {
		return
	}
	var names []plan.AssertionName
	for _, name := range a {
		if n := plan.AssertionName(name); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	d.Assertions = d.Assert(names)
}

// checkAssertions refuses a plan that does not meet an assertion.
func checkAssertions(d *plan.Document) error {
	var broken []string
	for i := range d.Assertions {
		if a := &d.Assertions[i]; !a.Holds {
			why := a.Failures[0].Text
			if more := a.Total - 1; more > 0 {
				why += "; and " + text.Number(more) + " more"
			}
			broken = append(broken, string(a.Name)+" does not hold: "+why)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	return withCode(exitRefused, advise("Nothing was changed. Correct the change that is named, or leave out --assert if it is meant.",
		"assertion %s", strings.Join(broken, "; assertion ")))
}
