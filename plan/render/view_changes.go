package render

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A KindView has the changes of one kind, the riskiest first.
type KindView struct {
	Kind   string // name of the kind
	Title  string // "Users"
	Counts string // "1 to delete"
	Groups []GroupView
}

// A GroupView is consecutive changes of a kind, or many similar ones with what they have in common.
type GroupView struct {
	Title   string  // "update 40 users alike"; "" for changes that are only consecutive
	Action  string  // of the first change
	Style   string  // of the action
	What    string  // objects of a matrix: "role sales × 34 objects"
	Reason  string  // that all of them have
	Fields  []Field // what the changes have in common
	Changes []*plan.Change
}

// A Field is an attribute and its value, or how it changes.
type Field struct {
	Name  string
	Lines []Line
}

// A ChangeView is one change, in two steps if the plan makes it so.
type ChangeView struct {
	Verb       string // "update", "would update", "refuse to update"
	Symbol     string // of the action, one column wide
	Style      string // of the action
	Address    string
	From       string // address before a rename
	Position   string // of the block that asks for the change: "users.hcl:7"
	Unverified bool   // the object could not be read
	Dangerous  bool   // it gives someone privileged rights, or makes someone administrator
	Subject    bool   // the object is a user
	Steps      []StepView
	Cascades   []string // addresses of the objects that the product deletes with it
}

// A StepView is one step of a change.
type StepView struct {
	Reason string
	Fields []Field
}

// Change returns the view of one of the changes in a group of the view.
func (v *View) Change(c *plan.Change) ChangeView { return v.changes.view(c) }

// Difference returns the view of one of the differences in v.Observed.
func (v *View) Difference(c *plan.Change) ChangeView { return v.observed.view(c) }

func (m *changeBlocks) view(c *plan.Change) ChangeView {
	out := ChangeView{
		Verb: m.verb(c), Symbol: symbol(c.Action), Style: styleNames[styleOf(c.Action)], Address: text.Clean(c.Addr.String()),
		Position: Position(c.Pos), Unverified: len(unverified(c)) > 0, Dangerous: m.marked[c.Addr],
	}
	if k := kindOf(c); k != nil {
		out.Subject = k.Subject
	}
	if c.Action == schema.Rename && c.From != "" {
		from := c.Addr
		from.Key = c.From
		out.From = text.Clean(from.String())
	}
	for step := c; step != nil; step = m.second[step] {
		out.Steps = append(out.Steps, m.step(step))
	}
	for _, o := range c.Cascades {
		out.Cascades = append(out.Cascades, text.Clean(o.Addr.String()))
	}
	return out
}

func (m *changeBlocks) step(c *plan.Change) StepView {
	reason := c.Reason
	if reason == "" && c.Action == schema.Refuse {
		reason = refusal(m.plan, c)
	}
	return StepView{text.Clean(reason), viewFields(m.fields(c))}
}

func viewFields(fields []field) []Field {
	out := make([]Field, len(fields))
	for i, f := range fields {
		out[i] = Field{f.name, viewLines(f.value)}
	}
	return out
}

// kinds groups the chosen changes.
func (m *changeBlocks) kinds(changes []plan.Change, chosen filter) []KindView {
	var out []KindView
	for _, g := range m.byKind(changes, chosen) {
		k := KindView{Kind: g.name, Title: title(g.kind, g.name), Counts: m.numbers(g)}
		for _, same := range byAction(g.changes) {
			k.Groups = append(k.Groups, m.groups(same)...)
		}
		out = append(out, k)
	}
	return out
}

// groups divides changes of one kind and action. Marked changes, and those that are like few others,
// are in groups without a title.
func (m *changeBlocks) groups(changes []*plan.Change) []GroupView {
	marked := m.markedFirst(changes)
	out := m.alone(nil, changes[:marked])
	rest := changes[marked:]
	switch most := mostOf(changes[0].Action); {
	case len(rest) == 0:
	case rest[0].Action == schema.Update:
		for _, g := range m.similar(rest) {
			if len(g.changes) < fewAlike {
				out = m.alone(out, g.changes)
			} else {
				out = append(out, m.groupAlike(g))
			}
		}
	case len(rest) <= most+2:
		out = m.alone(out, rest)
	default:
		g := m.group(rest, "")
		g.Fields = viewFields(frequent(m.values, rest))
		out = append(out, g)
	}
	return out
}

// alone adds changes to the last group if it has no title, and otherwise a group of them.
func (m *changeBlocks) alone(groups []GroupView, changes []*plan.Change) []GroupView {
	if len(changes) == 0 {
		return groups
	}
	if n := len(groups) - 1; n >= 0 && groups[n].Title == "" {
		groups[n].Changes = append(groups[n].Changes, changes...)
		return groups
	}
	return append(groups, GroupView{Changes: append([]*plan.Change(nil), changes...)})
}

func (m *changeBlocks) group(changes []*plan.Change, alike string) GroupView {
	c := changes[0]
	return GroupView{
		Title:  m.verb(c) + " " + text.Number(len(changes)) + " " + manyOf(kindOf(c), c.Addr.Kind) + alike,
		Action: c.Action.String(), Style: styleNames[styleOf(c.Action)], Changes: changes,
	}
}

func (m *changeBlocks) groupAlike(same *similarGroup) GroupView {
	first := same.changes[0]
	if !same.matrix {
		g := m.group(same.changes, " alike")
		g.Reason = text.Clean(first.Reason)
		for step := first; step != nil; step = m.second[step] {
			g.Fields = append(g.Fields, viewFields(m.fields(step))...)
		}
		return g
	}
	g := m.group(same.changes, "")
	g.What, _ = grid(same.changes)
	g.Reason = text.Clean(first.Reason)
	for steps := same.changes; steps[0] != nil; steps = m.next(steps) {
		g.Fields = append(g.Fields, viewFields(m.matrixFields(steps))...)
	}
	return g
}
