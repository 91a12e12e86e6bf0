package render

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// missing writes that the page is not the whole plan, and what it lacks.
func (c *comment) missing() string {
	var changes, others []string
	byAction, byKind := map[schema.Action]int{}, map[string]map[schema.Action]int{}
	rest := map[string]*quantity{}
	var kinds, sorts []string
	var values, details int // that shortened items lack
	for _, s := range c.sections {
		for i := range s.items {
			it := &s.items[i]
			w := it.what
			switch {
			case it.state == shortened && w.kind != "":
				values += w.n
			case it.state == shortened:
				details += w.n
			case it.state != omitted || w.n == 0:
			case w.kind != "":
				if byKind[w.kind] == nil {
					byKind[w.kind] = map[schema.Action]int{}
					kinds = append(kinds, w.kind)
				}
				byAction[w.action] += w.n
				byKind[w.kind][w.action] += w.n
			default:
				if rest[w.many] == nil {
					rest[w.many] = &quantity{one: w.one, many: w.many}
					sorts = append(sorts, w.many)
				}
				rest[w.many].n += w.n
			}
		}
	}
	for _, k := range kinds {
		changes = append(changes, k+": "+actionCounts(byKind[k], false))
	}
	for _, k := range sorts {
		others = append(others, text.Count(rest[k].n, rest[k].one, rest[k].many))
	}
	cut := "Cut: no changes"
	if len(changes) > 0 {
		cut = "Cut: " + actionCounts(byAction, true) + " (" + strings.Join(changes, "; ") + ")"
	}
	if len(others) > 0 {
		cut += "; " + strings.Join(others, ", ")
	}
	cut += "." + withoutValues(values, details)
	return fmt.Sprintf("> [!WARNING]\n> **This comment is not the whole plan**, which is too long for one. %s Long values and lists are shortened. "+
		"Do not approve the plan by this comment: read all of it with `rolecall plan --verbose`, or `rolecall show --verbose` if it was saved.\n\n", cut)
}

// withoutValues counts the changes without values, and the names and findings without details.
func withoutValues(values, details int) string {
	s := ""
	if values > 0 {
		s += " " + text.Count(values, "change is", "changes are") + " shown without values."
	}
	if details > 0 {
		s += " " + text.Count(details, "name or finding is", "names and findings are") + " shown without details."
	}
	return s
}

// actionCounts writes the numbers of changes by action, and with deletes that of deletes also if it is 0.
func actionCounts(n map[schema.Action]int, deletes bool) string {
	var parts []string
	for _, a := range []struct {
		action    schema.Action
		one, many string
	}{
		{schema.Create, "create", "creates"}, {schema.Update, "update", "updates"}, {schema.Rename, "rename", "renames"},
		{schema.Forget, "forgotten object", "forgotten objects"}, {schema.Refuse, "refused change", "refused changes"},
		{schema.Deactivate, "deactivation", "deactivations"}, {schema.Delete, "delete", "deletes"},
	} {
		if n[a.action] > 0 || deletes && a.action == schema.Delete {
			parts = append(parts, text.Count(n[a.action], a.one, a.many))
		}
	}
	return strings.Join(parts, ", ")
}
