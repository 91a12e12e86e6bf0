package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A removals has the objects of one kind that a plan removes.
type removals struct {
	*limits
	t       *kindState
	removed []string // keys of objects that are deleted or deactivated, or deleted with others
	expired int      // of removed, those whose block has expired
	reduced []loss   // subjects that lose all or most of their rights
	gradual []loss   // subjects that do so together with earlier plans of the same day
	// total is the number of objects that can be removed: active live ones that the kind
	// covers, and all of removed and reduced. For a Virtual kind it is the number of objects
	// for which live objects hold rights. It is 0 for a kind without a list.
	total int
	live  map[int]bool // removed and reduced ones by index
}

func (x *removals) len() int { return len(x.removed) + len(x.reduced) }

// countRemovals counts the objects of a kind that the plan removes. Replaced objects do not count.
func (g *limits) countRemovals(t *kindState) removals {
	x := removals{limits: g, t: t, reduced: g.lossesOf(t, true), gradual: g.gradual(t), live: map[int]bool{}}
	for _, d := range g.changes {
		if d.table != t {
			continue
		}
		lost := d.isLoss()
		if d.cascadedBy != nil {
			lost = d.successor == "" && t.visible(d.live) && !d.Have.Inactive()
		}
		if lost {
			x.removed = append(x.removed, d.Have.Addr.Key)
			if r := t.removal(d.Have); r != nil && r.Expired != nil {
				x.expired++
			}
			x.live[d.live] = true
		}
	}
	if x.len()+len(x.gradual) == 0 || t.kind.NoList {
		return x
	}
	for _, l := range slices.Concat(x.reduced, x.gradual) { // ignored users can lose rights through a shared role
		if j, live := t.byKey[l.key]; live {
			x.live[j] = true
		} else {
			x.total++
		}
	}
	for j := range t.live {
		if x.counts(j) {
			x.total++
		}
	}
	if t.kind.Virtual {
		x.total = countGrantees(t)
	}
	return x
}

// gradual lists the subjects of a kind whose losses count as a removal only together with earlier
// plans of the same day. If the earlier losses are not known, it lists all subjects that lose
// rights if they are more than may be removed in a day.
func (g *limits) gradual(t *kindState) []loss {
	if g.Recent.Unknown == "" && len(g.Recent.Narrowed) == 0 {
		return nil
	}
	all := g.lossesOf(t, false)
	switch {
	case g.Recent.Unknown == "":
	case len(all) > g.Tenant.Limits.Daily():
		return all
	default:
		return nil
	}
	return slices.DeleteFunc(all, func(l loss) bool {
		earlier, narrowed := g.Recent.Narrowed[schema.Address{Kind: t.kind.Name, Key: l.key}]
		return !narrowed || earlier*l.kept >= rights.Half
	})
}

// counts reports whether the total includes a live object.
func (x *removals) counts(j int) bool {
	if x.live[j] {
		return true
	}
	l := x.t.live[j]
	return x.t.visible(j) && !l.Inactive() && (x.t.manage.Mode != schema.Authoritative || x.covers(x.t, l))
}

// unlisted requests the list of a kind that was not listed, to know its total, and reports whether
// it did.
func (x *removals) unlisted() bool {
	if x.t.listed || x.t.kind.NoList || x.t.kind.Virtual {
		return false
	}
	x.requestList(x.t)
	return true
}

// limitRemovals forbids emptying a kind by declaring no objects, and removing too many objects of a
// kind at once or within a day. Subjects that lose all or most of their rights count as removed.
func (g *limits) limitRemovals(t *kindState) {
	x, l := g.countRemovals(t), g.Tenant.Limits
	n := x.len()
	if n+len(x.gradual) == 0 || n > l.MaxDeletes && x.unlisted() {
		return
	}
	addr, pos := g.address(t, ""), t.manage.Pos
	if losses := slices.Concat(x.reduced, x.gradual); pos == (schema.Pos{}) && len(losses) > 0 {
		pos = g.candidates[losses[0].causes[0]].Pos
	}
	gradual := x.gradual
	x.gradual = nil // they count only for the daily limit
	switch {
	case len(x.removed) > 0 && len(t.want) == 0 && t.manage.Mode == schema.Authoritative && !l.AllowEmpty:
		g.addViolation("plan/limit-empty", addr, pos, title("No "+noun(t.kind)+" is declared", "Nothing of this kind is declared"),
			fmt.Sprintf("%s are authoritative and the files declare none, so this plan removes %s. If that is meant, plan with "+
				"--allow-empty, or write limits { allow_empty = true } in the provider block.",
				text.Capital(many(t.kind)), counted(len(x.removed), t.kind)))
	case !l.Allow(n, x.total):
		summary := title("Too many "+many(t.kind)+" would be removed", "Too many objects would be removed")
		if len(x.removed) == 0 {
			summary = title("Too many "+many(t.kind)+" would lose their "+whatIsLost(t), "Too many objects would lose their "+whatIsLost(t))
		}
		detail := fmt.Sprintf("%s, which is more than %d and more than %d %%.",
			x.describe(fmt.Sprintf("%d of %s", n, counted(x.total, t.kind))), l.MaxDeletes, l.MaxDeletePercent)
		if t.kind.NoList {
			detail = fmt.Sprintf("%s, which is more than %d; how many there are cannot be known.", x.describe(counted(n, t.kind)), l.MaxDeletes)
		}
		g.addViolation("plan/limit-removals", addr, pos, summary, fmt.Sprintf(
			"%s If that is meant, plan with --max-deletes %d, or write limits { max_deletes = %d } in the provider block.", detail, n, n))
	default:
		x.gradual, x.reduced = gradual, append(x.reduced, gradual...)
		x.limitDaily(addr, pos)
	}
}

