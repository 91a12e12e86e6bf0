package fleet

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func count(n int, one, many string) string { return text.Count(n, one, many) }

// Summary says in one line how the fleet is.
func (r *Report) Summary() string {
	n := r.Totals()
	parts := []string{count(n.Tenants, "tenant", "tenants")}
	if n.Failed > 0 {
		s := fmt.Sprintf("%s failed", text.Number(n.Failed))
		if n.Missing > 0 {
			s += fmt.Sprintf(" (%s without a result)", text.Number(n.Missing))
		}
		parts = append(parts, s)
	}
	if n.Changed > 0 {
		parts = append(parts, fmt.Sprintf("%s with changes", text.Number(n.Changed)))
	}
	if quiet := n.Tenants - n.Failed - n.Changed; quiet > 0 {
		parts = append(parts, fmt.Sprintf("%s without", text.Number(quiet)))
	}
	if len(r.Broken) > 0 {
		parts = append(parts, count(len(r.Broken), "line", "lines")+" of the results cannot be read")
	}
	return strings.Join(parts, ", ")
}

// Cost says what the runs took; it is empty if no result says.
func (r *Report) Cost() string {
	requests, seconds, longest := 0, 0.0, &Tenant{}
	for i := range r.Tenants {
		t := &r.Tenants[i]
		requests += t.Requests
		seconds += t.Seconds
		if t.Seconds > longest.Seconds {
			longest = t
		}
	}
	if requests == 0 && seconds == 0 {
		return ""
	}
	s := fmt.Sprintf("The runs took %s and %s one after the other", count(requests, "request", "requests"), duration(seconds))
	if longest.Seconds > 0 {
		s += fmt.Sprintf(", the longest %s (%s)", duration(longest.Seconds), longest.Tenant)
	}
	return s
}

func duration(seconds float64) string {
	if seconds < 120 {
		return fmt.Sprintf("%.1f seconds", seconds)
	}
	return count(int(math.Round(seconds/60)), "minute", "minutes")
}

// Facts say what a run found, as parts of a sentence; none if nothing changes.
func (t *Tenant) Facts() []string {
	var out []string
	add := func(n int, one, many string) {
		if n > 0 {
			out = append(out, count(n, one, many))
		}
	}
	add(t.Dangers.NewAdmin, "new administrator or privileged user", "new administrators or privileged users")
	add(t.Dangers.Loss, "person loses rights", "people lose rights")
	add(t.Dangers.NotKnown, "subject with unknown rights", "subjects with unknown rights")
	add(t.Dangers.MassChanges, "change of many objects", "changes of many objects")
	add(t.Differences, "difference", "differences")
	if n := t.Total(); n > 0 {
		var by []string
		for _, action := range slices.Sorted(maps.Keys(t.Changes)) {
			if action != "all" {
				by = append(by, fmt.Sprintf("%s %s", text.Number(t.Changes[action]), action))
			}
		}
		s := count(n, "change", "changes")
		if len(by) > 0 {
			s += " (" + strings.Join(by, ", ") + ")"
		}
		out = append(out, s)
	}
	add(t.PeopleAffected, "person affected", "people affected")
	return out
}

// Place says where the broken part is.
func (b *Broken) Place() string {
	switch {
	case b.Pod != "":
		return b.Input + ", pod " + b.Pod
	case b.Line > 0:
		return fmt.Sprintf("%s line %d", b.Input, b.Line)
	}
	return cmp.Or(b.Input, "-")
}
