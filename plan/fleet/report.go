package fleet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An Expected is a tenant of which there must be a result.
type Expected struct {
	Name string
	Wave int
}

// A Report has the newest result of each tenant of a fleet, the worst first.
type Report struct {
	Tenants []Tenant
	// Unknown are the tenants that results are about and that the fleet does not have.
	Unknown []string
	Broken  []Broken
}

// A Tenant is what is known of one tenant.
type Tenant struct {
	Line
	Wave    int
	Missing bool   // there is no result; only Tenant, Wave and the Dangers of earlier applies are set
	Why     string // why it counts as failed; empty if it does not
}

// Merge makes the report of the results. Meaning says what an exit code means. Of several results of a tenant
// the newest counts, as of a pod that was started again; of those that began in the same second, the last. The
// dangers of earlier applies count too: what they changed is no change for the newest.
// Also are the names of tenants of the fleet that are not expected, whose results are left out.
func Merge(expected []Expected, also []string, lines []Line, broken []Broken, meaning func(exit int) string) *Report {
	newest, earlier := map[string]Line{}, map[string]Dangers{}
	for _, l := range lines {
		if l.Command == "apply" || l.Command == "" && l.Truncated {
			earlier[l.Tenant] = earlier[l.Tenant].most(l.Dangers)
		}
		if old, ok := newest[l.Tenant]; !l.superseded && (!ok || l.Started >= old.Started) {
			newest[l.Tenant] = l
		}
	}
	r := &Report{Broken: broken}
	for _, e := range expected {
		t := Tenant{Line: newest[e.Name], Wave: e.Wave}
		if _, known := newest[e.Name]; !known {
			t.Line.Tenant, t.Missing, t.Why = e.Name, true, "no result"
		} else if t.Failed() {
			t.Why = cmp.Or(t.Error, meaning(t.Exit))
		}
		if t.Command != "plan" && t.Command != "drift" {
			t.Dangers = t.Dangers.most(earlier[e.Name])
		}
		delete(newest, e.Name)
		r.Tenants = append(r.Tenants, t)
	}
	for _, name := range also {
		delete(newest, name)
	}
	r.Unknown = slices.Sorted(maps.Keys(newest))
	r.failTwins()
	slices.SortStableFunc(r.Tenants, func(a, b Tenant) int {
		return cmp.Or(cmp.Compare(b.rank(), a.rank()), strings.Compare(a.Tenant, b.Tenant))
	})
	return r
}

// most returns the larger of each number.
func (d Dangers) most(other Dangers) Dangers {
	return Dangers{
		Loss: max(d.Loss, other.Loss), NewAdmin: max(d.NewAdmin, other.NewAdmin),
		NotKnown: max(d.NotKnown, other.NotKnown), MassChanges: max(d.MassChanges, other.MassChanges),
	}
}

// failTwins lets tenants fail that are one organization of a product: each changes what the other did.
func (r *Report) failTwins() {
	of := map[string][]int{}
	for i := range r.Tenants {
		for _, id := range r.Tenants[i].Organizations {
			id = strings.ToLower(id)
			of[id] = append(of[id], i)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(of)) {
		all := of[id]
		for _, i := range all {
			t := &r.Tenants[i]
			for _, other := range all {
				if other != i && t.Why == "" {
					t.Why = fmt.Sprintf("it is the same organization as %s: %s", r.Tenants[other].Tenant, id)
				}
			}
		}
	}
}

// Failing reports whether the tenant needs somebody to look at it before anything else.
func (t *Tenant) Failing() bool { return t.Why != "" }

// rank is higher for what is read first.
func (t *Tenant) rank() int {
	switch d := t.Dangers; {
	case t.Missing:
		return 6
	case t.Failing():
		return 5
	case d.NewAdmin > 0:
		return 4
	case d.Loss > 0:
		return 3
	case d.NotKnown+d.MassChanges > 0:
		return 2
	case t.Changed():
		return 1
	}
	return 0
}

// Totals are sums over the tenants of a report.
type Totals struct {
	Tenants, Missing, Failed, Changed, Changes, Differences, PeopleAffected int

	Dangers
}

// Totals sums up. Failed includes Missing.
func (r *Report) Totals() Totals {
	var n Totals
	for i := range r.Tenants {
		t := &r.Tenants[i]
		n.Tenants++
		if t.Missing {
			n.Missing++
		}
		if t.Failing() {
			n.Failed++
		} else if t.Changed() {
			n.Changed++
		}
		n.Changes += t.Total()
		n.Differences += t.Differences
		n.PeopleAffected += t.PeopleAffected
		n.Loss += t.Dangers.Loss
		n.NewAdmin += t.Dangers.NewAdmin
		n.NotKnown += t.Dangers.NotKnown
		n.MassChanges += t.Dangers.MassChanges
	}
	return n
}

// Failures counts what makes the report one of a failure: tenants that failed or are missing, and parts of the
// input that are no results.
func (r *Report) Failures() int { return r.Totals().Failed + len(r.Broken) }

// The conditions that can stop a rollout.
const (
	HaltOnLoss     = "loss"      // a user loses rights
	HaltOnNewAdmin = "new-admin" // a user becomes administrator or gains a privileged right
	HaltOnFailure  = "failure"   // a tenant failed or has no result
)

// Conditions are the names of the conditions.
func Conditions() []string { return []string{HaltOnLoss, HaltOnNewAdmin, HaltOnFailure} }

// Halts returns which of the conditions hold, as sentences without a period. Effects that are not known
// count as loss and as new administrators.
func (r *Report) Halts(conditions []string) []string {
	n := r.Totals()
	var out []string
	for _, c := range Conditions() {
		if !slices.Contains(conditions, c) {
			continue
		}
		switch {
		case c == HaltOnLoss && n.Loss > 0:
			out = append(out, count(n.Loss, "person loses rights", "people lose rights"))
		case c == HaltOnNewAdmin && n.NewAdmin > 0:
			out = append(out, count(n.NewAdmin, "person becomes administrator or gains privileged rights", "people become administrators or gain privileged rights"))
		case c == HaltOnFailure && r.Failures() > 0:
			out = append(out, count(r.Failures(), "failure", "failures"))
		case c != HaltOnFailure && n.NotKnown > 0:
			out = append(out, "it is not known what "+count(n.NotKnown, "user or object", "users or objects")+" can do")
		}
	}
	return slices.Compact(out)
}
