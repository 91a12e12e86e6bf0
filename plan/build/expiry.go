package build

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Which objects have expired was decided when the files were loaded: they are removals of the tenant, and
// terms count the days. Here is no clock.

// removalReason says why an object that no file declares any more is removed.
func removalReason(t *kindState, r *schema.Removal) string {
	switch {
	case r.Expired == nil:
		return cmp.Or(r.Reason, "because of a removed block")
	case !t.writes():
		return "expired on " + because(r.Expired.Term) + ", and is only observed"
	}
	return "expired on " + because(r.Expired.Term) + ": will be removed"
}

// because names the day of a term, with its reason.
func because(t *schema.Term) string {
	if t.Reason == "" {
		return t.Expires
	}
	return t.Expires + " (" + t.Reason + ")"
}

// asksFor names the block that asks for a removal, within a sentence.
func asksFor(r *schema.Removal) string {
	if r.Expired != nil {
		return "block that expired on " + r.Expired.Until()
	}
	return "removed block"
}

// createReason says until when a new object is declared; "" if it is standing.
func createReason(w *schema.Object) string {
	if w.Until() == "" {
		return ""
	}
	return "expires in " + text.Count(w.Term.Days, "day", "days") + ", on " + because(w.Term)
}

// overdueReason says which entries of a live object have expired. names are display names.
func overdueReason(w, live *schema.Object, names map[string]string) string {
	out := ""
	for _, e := range w.Overdue(live) {
		out = sentence(out, fmt.Sprintf("%s in %s expired on %s: will be removed", cmp.Or(names[e.Name], e.Name), e.Attribute, because(&e.Term)))
	}
	return out
}

// expiring lists what expires soon, and what has expired and has nothing left to remove.
func expiring(s stage) []plan.Expiring {
	var out []plan.Expiring
	for _, t := range s.tables {
		for i, w := range t.want {
			if w.Term == nil || !t.inScope[i] {
				continue
			}
			if w.Term.Expires != "" && w.Term.Days <= plan.ExpiresSoon {
				out = append(out, plan.NewExpiring(w, nil))
			}
			for _, e := range plan.ExpiringEntries(w, plan.ExpiresSoon) {
				if j := t.partner[i]; !e.Expired() || j < 0 || !slices.Contains(w.Overdue(t.live[j]), e) {
					out = append(out, plan.NewExpiring(w, e))
				}
			}
		}
		for _, r := range t.removed {
			if r.Expired != nil && t.gone(r) {
				out = append(out, plan.NewExpiring(r.Expired, nil))
			}
		}
	}
	plan.SortExpiring(out)
	return out
}

// warnAdministratorsExpire warns if every administrator who could keep the tenant expires: on the last of
// these days the limits would refuse each plan.
func warnAdministratorsExpire(s stage) {
	var last *schema.Object
	for _, t := range s.tables {
		for i, w := range t.want {
			if j := t.partner[i]; w.Until() != "" && j >= 0 && t.live[j].Administers() && (last == nil || w.Until() > last.Until()) {
				last = w
			}
		}
	}
	if last == nil || slices.ContainsFunc(s.tables, s.keepsAdministrator) {
		return
	}
	s.addFinding(last.Problem("plan/administrators-expire", "", "All administrators expire", fmt.Sprintf(
		"%s is the last administrator to expire, on %s. An apply from that day on would be refused, because %s must keep one. Let one administrator be standing.",
		last.Addr, last.Until(), s.product.Title)).Warn())
}

// keepsAdministrator reports whether a table has, or may have, an administrator who does not expire.
func (s stage) keepsAdministrator(t *kindState) bool {
	if t.kind.Administers == nil {
		return false
	}
	unknown := s.signInsUnknown()
	for j, l := range t.live {
		i := t.owner[j]
		switch {
		case s.ignores(t, j), l.NeverSignedIn() && !unknown:
		case i == none && l.Administers() && t.removal(l) == nil, i != none && t.want[i].Until() == "" && project(t, t.want[i], l).Administers():
			return true
		}
	}
	return !t.listed
}

// gone reports whether a removal has nothing left to do.
func (t *kindState) gone(r *schema.Removal) bool {
	j := t.removes(r)
	return j == none || removalAction(t, schema.Delete) == schema.Deactivate && t.live[j].Inactive()
}

// removes returns the live object that a removal names; none if there is none. The block of an expired
// object may also name it by an earlier key.
func (t *kindState) removes(r *schema.Removal) int {
	key, _ := t.kind.NormalKey(r.Key)
	if j, ok := t.find(key); ok {
		return j
	}
	if r.Expired != nil {
		for _, earlier := range r.Expired.Previously {
			if j, ok := t.findPrevious(r.Expired, earlier); ok && t.owner[j] == none {
				return j
			}
		}
	}
	return none
}
