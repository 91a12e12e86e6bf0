package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A removalCount is what a plan removes of one kind.
type removalCount struct {
	removed []string // keys of objects that are deleted or deactivated, or go along
	reduced []loss   // subjects that lose all or most of their rights
	gradual []loss   // subjects that did so with what earlier plans took within a day
	// total counts the objects that might be removed: the live ones that can be used and
	// that the kind covers, and all of removed and reduced. Of a Virtual kind it counts those
	// for whom live objects hold rights. Of an Unlisted kind this says nothing.
	total  int
	places map[int]bool // removed and reduced ones by their places in the table
}

func (x *removalCount) len() int { return len(x.removed) + len(x.reduced) }

// gradual lists the subjects of a kind that lose less than what counts as a removal, and
// have lost so much with what earlier plans took within a day. Where those are not known,
// all of them may have, which matters where they are more than may be removed in a day.
func (b *builder) gradual(t *kindState) []loss {
	if b.Recent.Unknown == "" && len(b.Recent.Narrowed) == 0 {
		return nil
	}
	all := t.narrowed()
	switch {
	case b.Recent.Unknown == "":
	case len(all) > b.Tenant.Limits.Daily():
		return all
	default:
		return nil
	}
	return slices.DeleteFunc(all, func(l loss) bool {
		earlier, narrowed := b.Recent.Narrowed[schema.Address{Kind: t.kind.Name, Key: l.key}]
		return !narrowed || earlier*l.kept >= rights.Half
	})
}

// countRemovals counts what the plan removes of a kind. Objects that others take the place
// of are not lost and do not count.
func (b *builder) countRemovals(t *kindState, along []candidate) removalCount {
	x := removalCount{reduced: t.reduced(), gradual: b.gradual(t), places: map[int]bool{}}
	for i := range b.candidates {
		if d := &b.candidates[i]; d.table == t && d.isLoss() {
			x.removed = append(x.removed, d.Have.Addr.Key)
			x.places[d.live] = true
		}
	}
	for i := range along {
		if d := &along[i]; d.table == t && d.successor == "" && t.visible(d.live) && !inactive(d.Have) {
			x.removed = append(x.removed, d.Have.Addr.Key)
			x.places[d.live] = true
		}
	}
	if x.len()+len(x.gradual) == 0 {
		return x
	}
	for _, l := range slices.Concat(x.reduced, x.gradual) { // a role is shared with those who are out of sight
		if j, live := t.byKey[l.key]; live {
			x.places[j] = true
		} else {
			x.total++
		}
	}
	for j := range t.live {
		if x.counts(t, j) {
			x.total++
		}
	}
	if t.kind.Virtual {
		x.total = t.countHolders()
	}
	return x
}

// counts reports whether a live object is one of the total.
func (x *removalCount) counts(t *kindState, j int) bool {
	if x.places[j] {
		return true
	}
	l := t.live[j]
	return t.visible(j) && !inactive(l) && (t.manage.Mode != schema.Authoritative || t.covers(l))
}

// limitRemovals forbids emptying a kind by declaring nothing, and removing too
// many objects of a kind at once or within a day. Subjects that lose all or most of
// their rights count as removed.
func (b *builder) limitRemovals(t *kindState, along []candidate) {
	x := b.countRemovals(t, along)
	n := x.len()
	if n+len(x.gradual) == 0 {
		return
	}
	if n > b.Tenant.Limits.MaxDeletes && !t.listed && !t.kind.NoList && !t.kind.Virtual {
		b.requestList(t) // a share of how many?
		return
	}
	addr, pos := schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name}, t.manage.Pos
	if losses := slices.Concat(x.reduced, x.gradual); pos == (schema.Pos{}) && len(losses) > 0 {
		pos = b.candidates[losses[0].causes[0]].Pos
	}
	l, gradual := b.Tenant.Limits, x.gradual
	x.gradual = nil // they count for the day alone
	summary := title("Too many "+many(t.kind)+" would be removed", "Too many objects would be removed")
	if len(x.removed) == 0 {
		summary = title("Too many "+many(t.kind)+" would lose their "+t.lost(), "Too many would lose their "+t.lost())
	}
	advice := fmt.Sprintf("If that is meant, plan with --max-deletes %d, or write limits { max_deletes = %d } in the provider block.", n, n)
	switch {
	case len(x.removed) > 0 && len(t.want) == 0 && t.manage.Mode == schema.Authoritative && !l.AllowEmpty:
		b.addViolation("plan/limit-empty", addr, pos, title("No "+noun(t.kind)+" is declared", "Nothing of this kind is declared"),
			fmt.Sprintf("%s are authoritative and the files declare none, so this plan removes %s. If that is meant, plan with "+
				"--allow-empty, or write limits { allow_empty = true } in the provider block.",
				upper(many(t.kind)), counted(len(x.removed), t.kind)))
	case t.kind.NoList && n > l.MaxDeletes:
		b.addViolation("plan/limit-removals", addr, pos, summary, fmt.Sprintf("%s, which is more than %d; how many there are cannot be known. %s",
			b.describe(t, &x, counted(n, t.kind)), l.MaxDeletes, advice))
	case n > l.MaxDeletes && n*100 > l.MaxDeletePercent*x.total && !t.kind.NoList:
		b.addViolation("plan/limit-removals", addr, pos, summary, fmt.Sprintf("%s, which is more than %d and more than %d %%. %s",
			b.describe(t, &x, fmt.Sprintf("%d of %s", n, counted(x.total, t.kind))), l.MaxDeletes, l.MaxDeletePercent, advice))
	default:
		x.gradual, x.reduced = gradual, append(x.reduced, gradual...)
		b.limitDaily(t, &x, addr, pos)
	}
}

