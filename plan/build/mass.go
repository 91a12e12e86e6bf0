package build

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// tellMassChanges fills in Plan.MassChanges. More changes than the limits let through as
// removals are many.
func (b *builder) tellMassChanges() {
	changed := map[*kindState]map[int]schema.Mask{} // by live object; a change may be made in two steps
	for i := range b.candidates {
		d := &b.candidates[i]
		if !d.Action.Writes() || d.Have == nil || d.Want == nil || d.live < 0 {
			continue
		}
		if changed[d.table] == nil {
			changed[d.table] = map[int]schema.Mask{}
		}
		changed[d.table][d.live] |= d.Changed
	}
	for _, t := range b.tables {
		if len(changed[t]) <= b.Tenant.Limits.MaxDeletes || !t.listed {
			continue
		}
		var count [64]int
		for _, mask := range changed[t] {
			for m := mask; m != 0; m &= m - 1 {
				count[bits.TrailingZeros64(uint64(m))]++
			}
		}
		total := 0
		for j, l := range t.live {
			if _, is := changed[t][j]; is || t.visible(j) && !inactive(l) {
				total++
			}
		}
		for i := range t.kind.Attributes {
			if n := count[i]; t.carriesRights(i) && n > b.Tenant.Limits.MaxDeletes && n*100 > b.Tenant.Limits.MaxDeletePercent*total {
				b.plan.MassChanges = append(b.plan.MassChanges, t.massChange(&t.kind.Attributes[i], n, total))
			}
		}
	}
}

func (t *kindState) massChange(a *schema.Attribute, n, total int) plan.MassChange {
	name := strings.ReplaceAll(a.Name, "_", " ")
	share := fmt.Sprintf("%s of %s", text.Number(n), counted(total, t.kind))
	words := fmt.Sprintf("%s changes for %s", name, share)
	if a.Type.Many() && strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss") {
		words = fmt.Sprintf("%s get other %s", share, name)
	}
	return plan.MassChange{Kind: t.kind.Name, Attribute: a.Name, Changed: n, Total: total, Text: words}
}
