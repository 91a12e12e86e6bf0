package cmd

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// updateBaselines writes down the present state of all tenants, unless a kind could not be read, and
// says what is not reported any more because of it.
func updateBaselines(c *connections, d *plan.Document, all []*drift.Drift) error {
	for i, p := range d.Plans {
		if len(c.all[i].unlisted) > 0 {
			return advise("The baseline was not changed. Correct what is listed under \"Not checked\" and run the command again.",
				"%s could not be checked completely, so its present state is not known", p.Provider)
		}
	}
	var known []string
	err := changeBaselines(c, func(b *baselines) {
		for i, p := range d.Plans {
			next := drift.Record(c.observation(i, p), b.of(p))
			b.set(next)
			known = append(known, nowKnown(all[i], drift.Find(c.driftInput(i, p, next)))...)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(c.f.Err, "Updated the baseline.")
	if len(known) > 0 {
		fmt.Fprintln(c.f.Err, "It now knows this, so the next check does not report it:\n  "+strings.Join(known, "\n  "))
	}
	return nil
}

// nowKnown lists the differences that a check had before the baseline was written and has not after
// it.
func nowKnown(before, after *drift.Drift) []string {
	left := map[schema.Address]bool{}
	for _, x := range after.Differences {
		left[x.Addr] = true
	}
	var out []string
	for _, x := range before.Differences {
		if !left[x.Addr] && !x.IsCheck() { // a check that fails is never known
			out = append(out, text.Clean(x.Text))
		}
	}
	return out
}