// whatIsLost names what an object of the kind loses if it counts as removed and stays: rights, or
// the users for whom it holds rights.
func whatIsLost(t *kindState) string {
	if t.grantee != nil && t.grantee.attr.Type == schema.TypeSet {
		return text.Words(t.grantee.attr.Name)
	}
	return "rights"
}

// describe says how many objects of a kind the plan removes, and through which changes.
func (x *removals) describe(number string) string {
	plan := "This plan takes"
	if len(x.gradual) > 0 {
		plan = "This plan, together with earlier plans of the last 24 hours, takes"
	}
	switch through := x.nameCauses(x.reduced...); {
	case len(x.reduced) == 0 && x.expired > 0:
		return fmt.Sprintf("This plan removes or deactivates %s, %d of them because they expired", number, x.expired)
	case len(x.reduced) == 0:
		return "This plan removes or deactivates " + number
	case len(x.removed) == 0:
		return fmt.Sprintf("%s all or most %s from %s, through %s", plan, whatIsLost(x.t), number, through)
	default:
		return fmt.Sprintf("This plan removes or deactivates %s and takes all or most %s from %d more, through %s: together %s",
			counted(len(x.removed), x.t.kind), whatIsLost(x.t), len(x.reduced), through, number)
	}
}

// limitDaily adds the removals of the last day according to the journals: many small plans can
// remove as much as a large one.
func (x *removals) limitDaily(addr schema.Address, pos schema.Pos) {
	t := x.t
	if x.Recent.Unknown != "" {
		x.addViolation("plan/limit-daily", addr, pos, "The removals of the last day are not known", fmt.Sprintf(
			"This plan removes or takes %s from %s, and the journals that record earlier removals cannot be read: %s. "+
				"Repair the journal, or move it out of the folder: then the removals that only it records do not count.", whatIsLost(t), counted(x.len(), t.kind), x.Recent.Unknown))
		return
	}
	earlier := x.earlier()
	if len(earlier)+len(x.gradual) == 0 {
		return
	}
	gone := 0 // earlier ones that are not in the total
	for key := range earlier {
		if j, live := t.byKey[key]; !live || !x.counts(j) {
			gone++
		}
	}
	l, n, total := x.Tenant.Limits, len(earlier)+x.len(), x.total+gone
	if t.kind.NoList {
		total = 0
	}
	if l.AllowDaily(n, total) || x.unlisted() {
		return
	}
	share := fmt.Sprintf("%d of the %s that existed a day ago, which is more than %d and more than %d %%",
		n, counted(total, t.kind), l.Daily(), l.MaxDeletePercent)
	if t.kind.NoList {
		share = fmt.Sprintf("%s, which is more than %d", counted(n, t.kind), l.Daily())
	}
	before := ": "
	if len(earlier) > 0 {
		before = fmt.Sprintf(", and earlier plans removed %d within the last 24 hours: together ", len(earlier))
	}
	x.addViolation("plan/limit-daily", addr, pos, title("Too many "+many(t.kind)+" removed within a day", "Too many objects removed within a day"), fmt.Sprintf(
		"%s%s%s. If that is meant, plan with --max-daily-removals %d, or "+
			"write limits { max_daily_removals = %d } in the provider block.", x.describe(counted(x.len(), t.kind)), before, share, n, n))
}

// earlier returns the keys of objects of the kind that were removed within the last day, or lost
// most of their rights, and that the plan does not remove again.
func (x *removals) earlier() map[string]bool {
	earlier := map[string]bool{}
	for _, a := range x.Recent.Removed {
		if a.Kind == x.t.kind.Name {
			earlier[a.Key] = true
		}
	}
	for a, kept := range x.Recent.Narrowed {
		if a.Kind == x.t.kind.Name && kept < rights.Half {
			earlier[a.Key] = true
		}
	}
	for _, key := range x.removed {
		delete(earlier, key)
	}
	for i := range x.reduced {
		delete(earlier, x.reduced[i].key)
	}
	return earlier
}
