package render

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A filter says which changes are shown.
type filter func(*plan.Change) bool

// removals reports whether a change removes an object or is refused.
func removals(c *plan.Change) bool { return c.Action.Removes() || c.Action == schema.Refuse }

func others(c *plan.Change) bool { return !removals(c) }

func everything(*plan.Change) bool { return true }

// A changeList writes changes by kind.
type changeList struct {
	*page
	changeBlocks
}

// changes writes the chosen changes by kind, in the product's order of kinds, the riskiest change of a
// kind first.
func (p *changeList) changes(changes []plan.Change, chosen filter) {
	p.second = secondSteps(changes)
	for _, g := range p.byKind(changes, chosen) {
		p.gap()
		p.heading(g)
		for i, same := range byAction(g.changes) {
			if i > 0 {
				p.gap()
			}
			p.actionGroup(same)
		}
	}
}

// byAction divides changes into runs of one action.
func byAction(changes []*plan.Change) [][]*plan.Change {
	var out [][]*plan.Change
	for i, c := range changes {
		if i == 0 || changes[i-1].Action != c.Action {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], c)
	}
	return out
}

// A kindGroup is the changes of one kind, riskiest first.
type kindGroup struct {
	name    string
	kind    *schema.Kind
	changes []*plan.Change
}

// byKind groups the chosen changes by kind. Second steps are left out, because they are shown with the
// first.
func (m *changeBlocks) byKind(changes []plan.Change, chosen filter) []*kindGroup {
	wide := widening(m.plan)
	risk := func(c *plan.Change) int { return riskOf(c, wide) }
	var groups []*kindGroup
	at := map[string]*kindGroup{}
	later := map[*plan.Change]bool{}
	for _, then := range m.second {
		later[then] = true
	}
	for i := range changes {
		c := &changes[i]
		if c.Action == schema.NoOp || later[c] || !chosen(c) {
			continue
		}
		g := at[c.Addr.Kind]
		if g == nil {
			g = &kindGroup{name: c.Addr.Kind, kind: kindOf(c)}
			at[g.name] = g
			groups = append(groups, g)
		}
		g.changes = append(g.changes, c)
	}
	for _, g := range groups {
		slices.SortStableFunc(g.changes, func(a, b *plan.Change) int {
			return cmp.Or(cmp.Compare(risk(a), risk(b)), trueFirst(m.marked[a.Addr], m.marked[b.Addr]), a.Addr.Compare(b.Addr))
		})
	}
	level := func(g *kindGroup) int { return slices.Index(m.plan.Kinds, g.name) }
	slices.SortStableFunc(groups, func(a, b *kindGroup) int { return cmp.Compare(level(a), level(b)) })
	return groups
}

// riskOf returns the position of a change in its kind: lower comes first.
func riskOf(c *plan.Change, wide map[schema.Address]bool) int {
	switch c.Action {
	case schema.Refuse:
		return 0
	case schema.Delete:
		return 1
	case schema.Deactivate:
		return 2
	case schema.Update:
		if wide[c.Addr] {
			return 3
		}
		return 4
	case schema.Rename:
		return 5
	case schema.Create:
		return 6
	}
	return 7
}

// widening finds the objects whose changes grant rights.
func widening(pl *plan.Plan) map[schema.Address]bool {
	wide := map[schema.Address]bool{}
	for i := range pl.Affected {
		if len(pl.Affected[i].Gained) > 0 {
			for _, a := range pl.Affected[i].CausedBy {
				wide[a] = true
			}
		}
	}
	for i := range pl.Danger { // also of subjects that stand for users
		for _, a := range pl.Danger[i].CausedBy {
			wide[a] = true
		}
	}
	return wide
}

// trueFirst orders true before false.
func trueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func kindOf(c *plan.Change) *schema.Kind {
	switch {
	case c.Want != nil:
		return c.Want.Kind
	case c.Have != nil:
		return c.Have.Kind
	}
	return nil
}

// heading writes the kind and the numbers of its changes by action: "Users: 1 to delete".
func (p *changeList) heading(g *kindGroup) {
	p.line(row(0, as(strong, title(g.kind, g.name)), as(dim, ": "+p.numbers(g))).hanging(margin))
}

// numbers counts the changes of a kind by action: "1 to delete".
func (m *changeBlocks) numbers(g *kindGroup) string {
	if m.watching {
		return text.Count(len(g.changes), "differs", "differ")
	}
	var sum plan.Summary
	for _, c := range g.changes {
		sum.Count(c.Action)
		if then := m.second[c]; then != nil {
			sum.Count(then.Action)
		}
	}
	return counts(sum)
}

func title(k *schema.Kind, name string) string {
	many := manyOf(k, name)
	return text.Capital(many)
}

func manyOf(k *schema.Kind, name string) string {
	if k == nil {
		k = &schema.Kind{Name: name}
	}
	return text.Clean(text.Words(k.Many()))
}

func oneOf(name string) string { return text.Clean(text.Words(name)) }
