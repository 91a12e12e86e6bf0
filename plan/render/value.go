package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A values writes values in the words of one plan: display names of opaque values, and names of
// virtual objects.
type values struct {
	Options
	plan *plan.Plan
}

// word returns one text of an attribute: its display name if it is opaque, without quotes if it is a
// key or a value of a closed list, and in quotes otherwise.
func (v *values) word(a *schema.Attribute, s string) []span {
	if label := v.plan.DisplayNames[s]; label != "" {
		return []span{say(v.labelled(s, label))}
	}
	if len(a.Kinds) > 0 || len(a.OneOf) > 0 || a.Type == schema.TypeSet || a.Type == schema.TypeSetMap {
		return []span{say(text.Clean(s))}
	}
	return []span{say(text.Quote(s))}
}

// labelled returns the display name of an opaque value, with Verbose followed by the value.
func (v *values) labelled(s, label string) string {
	label = strings.ReplaceAll(text.Clean(label), " ", nbsp)
	if v.Verbose && !v.view {
		return label + nbsp + "(" + text.Clean(s) + ")"
	}
	return label
}

// ordered returns opaque values in the order of their display names; others keep their order.
func (v *values) ordered(all []string) []string {
	if !slices.ContainsFunc(all, func(s string) bool { return v.plan.DisplayNames[s] != "" }) {
		return all
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b string) int {
		return strings.Compare(cmp.Or(v.plan.DisplayNames[a], a), cmp.Or(v.plan.DisplayNames[b], b))
	})
	return all
}

// scalar returns the value of an attribute with one value.
func (v *values) scalar(a *schema.Attribute, o *schema.Object) []span {
	switch t := o.Any(a.Name).(type) {
	case nil:
		return []span{as(dim, "(not set)")}
	case string:
		if t == "" {
			return []span{as(dim, "(none)")}
		}
		return v.word(a, t)
	case bool:
		return []span{say(strconv.FormatBool(t))}
	case int64:
		return []span{say(strconv.FormatInt(t, 10))}
	}
	return []span{as(dim, "(not set)")}
}

// member returns one member of a set. An inner set has its name in the files, with its members
// dimmed.
func (v *values) member(a *schema.Attribute, s string) []span {
	if a.Type == schema.TypeSets {
		if name := v.plan.SetNames[s]; name != "" {
			return []span{say(text.Clean(name)), as(dim, "  "+text.Clean(s))}
		}
		return []span{say(text.Clean(s))}
	}
	if a.Type == schema.TypeMap || a.Type == schema.TypeBoolMap {
		return []span{say(text.Clean(s))}
	}
	return v.word(a, s)
}

// difference returns the members of a that are not in b, and those of b that are not in a, in the
// order of the sets.
func difference(a, b []string) (gone, come []string) {
	missing := func(from, of []string) []string {
		have := make(map[string]bool, len(of))
		for _, s := range of {
			have[s] = true
		}
		return slices.DeleteFunc(slices.Clone(from), func(s string) bool { return have[s] })
	}
	return missing(a, b), missing(b, a)
}

// many reports whether the attribute has members.
func many(a *schema.Attribute) bool { return a.Type.Many() }

func recolour(s style, spans []span) []span {
	out := slices.Clone(spans)
	for i := range out {
		if out[i].style == plain {
			out[i].style = s
		}
	}
	return out
}
