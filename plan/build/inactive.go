package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// warnInactive warns of declared objects that are inactive although their blocks do not say so,
// such as a user who left and returned. A plan activates an object only if a file says so: it may
// have been deactivated for a reason. There is one warning for all objects of a block.
func warnInactive(s stage) {
	for _, t := range s.tables {
		if t.kind.Inactive == nil || t.kind.Activate == "" {
			continue
		}
		attribute, _, _ := strings.Cut(t.kind.Activate, " ")
		at := t.kind.Index(attribute)
		var blocks []schema.Pos
		byBlock := map[schema.Pos][]*schema.Object{}
		for i, j := range t.partner {
			if j < 0 || t.want[i].Set.Has(at) || !t.live[j].Inactive() {
				continue
			}
			w := t.want[i]
			if byBlock[w.Pos] == nil {
				blocks = append(blocks, w.Pos)
			}
			byBlock[w.Pos] = append(byBlock[w.Pos], w)
		}
		for _, pos := range blocks {
			s.addFinding(staysInactive(s, t, byBlock[pos]))
		}
	}
}

func staysInactive(s stage, t *kindState, objects []*schema.Object) schema.Finding {
	slices.SortFunc(objects, func(x, y *schema.Object) int { return x.Addr.Compare(y.Addr) })
	keys := make([]string, len(objects))
	for i, o := range objects {
		keys[i] = o.Addr.Key
	}
	one := len(objects) == 1
	attribute, _, _ := strings.Cut(t.kind.Activate, " ")
	who := text.Choose(one, "the "+noun(t.kind), "these "+many(t.kind))
	way := fmt.Sprintf("To let %s sign in, write %s in the block; to keep %s inactive, write %s.", who, t.kind.Activate, who, t.kind.InactiveLine())
	if !t.writes() {
		way = fmt.Sprintf("%s are only observed: activate %s in %s.", text.Capital(many(t.kind)), who, s.product.Title)
	}
	return objects[0].Problem(plan.CodeInactive, "", title("A declared "+noun(t.kind)+" cannot sign in", "Declared, but cannot sign in"), fmt.Sprintf(
		"%s has %s as inactive, and this block does not set %s, so %s still cannot sign in after this plan. %s",
		s.product.Title, some(keys, 10), attribute, who, way)).Warn()
}
