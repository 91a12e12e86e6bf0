package render

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// frequent counts the values of attributes that have only a few different ones, such as the roles of a
// thousand new users.
func frequent(v *values, changes []*plan.Change) []field {
	k := kindOf(changes[0])
	if k == nil || changes[0].Want == nil {
		return nil
	}
	var rows []part
	var tallies [][]tally
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if a.Type != schema.TypeString && a.Type != schema.TypeBool || a.Flags&(schema.Key|schema.ConfigOnly|schema.ReadOnly) != 0 {
			continue
		}
		if t := count(v, a, i, changes); len(t) > 0 {
			rows, tallies = append(rows, partsOf(a)...), append(tallies, t)
		}
	}
	col := column(rows)
	var out []field
	for i, x := range rows {
		var parts []string
		for _, t := range tallies[i] {
			parts = append(parts, t.value+" ("+text.Number(t.n)+")")
		}
		out = append(out, field{x.name, []line{row(col, say(strings.Join(parts, ", ")))}})
	}
	return out
}

// A tally is the number of objects with a value.
type tally struct {
	value string
	n     int
}

// count returns the tallies of an attribute, the most frequent value first; nil if there are more than
// mostValues, or all are different.
func count(v *values, a *schema.Attribute, i int, changes []*plan.Change) []tally {
	var out []tally
	for _, c := range changes {
		if c.Want == nil || !c.Changed.Has(i) || !c.Want.Has(a.Name) || !telling(a, c.Want) {
			continue
		}
		value := join(v.scalar(a, c.Want))
		at := slices.IndexFunc(out, func(t tally) bool { return t.value == value })
		if at < 0 {
			if len(out) == mostValues {
				return nil
			}
			at, out = len(out), append(out, tally{value: value})
		}
		out[at].n++
	}
	slices.SortStableFunc(out, func(x, y tally) int { return y.n - x.n })
	if len(out) > 0 && out[0].n == 1 {
		return nil
	}
	return out
}
