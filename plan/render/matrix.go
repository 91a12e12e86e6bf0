package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Objects whose key has two parts, such as the permission of a role on an object, form a matrix, and
// one block of a file changes many of them: a pattern hides cost in one and costEstimate in another.
// If they change in the same way, they are one row, and the names are counted.

// pair returns the two key attributes of a kind that has two.
func pair(k *schema.Kind) (a, b *schema.Attribute, ok bool) {
	var keys []*schema.Attribute
	for i := range k.Attributes {
		if k.Attributes[i].Is(schema.Key) {
			keys = append(keys, &k.Attributes[i])
		}
	}
	if len(keys) != 2 {
		return nil, nil, false
	}
	return keys[0], keys[1], true
}

// shape is equal for changes that are one row of a matrix; "" for changes that are in no matrix. The
// changes of one block of a file are one row, unless they are few. For other changes it is the
// difference: for a map with any names, how entries change and not which ones.
func (m *changeBlocks) shape(c *plan.Change, ofBlock map[schema.Pos]int) string {
	if c.Have == nil || c.Want == nil {
		return ""
	}
	if _, _, ok := pair(c.Want.Kind); !ok {
		return ""
	}
	var b strings.Builder
	for step := c; step != nil; step = m.second[step] {
		b.WriteString("\x00" + step.Reason)
		if step.Have.LastWritten {
			b.WriteString("\x00unverified")
		}
		if c.Pos.Line > 0 && ofBlock[c.Pos] >= fewAlike {
			fmt.Fprintf(&b, "\x00%v", c.Pos)
			continue
		}
		for _, x := range differing(step) {
			b.WriteString("\x00" + x.name)
			for _, t := range m.shapeOf(x, step) {
				b.WriteString("\x01" + t)
			}
		}
	}
	return b.String()
}

func (m *changeBlocks) shapeOf(x part, c *plan.Change) []string {
	var out []string
	if isMap(x.attr) && len(x.attr.Names) == 0 {
		for _, m := range transitionsOf(x.attr, c.Have, c.Want) {
			out = append(out, m.from+"\x02"+m.to)
		}
		slices.Sort(out)
		return out
	}
	for _, l := range m.difference(x, c, 0) {
		out = append(out, join(l.spans))
	}
	return out
}

// matrix returns one block for changes of one shape.
func (m *changeBlocks) matrix(same []*plan.Change) block {
	c := same[0]
	what, names := grid(same)
	spans := []span{as(styleOf(c.Action), symbol(c.Action)+" "+m.verb(c)+" "), as(strong, text.Number(len(same))+" "+manyOf(kindOf(c), c.Addr.Kind))}
	if m.second[c] != nil {
		spans = append(spans, as(dim, " in 2 steps"))
	}
	spans = append(spans, unverified(c)...)
	if what != "" {
		spans = append(spans, as(dim, "  "+what))
	}
	spans = append(spans, where(same)...)
	b := block{head: row(margin, spans...).hanging(bodyStart), weight: dim, reason: c.Reason}
	b.body = append(b.body, row(bodyStart, as(dim, names)))
	if m.second[c] == nil {
		b.body = append(b.body, fieldLines(m.matrixFields(same))...)
		return b
	}
	b.reason = ""
	for steps := same; steps[0] != nil; steps = m.next(steps) {
		if r := steps[0].Reason; r != "" {
			b.body = append(b.body, row(bodyStart, as(dim, text.Clean(r))))
		}
		b.body = append(b.body, fieldLines(m.matrixFields(steps))...)
	}
	return b
}

// next returns the second step of each change.
func (m *changeBlocks) next(changes []*plan.Change) []*plan.Change {
	out := make([]*plan.Change, len(changes))
	for i, c := range changes {
		out[i] = m.second[c]
	}
	return out
}

// matrixFields lists how the objects change: equal parts once, and other parts with numbers.
func (m *changeBlocks) matrixFields(same []*plan.Change) []field {
	rows := allParts(same)
	col := column(rows)
	var out []field
	for _, x := range rows {
		value := m.common(x, same, col)
		if value == nil {
			value = m.counted(x, same, col)
		}
		out = append(out, field{x.name, value})
	}
	return out
}

// allParts lists the parts that differ in any of the changes.
func allParts(changes []*plan.Change) []part {
	var out []part
	seen := map[string]bool{}
	for _, c := range changes {
		for _, x := range differing(c) {
			if !seen[x.name] {
				seen[x.name] = true
				out = append(out, x)
			}
		}
	}
	k := kindOf(changes[0])
	slices.SortStableFunc(out, func(x, y part) int {
		return cmp.Or(cmp.Compare(k.Index(x.attr.Name), k.Index(y.attr.Name)), strings.Compare(x.entry, y.entry))
	})
	return out
}

// common writes how the part changes if all changes are equal in it, else it returns nil.
func (m *changeBlocks) common(x part, changes []*plan.Change, col int) []line {
	var first []line
	for i, c := range changes {
		if !slices.ContainsFunc(differing(c), func(y part) bool { return y.name == x.name }) {
			return nil
		}
		lines := m.difference(x, c, col)
		if i == 0 {
			first = lines
		} else if !slices.EqualFunc(first, lines, func(a, b line) bool { return join(a.spans) == join(b.spans) }) {
			return nil
		}
	}
	return first
}

// counted writes the ways in which the part changes, each with the number of objects.
func (m *changeBlocks) counted(x part, changes []*plan.Change, col int) []line {
	var out []line
	for _, c := range histogramsOf(m.values, x, changes) {
		out = append(out, c.line(col))
	}
	return out
}

// grid describes the matrix, "role sales × 34 objects", and lists names.
func grid(changes []*plan.Change) (what, names string) {
	a, b, _ := pair(kindOf(changes[0]))
	rows, columns := distinct(a, changes), distinct(b, changes)
	switch {
	case len(rows) == 1:
		return label(a) + " " + text.Clean(rows[0]) + " × " + text.Number(len(columns)) + " " + label(b) + "s", some(columns, mostNames)
	case len(columns) == 1:
		return text.Number(len(rows)) + " " + label(a) + "s × " + label(b) + " " + text.Clean(columns[0]), some(rows, mostNames)
	case len(rows)*len(columns) == len(changes):
		return text.Number(len(rows)) + " " + label(a) + "s × " + text.Number(len(columns)) + " " + label(b) + "s",
			some(rows, mostNames) + " × " + some(columns, mostNames)
	}
	return "", some(keys(changes), mostNames)
}

func label(a *schema.Attribute) string { return text.Words(a.Name) }

func distinct(a *schema.Attribute, changes []*plan.Change) []string {
	var out []string
	for _, c := range changes {
		s, _ := a.Any(c.Want.Body).(string)
		out = append(out, s)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// where writes the position of the changes if it is the same.
func where(changes []*plan.Change) []span {
	for _, c := range changes {
		if c.Pos != changes[0].Pos {
			return nil
		}
	}
	return position(changes[0].Pos)
}
