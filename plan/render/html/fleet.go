package html

import (
	"io"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/fleet"
)

// WriteFleet writes the report of a fleet as one page.
func WriteFleet(w io.Writer, r *fleet.Report) error {
	page := newFleetPage(r)
	return writeFrame(w, "fleet.html", &frame{
		Title: "Fleet: " + r.Summary(), Noun: "tenants", Large: len(r.Tenants) > mostLaidOut, NoPeople: true, Filters: page.filters(), Content: page,
	})
}

// A fleetPage is the content of fleet.html.
type fleetPage struct {
	*fleet.Report
	Groups []*fleetGroup // those with tenants
}

// A fleetGroup has the tenants in one state.
type fleetGroup struct {
	ID, Title string
	Tenants   []fleetRow
}

// A fleetRow is one tenant.
type fleetRow struct{ *fleet.Tenant }

// Facts says what the run found.
func (t fleetRow) Facts() string { return strings.Join(t.Tenant.Facts(), ", ") }

func newFleetPage(r *fleet.Report) *fleetPage {
	all := []*fleetGroup{
		{ID: "failed", Title: "Failed"}, {ID: "danger", Title: "To be looked at first"}, {ID: "changed", Title: "With changes"}, {ID: "quiet", Title: "Without changes"},
	}
	for i := range r.Tenants {
		t, at := &r.Tenants[i], 3
		switch {
		case t.Failing():
			at = 0
		case t.Dangers != fleet.Dangers{}:
			at = 1
		case t.Changed():
			at = 2
		}
		all[at].Tenants = append(all[at].Tenants, fleetRow{t})
	}
	p := &fleetPage{Report: r}
	for _, g := range all {
		if len(g.Tenants) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	return p
}

// filters lets readers choose tenants by their state.
func (p *fleetPage) filters() []filter {
	f := filter{Name: "state", Label: "State", All: "all"}
	for _, g := range p.Groups {
		f.Options = append(f.Options, option{g.ID, g.Title, len(g.Tenants)})
	}
	return []filter{f}
}
