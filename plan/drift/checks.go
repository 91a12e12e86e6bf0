package drift

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// checkKind stands for the kind in the address of a difference that is a check which fails.
const checkKind = "check"

// shownFailures is the number of messages of a check in a difference.
const shownFailures = 10

// AddCheck adds a check that fails as the first difference.
func (d *Drift) AddCheck(c *plan.Check) {
	a := schema.Address{Provider: d.Provider, Kind: checkKind, Key: c.Name}
	x := Difference{Addr: a, Subject: a, Live: a, Danger: true, Pos: c.Pos, Text: "check \"" + c.Name + "\" fails: " + c.Text(shownFailures)}
	x.Fingerprint = digest("%q %q %d %q", checkKind, c.Name, c.Failed, c.Failures)
	d.Differences = append([]Difference{x}, d.Differences...)
}

// IsCheck reports whether the difference is a check that fails.
func (d *Difference) IsCheck() bool { return d.Addr.Kind == checkKind }

// Counts returns how many objects differ, how many of them dangerously, and how many checks fail.
func (d *Drift) Counts() (objects, dangerous, checks int) {
	for i := range d.Differences {
		switch x := &d.Differences[i]; {
		case x.IsCheck():
			checks++
		default:
			if objects++; x.Danger {
				dangerous++
			}
		}
	}
	return objects, dangerous, checks
}
