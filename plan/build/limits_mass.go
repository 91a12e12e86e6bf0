package build

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// massChanges lists attributes that carry rights and change for more objects than the limits allow
// to be removed.
func massChanges(s stage, p *planned) []plan.MassChange {
	var out []plan.MassChange
	changed := map[*kindState]map[int]schema.Mask{} // by live object; a change may be made in two steps
	for i := range p.candidates {
		d := &p.candidates[i]
		if !d.Action.Writes() || d.Have == nil || d.Want == nil || d.live < 0 {
			continue
		}
		if changed[d.table] == nil {
			changed[d.table] = map[int]schema.Mask{}
		}
		changed[d.table][d.live] |= d.Changed
	}
	for _, t := range s.tables {
		if len(changed[t]) <= s.Tenant.Limits.MaxDeletes || !t.listed {
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
			if _, is := changed[t][j]; is || t.visible(j) && !l.Inactive() {
				total++
			}
		}
		for i := range t.kind.Attributes {
			if n := count[i]; t.carriesRights(i) && !s.Tenant.Limits.Allow(n, total) {
				out = append(out, massChange(t, &t.kind.Attributes[i], n, total))
			}
		}
	}
	return out
}

func massChange(t *kindState, a *schema.Attribute, n, total int) plan.MassChange {
	name := text.Words(a.Name)
	share := fmt.Sprintf("%s of %s", text.Number(n), counted(total, t.kind))
	words := fmt.Sprintf("%s changes for %s", name, share)
	if a.Type.Many() && strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss") {
		words = fmt.Sprintf("%s get other %s", share, name)
	}
	return plan.MassChange{Kind: t.kind.Name, Attribute: a.Name, Changed: n, Total: total, Text: words}
}
