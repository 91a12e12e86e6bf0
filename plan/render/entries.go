package render

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// isMap reports whether an attribute is a map with one value per entry.
func isMap(a *schema.Attribute) bool {
	return a.Type == schema.TypeMap || a.Type == schema.TypeBoolMap
}

// entries returns the entries of a map as texts; none if it is not set.
func entries(a *schema.Attribute, o *schema.Object) map[string]string {
	if o == nil {
		return nil
	}
	switch t := o.Any(a.Name).(type) {
	case map[string]string:
		return t
	case map[string]bool:
		out := make(map[string]string, len(t))
		for name, on := range t {
			out[name] = strconv.FormatBool(on)
		}
		return out
	}
	return nil
}

// A transition is how an entry changes: from one value to another, or it is added or removed.
type transition struct {
	from, to    string
	comes, goes bool
}

// A transitions has the entries that change in the same way.
type transitions struct {
	transition
	names []string // sorted; none if the attribute has one value
}

// transitionsOf lists how the entries of a map change, in the order of the first name of each
// transition.
func transitionsOf(a *schema.Attribute, have, want *schema.Object) []transitions {
	before, after := entries(a, have), entries(a, want)
	names := maps.Clone(before)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, after)
	var out []transitions
	at := map[transition]int{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		from, had := before[name]
		to, has := after[name]
		if had == has && from == to {
			continue
		}
		w := transition{from, to, !had, !has}
		n, ok := at[w]
		if !ok {
			n = len(out)
			at[w] = n
			out = append(out, transitions{transition: w})
		}
		out[n].names = append(out[n].names, name)
	}
	return out
}

// entryLines writes changed entries, "create, delete: true → false", then removed ones and added ones.
func (d *details) entryLines(a *schema.Attribute, moves []transitions, col int) []line {
	var out []line
	var gone, come []string
	for _, m := range moves {
		switch {
		case m.comes:
			come = append(come, m.members(m.to)...)
		case m.goes:
			gone = append(gone, m.members(m.from)...)
		default:
			names := some(m.names, d.atMost(len(m.names), mostMembers))
			out = append(out, row(col, append([]span{say(names + ": ")}, m.arrow()...)...).hanging(col+2))
		}
	}
	slices.Sort(gone)
	slices.Sort(come)
	return append(append(out, d.flow(a, gone, col, false)...), d.flow(a, come, col, true)...)
}

// members are the entries as Attribute.Members gives them.
func (m transitions) members(value string) []string {
	out := make([]string, len(m.names))
	for i, name := range m.names {
		out[i] = name + " = " + value
	}
	return out
}

func (w transition) arrow() []span {
	return []span{as(removed, text.Clean(w.from)), as(dim, " → "), as(added, text.Clean(w.to))}
}

// A histogram counts how often each name changes in one way, in several objects. An attribute with one
// value has no names, and members of a set have no values.
type histogram struct {
	transition
	names map[string]int
	total int
}

// histogramsOf counts how a part changes in many objects, the most frequent way first.
func histogramsOf(v *values, x part, changes []*plan.Change) []histogram {
	var out []histogram
	at := map[transition]int{}
	for _, c := range changes {
		for _, m := range changesOf(v, x, c) {
			n, ok := at[m.transition]
			if !ok {
				n = len(out)
				at[m.transition] = n
				out = append(out, histogram{transition: m.transition, names: map[string]int{}})
			}
			for _, name := range m.names {
				out[n].names[name]++
			}
			out[n].total += max(1, len(m.names))
		}
	}
	slices.SortStableFunc(out, func(x, y histogram) int {
		return cmp.Or(y.total-x.total, strings.Compare(x.from, y.from), strings.Compare(x.to, y.to))
	})
	return out
}

// changesOf lists how a part changes in one object.
func changesOf(v *values, x part, c *plan.Change) []transitions {
	switch {
	case isMap(x.attr):
		return transitionsOf(x.attr, c.Have, c.Want)
	case many(x.attr):
		gone, come := difference(x.members(c.Have), x.members(c.Want))
		var out []transitions
		if len(gone) > 0 {
			out = append(out, transitions{transition{goes: true}, v.known(x.attr, gone)})
		}
		if len(come) > 0 {
			out = append(out, transitions{transition{comes: true}, v.known(x.attr, come)})
		}
		return out
	}
	from, to := join(v.scalar(x.attr, c.Have)), join(v.scalar(x.attr, c.Want))
	if from == to {
		return nil
	}
	return []transitions{{transition: transition{from: from, to: to}}}
}

// known returns members as they are displayed.
func (v *values) known(a *schema.Attribute, members []string) []string {
	out := make([]string, len(members))
	for i, m := range members {
		out[i] = join(v.member(a, m))
	}
	return out
}

// line writes a histogram: "cost (34), margin (12) and 3 more: edit → hide  61 in all".
func (c histogram) line(col int) line {
	if len(c.names) == 0 {
		return row(col, append(c.arrow(), as(dim, "  in"+nbsp+text.Number(c.total)))...).hanging(col + 2)
	}
	names := slices.SortedFunc(maps.Keys(c.names), func(x, y string) int {
		return cmp.Or(c.names[y]-c.names[x], strings.Compare(x, y))
	})
	shown := slices.Clone(names)
	if len(names) > mostNames+1 {
		shown = shown[:mostNames]
	}
	for i, name := range shown {
		shown[i] = text.Clean(name) + nbsp + "(" + text.Number(c.names[name]) + ")"
	}
	list := listed(shown, len(names)-len(shown))
	var spans []span
	switch {
	case c.comes:
		spans = []span{as(added, "+ "+list+c.value(c.to))}
	case c.goes:
		spans = []span{as(removed, "- "+list+c.value(c.from))}
	default:
		spans = append([]span{say(list + ": ")}, c.arrow()...)
	}
	if len(names) > 1 {
		spans = append(spans, as(dim, "  "+text.Number(c.total)+nbsp+"in"+nbsp+"all"))
	}
	return row(col, spans...).hanging(col + 2)
}

func (c histogram) value(s string) string {
	if s == "" {
		return ""
	}
	return " = " + text.Clean(s)
}
