package render

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// The columns at which the parts of a change begin.
const (
	margin    = 2 // the symbol
	bodyStart = 6 // attributes and reasons
)

// A block is one change, or several similar ones, ready to be written.
type block struct {
	head   line
	reason string
	doubt  string // says that the object could not be read
	weight style  // of the reason: dim, except for a refused change
	body   []line
}

// A changeBlocks makes blocks of changes.
type changeBlocks struct {
	details
	second   map[*plan.Change]*plan.Change // second steps by the first step of the same object
	marked   map[schema.Address]bool       // changes that are shown one by one
	watching bool                          // the changes are only observed
	whole    bool                          // similar changes are written as one block only if the block says all of them
}

func (m *changeBlocks) blockOf(c *plan.Change) block {
	if then := m.second[c]; then != nil {
		return m.inSteps(c, then)
	}
	b := block{head: m.header(c), reason: c.Reason, doubt: join(unverified(c)), weight: dim, body: m.body(c)}
	if c.Action == schema.Refuse {
		b.weight = plain
		if b.reason == "" {
			b.reason = refusal(m.plan, c)
		}
	}
	return b
}

func (p *changeList) block(b block, reason bool) {
	p.line(b.head)
	if reason && b.reason != "" {
		p.line(row(bodyStart, as(b.weight, text.Clean(b.reason))))
	}
	p.lines(b.body)
}

// header writes the action, the address and the position: "~ update user.ana@zoo.example  users.hcl:7".
func (m *changeBlocks) header(c *plan.Change) line {
	s := styleOf(c.Action)
	address := text.Clean(c.Addr.String())
	if c.Action == schema.Rename && c.From != "" {
		from := c.Addr
		from.Key = c.From
		address = text.Clean(from.String()) + " to " + address
	}
	spans := []span{as(s, symbol(c.Action)+" "+m.verb(c)+" "), as(strong, address)}
	if m.second[c] != nil {
		spans = append(spans, as(dim, " in 2 steps"))
	}
	spans = append(append(spans, unverified(c)...), position(c.Pos)...)
	return row(margin, spans...).hanging(bodyStart)
}

// unverified marks a change of an object that could not be read.
func unverified(c *plan.Change) []span {
	if c.Have == nil || !c.Have.LastWritten {
		return nil
	}
	return []span{as(warning, " unverified")}
}

// position writes a position in a file, if it is known.
func position(at schema.Pos) []span {
	if at.Line == 0 {
		return nil
	}
	return []span{as(dim, fmt.Sprintf("  %s:%d", text.Clean(at.File), at.Line))}
}

// verb returns the action, or what a refused change would have done.
func (m *changeBlocks) verb(c *plan.Change) string {
	switch {
	case c.Action != schema.Refuse && m.watching:
		return "would " + c.Action.String()
	case c.Action != schema.Refuse:
		return c.Action.String()
	case c.Have == nil && c.Want != nil:
		return "refuse to create"
	case c.Want == nil && c.Have != nil:
		return "refuse to delete"
	}
	return "refuse to update"
}

// refusal returns the reason of a refused change from the finding about it.
func refusal(p *plan.Plan, c *plan.Change) string {
	for i := range p.Findings {
		if f := &p.Findings[i]; f.Severity == schema.Error && f.Addr == c.Addr {
			return f.Summary
		}
	}
	return ""
}
