// Package render writes plans for people. The same plan gives the same bytes.
package render

import (
	"io"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Options say how a page looks. The zero value is a page of 80 columns without color that shortens
// long lists.
type Options struct {
	Width   int  // columns; 0 means 80
	Color   bool // write escape sequences for color, whatever the environment says
	Verbose bool // show every change, do not summarize
	// Fingerprints shows those of differences, for accept blocks. Verbose does too. They are no
	// secret, but allow testing a guess who it is.
	Fingerprints bool

	view bool // for a View: members one per line, display names without the opaque values
}

// atMost returns how many of n are shown: all with Verbose, or if only one would be left out.
func (o Options) atMost(n, most int) int {
	if o.Verbose || n <= most+1 {
		return n
	}
	return most
}

// Terminal writes the plans of a document for a terminal: users who gain privileged rights, limits
// that forbid the plan, users who lose rights, removals, other changes by kind, users who gain
// rights, what expires soon, undeclared objects, the number of requests, users who gain privileged rights again, and the
// results of assertions.
// It does not write findings: the command shows them as diagnostics, with the lines of the files.
func Terminal(w io.Writer, d *plan.Document, o Options) error {
	p := newPage(w, o)
	o.Width = p.width
	if d.NoImpact() {
		p.line(row(0, as(failed, "No impact: "), say(plan.NoImpactText)))
	}
	for _, one := range d.Plans {
		p.gap()
		writePlan(p, &values{o, one})
	}
	p.deviations(d.Deviations, o)
	p.assertions(d.Assertions)
	return p.flush()
}

// writePlan writes the sections of a plan.
func writePlan(w *page, v *values) {
	privileges, marked := marks(v.plan)
	p := &planPage{w, v, marked}
	rights := outcomeList{w, effects{v, privileges}}
	danger := dangerList{&rights}
	changes := p.changeList()
	p.title()
	danger.dangers()
	p.massChanges()
	p.violations()
	losing, gaining := rights.outcomes()
	rights.affected("Who loses rights", losing)
	changes.changes(v.plan.Changes, removals)
	changes.changes(v.plan.Changes, others)
	rights.affected("Who gains rights", gaining)
	p.observed()
	p.expiring()
	p.unmanaged()
	p.excluded()
	p.scope()
	p.checks()
	p.deviations(v.plan.Deviations, v.Options)
	p.bottom()
	danger.dangerPhrase()
}

// A planPage writes the sections of a plan except changes and rights.
type planPage struct {
	*page
	*values
	marked map[schema.Address]bool // changes that are shown one by one
}

// changeList returns a list for changes of the plan.
func (p *planPage) changeList() *changeList {
	return &changeList{p.page, changeBlocks{details: details{p.values}, marked: p.marked}}
}

// title writes the provider block, the tenant, the endpoint and the key's own user.
func (p *planPage) title() {
	spans := []span{as(strong, text.Clean(p.plan.Provider))}
	if p.plan.Tenant != "" {
		spans = append(spans, say(": tenant "+text.Clean(p.plan.Tenant)))
	}
	if p.plan.Endpoint != "" {
		spans = append(spans, as(dim, " at "+text.Clean(p.plan.Endpoint)))
	}
	if p.plan.Self.Key != "" {
		spans = append(spans, as(dim, ", as "+text.Clean(p.plan.Self.Key)))
	}
	p.line(row(0, spans...).hanging(margin))
}

// bottom writes the summary and the number of requests.
func (p *planPage) bottom() {
	p.gap()
	begin, rest := conclusion(p.plan)
	p.line(row(0, as(strong, begin), say(rest)).hanging(margin))
	p.line(row(0, as(dim, Requests(p.plan.Requests)+".")).hanging(margin))
}

// conclusion says what the plan does. The first part is the more important one.
func conclusion(p *plan.Plan) (begin, rest string) {
	s := p.Summary()
	switch {
	case counts(s) != "":
		return Summary(p), ""
	case p.Inactive():
		return "A declared user cannot sign in, and no block changes that (see the warning). Otherwise ", unchanged(p, s.Unchanged)
	}
	return "No changes: ", unchanged(p, s.Unchanged)
}

func unchanged(p *plan.Plan, n int) string {
	what := text.Clean(p.Provider) + " matches the files"
	switch {
	case slices.ContainsFunc(p.Deviations, func(d plan.Deviation) bool { return d.Open() }):
		return "no approved change is left to make."
	case len(p.Observed) > 0:
		what = "all differences are only observed"
		if n > 0 {
			return what + "; " + text.Count(n, "object is", "objects are") + " as declared."
		}
	case p.Scope != nil && p.Scope.Everything == "":
		what += " in what changed since " + text.Clean(p.Scope.Since)
	case len(p.Excluded) > 0:
		what += " for the objects that --target names"
	}
	if n > 0 {
		what += " (" + text.Count(n, "object", "objects") + ")"
	}
	return what + "."
}
