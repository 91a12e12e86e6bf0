package html

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// filters lists the kinds and actions of the changes.
func (d *document) filters() []filter {
	kinds := filter{Name: "kind", Label: "Kind", All: "All kinds"}
	actions := filter{Name: "verb", Label: "Action", All: "All actions"}
	byAction := map[schema.Action]int{}
	var order []string // of the kinds in their products
	for _, p := range d.Plans {
		order = append(order, p.Plan.Kinds...)
		for _, list := range [][]render.KindView{p.Removals, p.Others} {
			for i := range list {
				k := &list[i]
				at := slices.IndexFunc(kinds.Options, func(o option) bool { return o.Value == k.Kind })
				if at < 0 {
					at = len(kinds.Options)
					kinds.Options = append(kinds.Options, option{Value: k.Kind, Label: k.Title})
				}
				for _, g := range k.Groups {
					kinds.Options[at].Count += len(g.Changes)
					for _, c := range g.Changes {
						byAction[c.Action]++
					}
				}
			}
		}
	}
	slices.SortStableFunc(kinds.Options, func(a, b option) int {
		return cmp.Compare(slices.Index(order, a.Value), slices.Index(order, b.Value))
	})
	for a := schema.Refuse; a > schema.NoOp; a-- {
		if n := byAction[a]; n > 0 {
			actions.Options = append(actions.Options, option{a.String(), a.String(), n})
		}
	}
	return []filter{kinds, actions}
}
