// Package render writes plans for people. It decides words and layout only: what
// is in a plan was decided before, and the same plan gives the same bytes.
package render

import (
	"io"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Options say how a page looks. The zero value is a page 80 columns wide without
// colour that shortens what is long.
type Options struct {
	Width   int  // columns; 0 means 80
	Color   bool // write escape sequences for colour, whatever the environment says
	Verbose bool // show every change, do not summarize
}

// Terminal writes the plans of a document for a person at a terminal: who gains
// privileged rights, what forbids the plan, who loses what, what goes, the other changes
// by kind, who gains what, what is left alone, what it costs, and who gains privileged
// rights again. Findings are not written: the command shows them as
// diagnostics, with the lines of the files.
func Terminal(w io.Writer, d *plan.Document, o Options) error {
	p := newPage(w, o)
	for _, one := range d.Plans {
		p.gap()
		p.plan(one)
	}
	p.deviations(d.Deviations)
	return p.flush()
}

func (p *page) plan(pl *plan.Plan) {
	p.privileges, p.marked = marks(pl)
	p.title(pl)
	p.dangers(pl)
	p.massChanges(pl)
	p.violations(pl)
	losing, gaining := p.outcomes(pl)
	p.affected(pl, "Who loses rights", losing)
	p.changes(pl, pl.Changes, removals)
	p.changes(pl, pl.Changes, others)
	p.affected(pl, "Who gains rights", gaining)
	p.observed(pl)
	p.unmanaged(pl)
	p.excluded(pl)
	p.deviations(pl.Deviations)
	p.bottom(pl)
}

// title says what the plan is about: product, tenant, where and as whom.
func (p *page) title(pl *plan.Plan) {
	spans := []span{as(strong, text.Clean(pl.Provider))}
	if pl.Tenant != "" {
		spans = append(spans, say(": tenant "+text.Clean(pl.Tenant)))
	}
	if pl.Endpoint != "" {
		spans = append(spans, as(dim, " at "+text.Clean(pl.Endpoint)))
	}
	if pl.Self.Key != "" {
		spans = append(spans, as(dim, ", as "+text.Clean(pl.Self.Key)))
	}
	p.line(row(0, spans...).hanging(margin))
}

// bottom ends a plan: the summary and the cost.
func (p *page) bottom(pl *plan.Plan) {
	p.gap()
	s := pl.Summary()
	if counts(s) == "" {
		begin := "No changes: "
		if pl.Inactive() {
			begin = "A declared user cannot sign in, and no block says to change that (see the warning). Otherwise "
		}
		p.line(row(0, as(strong, begin), say(unchanged(pl, s.Unchanged))))
	} else {
		p.line(row(0, as(strong, Summary(pl))).hanging(margin))
	}
	p.line(row(0, as(dim, Requests(pl.Requests)+".")).hanging(margin))
	p.dangerPhrase(pl)
}

func unchanged(p *plan.Plan, n int) string {
	what := "what the files declare is what " + text.Clean(p.Provider) + " has"
	switch {
	case slices.ContainsFunc(p.Deviations, func(d plan.Deviation) bool { return d.Open() }):
		return "nothing is left to do that was approved."
	case len(p.Observed) > 0:
		what = "what differs is only observed"
		if n > 0 {
			return what + "; " + text.Count(n, "object is", "objects are") + " as declared."
		}
	case len(p.Excluded) > 0:
		what = "what --target names is what " + text.Clean(p.Provider) + " has"
	}
	if n > 0 {
		what += " (" + text.Count(n, "object", "objects") + ")"
	}
	return what + "."
}