// lost says what an object of the kind loses that counts like a removal although it stays:
// rights, or whom it holds rights for.
func (t *kindState) lost() string {
	if t.grantee != nil && t.grantee.attr.Type == schema.TypeSet {
		return strings.ReplaceAll(t.grantee.attr.Name, "_", " ")
	}
	return "rights"
}

// describe says what a plan removes of a kind, and through what.
func (b *builder) describe(t *kindState, x *removalCount, number string) string {
	plan := "This plan takes"
	if len(x.gradual) > 0 {
		plan = "This plan, with what earlier ones took within the last 24 hours, takes"
	}
	switch through := b.nameCauses(x.reduced); {
	case len(x.reduced) == 0:
		return "This plan removes or deactivates " + number
	case len(x.removed) == 0:
		return fmt.Sprintf("%s all or most %s from %s, through %s", plan, t.lost(), number, through)
	default:
		return fmt.Sprintf("This plan removes or deactivates %s and takes all or most %s from %d more, through %s: together %s",
			counted(len(x.removed), t.kind), t.lost(), len(x.reduced), through, number)
	}
}

// limitDaily adds what the journals say was removed within the last day: many small
// plans remove as much as a large one.
func (b *builder) limitDaily(t *kindState, x *removalCount, addr schema.Address, pos schema.Pos) {
	if b.Recent.Unknown != "" {
		b.addViolation("plan/limit-daily", addr, pos, "What was removed within the last day is not known", fmt.Sprintf(
			"This plan removes or takes %s from %s, and the journals that tell what was removed before cannot be read: %s. "+
				"Repair the journal, or move it out of the folder: then the removals that only it records are not counted.", t.lost(), counted(x.len(), t.kind), b.Recent.Unknown))
		return
	}
	earlier := map[string]bool{}
	for _, a := range b.Recent.Removed {
		if a.Kind == t.kind.Name {
			earlier[a.Key] = true
		}
	}
	for a, kept := range b.Recent.Narrowed {
		if a.Kind == t.kind.Name && kept < rights.Half {
			earlier[a.Key] = true
		}
	}
	for _, key := range x.removed {
		delete(earlier, key)
	}
	for i := range x.reduced {
		delete(earlier, x.reduced[i].key)
	}
	if len(earlier)+len(x.gradual) == 0 {
		return
	}
	gone := 0 // earlier ones that are not in the total any more
	for key := range earlier {
		if j, live := t.byKey[key]; !live || !x.counts(t, j) {
			gone++
		}
	}
	l, n, total := b.Tenant.Limits, len(earlier)+x.len(), x.total+gone
	if n <= l.Daily() || !t.kind.NoList && n*100 <= l.MaxDeletePercent*total {
		return
	}
	if !t.kind.NoList && !t.listed && !t.kind.Virtual {
		b.requestList(t) // a share of how many?
		return
	}
	share := fmt.Sprintf("%d of the %s that there were a day ago, which is more than %d and more than %d %%",
		n, counted(total, t.kind), l.Daily(), l.MaxDeletePercent)
	if t.kind.NoList {
		share = fmt.Sprintf("%s, which is more than %d", counted(n, t.kind), l.Daily())
	}
	before := ": "
	if len(earlier) > 0 {
		before = fmt.Sprintf(", and earlier plans removed %d within the last 24 hours: together ", len(earlier))
	}
	b.addViolation("plan/limit-daily", addr, pos, title("Too many "+many(t.kind)+" removed within a day", "Too many objects removed within a day"), fmt.Sprintf(
		"%s%s%s. If that is meant, plan with --max-daily-removals %d, or "+
			"write limits { max_daily_removals = %d } in the provider block.", b.describe(t, x, counted(x.len(), t.kind)), before, share, n, n))
}
