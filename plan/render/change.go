package render

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Where the parts of a change begin, in columns.
const (
	margin    = 2 // the symbol
	bodyStart = 6 // attributes and reasons
)

// A block is one change, or several that are alike, ready to be printed.
type block struct {
	head   line
	reason string
	doubt  string // that what it changes could not be read
	weight style  // of the reason: dim, but not where it says what is wrong
	body   []line
}

func (p *page) blockOf(pl *plan.Plan, c *plan.Change) block {
	if then := p.second[c]; then != nil {
		return p.inSteps(pl, c, then)
	}
	b := block{head: p.header(c), reason: c.Reason, doubt: join(unverified(c)), weight: dim, body: p.body(&values{pl, p.Verbose}, c)}
	if c.Action == schema.Refuse {
		b.weight = plain
		if b.reason == "" {
			b.reason = refusal(pl, c)
		}
	}
	return b
}

func (p *page) block(b block, reason bool) {
	p.line(b.head)
	if reason && b.reason != "" {
		p.line(row(bodyStart, as(b.weight, text.Clean(b.reason))))
	}
	p.lines(b.body)
}

// header says what is done to what: "~ update user.ana@zoo.example  users.hcl:7".
func (p *page) header(c *plan.Change) line {
	s := styleOf(c.Action)
	address := text.Clean(c.Addr.String())
	if c.Action == schema.Rename && c.From != "" {
		from := c.Addr
		from.Key = c.From
		address = text.Clean(from.String()) + " to " + address
	}
	spans := []span{as(s, Symbol(c.Action)+" "+p.verb(c)+" "), as(strong, address)}
	if p.second[c] != nil {
		spans = append(spans, as(dim, " in 2 steps"))
	}
	spans = append(append(spans, unverified(c)...), position(c.Pos)...)
	return row(margin, spans...).hanging(bodyStart)
}

// unverified marks a change of what could not be read.
func unverified(c *plan.Change) []span {
	if c.Have == nil || !c.Have.LastWritten {
		return nil
	}
	return []span{as(warning, " unverified")}
}

// position is a place in a file, nothing where it is not known.
func position(at schema.Pos) []span {
	if at.Line == 0 {
		return nil
	}
	return []span{as(dim, fmt.Sprintf("  %s:%d", text.Clean(at.File), at.Line))}
}

