package review

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Columns are the columns of a review as CSV. Programs and spreadsheets depend on them: new ones come last,
// and none is renamed. docs/json.md describes them.
func Columns() []string {
	return []string{
		"provider", "tenant", "kind", "user", "name", "state", "administrator", "orphan", "declared", "role", "rights", "number_of_rights",
		"privileged", "where", "places", "through", "file", "line", "commit", "author", "committed", "until", "reason", "change", "changes",
	}
}

// CSV writes a review as CSV: one row for each person and way, one for a person without rights, one for a
// person who was removed, and one at the top for each thing that could not be read and each tenant that is missing. Cells are safe to open in a spreadsheet.
func CSV(w io.Writer, d *Document) error {
	out := csv.NewWriter(w)
	if err := out.Write(Columns()); err != nil {
		return err
	}
	for i := range d.Missing {
		m := &d.Missing[i]
		row := row{provider: m.Provider, tenant: m.Tenant, state: "not-seen", rights: m.Words()}
		if err := out.Write(row.cells()); err != nil {
			return err
		}
	}
	for _, t := range d.Tenants {
		if err := t.writeRows(out); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (t *Tenant) writeRows(out *csv.Writer) error {
	for _, unseen := range t.NotSeen {
		row := row{provider: t.Provider, tenant: t.Tenant, state: "not-seen", rights: unseen}
		if err := out.Write(row.cells()); err != nil {
			return err
		}
	}
	changes := map[who]*Change{}
	if t.Since != nil {
		for i := range t.Since.Changes {
			x := &t.Since.Changes[i]
			if changes[who{x.Kind, x.Key}] = x; x.What != Removed {
				continue
			}
			row := row{provider: t.Provider, tenant: t.Tenant, kind: x.Kind, user: x.Who(), name: x.Name, changed: x}
			if err := out.Write(row.cells()); err != nil {
				return err
			}
		}
	}
	for _, p := range t.People {
		row := row{
			provider: t.Provider, tenant: t.Tenant, kind: p.Kind, user: p.Who(), name: p.Name, state: string(p.State), administrator: yes(p.Administrator),
			orphan: yes(p.Orphan), changed: changes[who{p.Kind, p.Key}],
		}
		if len(p.Holds) == 0 {
			row.person(p)
			if err := out.Write(row.cells()); err != nil {
				return err
			}
		}
		for i := range p.Holds {
			row.hold(t, p, &p.Holds[i])
			if err := out.Write(row.cells()); err != nil {
				return err
			}
		}
	}
	return nil
}

// A row is one row of the CSV.
type row struct {
	provider, tenant, kind, user, name, state, administrator, orphan string
	declared, role, rights, numberOfRights, privileged, where        string
	places, through, until, reason                                   string
	at                                                               *Position
	changed                                                          *Change
}

// person fills in a person without rights.
func (r *row) person(p *Person) {
	r.rights, r.numberOfRights, r.privileged = "none", "0", yes(false)
	if p.Incomplete {
		r.rights, r.numberOfRights = "not known", ""
	}
	r.declared, r.at, r.until, r.reason = p.Declared(), &p.Position, until(p.Until), p.Reason
}

// hold fills in a way of a person.
func (r *row) hold(t *Tenant, p *Person, h *Hold) {
	r.at = p.Given(h)
	r.declared, r.role, r.rights, r.numberOfRights = r.at.Declared(), h.Via, h.RightsInShort(Short), strconv.Itoa(len(h.Rights))
	if h.All || h.Unknown {
		r.numberOfRights = ""
	}
	r.privileged, r.where, r.until, r.reason = yes(h.Privileged), t.Where(h.Way, Short), until(h.Until), h.Reason
	r.places = number(t.CountPlaces(h.Way))
	var through []string
	for _, l := range h.Links() {
		through = append(through, l.Address)
	}
	r.through = strings.Join(through, ", ")
}

// cells returns the cells in the order of Columns.
func (r *row) cells() []string {
	at := r.at
	if at == nil {
		at = &Position{}
	}
	change, changes := "", ""
	if r.changed != nil {
		change, changes = string(r.changed.What), strings.Join(r.changed.Sentences(Short), "; ")
	}
	out := []string{
		r.provider, r.tenant, r.kind, r.user, r.name, r.state, r.administrator, r.orphan, r.declared, r.role, r.rights, r.numberOfRights,
		r.privileged, r.where, r.places, r.through, at.File, number(at.Line), at.Committed(), at.Author, Day(at.Date), r.until, r.reason, change, changes,
	}
	for i := range out {
		out[i] = text.Cell(out[i])
	}
	return out
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func until(day string) string {
	if day == "" {
		return "standing"
	}
	return day
}

// number writes a number, and nothing for 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Day returns the day of a time.
func Day(at string) string { return at[:min(len(at), len("2026-12-31"))] }