// verb says what is done, or what a refused change would have been.
func (p *page) verb(c *plan.Change) string {
	switch {
	case c.Action != schema.Refuse && p.watching:
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

// refusal takes the reason of a refused change from the finding about it.
func refusal(p *plan.Plan, c *plan.Change) string {
	for i := range p.Findings {
		if f := &p.Findings[i]; f.Severity == schema.Error && f.Addr == c.Addr {
			return f.Summary
		}
	}
	return ""
}

// body says how the object changes, or what it is where it comes or goes.
func (p *page) body(v *values, c *plan.Change) []line {
	switch {
	case c.Action == schema.Forget:
		return nil
	case c.Have != nil && c.Want != nil:
		return p.changed(v, c)
	case c.Want != nil:
		return p.whole(v, c.Want, true)
	case c.Have != nil:
		return p.was(v, c.Have)
	}
	return nil
}

// changed shows the attributes that differ.
func (p *page) changed(v *values, c *plan.Change) []line {
	rows := differing(c)
	col := column(rows)
	var out []line
	for _, x := range rows {
		out = append(out, beside(x.name, p.difference(v, x, c, col))...)
	}
	return out
}

// differing lists the parts of the object that change.
func differing(c *plan.Change) []part {
	var rows []part
	k := c.Want.Kind
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if !c.Changed.Has(i) || a.Flags&schema.ConfigOnly != 0 || c.Action == schema.Rename && a.Is(schema.Key) {
			continue
		}
		for _, x := range partsOf(a, c.Have, c.Want) {
			if x.differs(c.Have, c.Want) {
				rows = append(rows, x)
			}
		}
	}
	return rows
}

// difference shows how one part changes.
func (p *page) difference(v *values, x part, c *plan.Change, col int) []line {
	switch {
	case isMap(x.attr):
		return p.entryLines(v, x.attr, transitionsOf(x.attr, c.Have, c.Want), col)
	case many(x.attr):
		return p.memberLines(v, x.attr, x.members(c.Have), x.members(c.Want), col)
	}
	return p.scalarLines(v, x.attr, c.Have, c.Want, col)
}

// scalarLines shows old → new on one line, or a text difference where the texts
// are long.
func (p *page) scalarLines(v *values, a *schema.Attribute, have, want *schema.Object, col int) []line {
	before, _ := have.Any(a.Name).(string)
	after, _ := want.Any(a.Name).(string)
	from, to := v.scalar(a, have), v.scalar(a, want)
	wide := a.Type == schema.TypeString && col+width(from)+width(to)+3 > p.Width
	if (wide || a.Is(schema.LongText)) && before != "" && after != "" {
		return textLines(before, after, col, p.Verbose)
	}
	spans := append(recolour(removed, from), as(dim, " → "))
	return []line{row(col, append(spans, recolour(added, to)...)...).hanging(col + 2)}
}

// Up to this many members of a set stand one a line where they change; more of
// them stand in columns.
const fewMembers = 8

// memberLines shows the members that go, then those that come.
func (p *page) memberLines(v *values, a *schema.Attribute, before, after []string, col int) []line {
	gone, come := difference(before, after)
	out := append(p.flow(v, a, gone, col, false), p.flow(v, a, come, col, true)...)
	switch {
	case len(out) == 0:
		return []line{row(col, as(dim, "(none)"))}
	case len(after) == 0:
		return append(out, row(col, as(dim, "(none left)")))
	}
	return out
}

// whole shows an object that comes or goes. What the address says already and
// what is off or empty is left out.
func (p *page) whole(v *values, o *schema.Object, comes bool) []line {
	var rows []part
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; o.Set.Has(i) && telling(a, o) {
			rows = append(rows, partsOf(a, o)...)
		}
	}
	col := column(rows)
	var out []line
	for _, x := range rows {
		var value []line
		a, members := x.attr, x.members(o)
		switch text, _ := o.Any(a.Name).(string); {
		case many(a) && len(members) == 0:
			value = []line{row(col, as(dim, "(none)"))}
		case many(a):
			value = p.wide(v, a, members, col, comes)
		case a.Is(schema.LongText) && strings.Contains(text, "\n"):
			value = paragraphs(text, col, comes)
		default:
			value = []line{row(col, v.scalar(a, o)...)}
		}
		out = append(out, beside(x.name, value)...)
	}
	return out
}

func telling(a *schema.Attribute, o *schema.Object) bool {
	if a.Flags&(schema.Key|schema.ConfigOnly|schema.ReadOnly) != 0 {
		return false
	}
	switch t := a.Any(o.Body).(type) {
	case string:
		return t != ""
	case bool:
		return t
	case map[string]string:
		return len(t) > 0
	case map[string]bool:
		return len(t) > 0
	case map[string][]string:
		return len(t) > 0
	}
	return true
}

// was says in a line what an object is that goes.
func (p *page) was(v *values, o *schema.Object) []line {
	if p.Verbose {
		return p.whole(v, o, false)
	}
	spans := []span{as(dim, "was")}
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if !o.Set.Has(i) || !telling(a, o) || a.Is(schema.LongText) {
			continue
		}
		sep := ","
		if len(spans) == 1 {
			sep = ""
		}
		what := join(v.scalar(a, o))
		if many(a) {
			n := len(a.Members(o.Body))
			if n == 0 {
				continue
			}
			what = "(" + text.Number(n) + ")"
		}
		spans = append(spans, as(dim, sep+" "+a.Name+nbsp+what))
	}
	if len(spans) == 1 {
		return nil
	}
	return []line{row(bodyStart, spans...)}
}

// beside puts the attribute's name before the first line of its value.
func beside(name string, value []line) []line {
	if len(value) == 0 {
		return nil
	}
	first := &value[0]
	first.spans = append([]span{say(pad(name, first.indent-bodyStart))}, first.spans...)
	first.indent = bodyStart
	return value
}
