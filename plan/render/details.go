package render

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A details writes how objects change, or what they are.
type details struct{ *values }

// A field is the name of a part, and its value or how it changes.
type field struct {
	name  string
	value []line
}

// body writes how the object changes, or its attributes if it is created or removed.
func (d *details) body(c *plan.Change) []line {
	if c.Action != schema.Forget && c.Want == nil && c.Have != nil && !d.Verbose {
		return d.was(c.Have)
	}
	return fieldLines(d.fields(c))
}

// fields lists how the object changes, or its attributes if it is created or removed.
func (d *details) fields(c *plan.Change) []field {
	switch {
	case c.Action == schema.Forget:
		return nil
	case c.Have != nil && c.Want != nil:
		return d.changed(c)
	case c.Want != nil:
		return d.whole(c.Want, true)
	case c.Have != nil:
		return d.whole(c.Have, false)
	}
	return nil
}

// changed lists the attributes that differ.
func (d *details) changed(c *plan.Change) []field {
	rows := differing(c)
	col := column(rows)
	out := make([]field, len(rows))
	for i, x := range rows {
		out[i] = field{x.name, d.difference(x, c, col)}
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

// difference writes how one part changes.
func (d *details) difference(x part, c *plan.Change, col int) []line {
	switch {
	case isMap(x.attr):
		return d.entryLines(x.attr, transitionsOf(x.attr, c.Have, c.Want), col)
	case many(x.attr):
		return d.memberLines(x.attr, x.members(c.Have), x.members(c.Want), col)
	}
	return d.scalarLines(x.attr, c.Have, c.Want, col)
}

// scalarLines writes old → new on one line, or the difference of long texts.
func (d *details) scalarLines(a *schema.Attribute, have, want *schema.Object, col int) []line {
	before, _ := have.Any(a.Name).(string)
	after, _ := want.Any(a.Name).(string)
	from, to := d.scalar(a, have), d.scalar(a, want)
	wide := a.Type == schema.TypeString && col+width(from)+width(to)+3 > d.Width
	if (wide || a.Is(schema.LongText)) && before != "" && after != "" {
		return textLines(before, after, col, d.Verbose)
	}
	spans := append(recolour(removed, from), as(dim, " → "))
	return []line{row(col, append(spans, recolour(added, to)...)...).hanging(col + 2)}
}

// fewMembers is the number of changed members that are written one per line; more are written in
// columns.
const fewMembers = 8

// memberLines writes removed members, then added ones.
func (d *details) memberLines(a *schema.Attribute, before, after []string, col int) []line {
	gone, come := difference(before, after)
	out := append(d.flow(a, gone, col, false), d.flow(a, come, col, true)...)
	switch {
	case len(out) == 0:
		return []line{row(col, as(dim, "(none)"))}
	case len(after) == 0:
		return append(out, row(col, as(dim, "(none left)")))
	}
	return out
}

// whole lists the attributes of an object that is created or removed, except keys and empty values.
func (d *details) whole(o *schema.Object, comes bool) []field {
	var rows []part
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; o.Set.Has(i) && telling(a, o) {
			rows = append(rows, partsOf(a, o)...)
		}
	}
	col := column(rows)
	var out []field
	for _, x := range rows {
		var value []line
		a, members := x.attr, x.members(o)
		switch text, _ := o.Any(a.Name).(string); {
		case many(a) && len(members) == 0:
			value = []line{row(col, as(dim, "(none)"))}
		case many(a):
			value = d.wide(a, members, col, comes)
		case a.Is(schema.LongText) && strings.Contains(text, "\n"):
			value = paragraphs(text, col, comes)
		default:
			value = []line{row(col, d.scalar(a, o)...)}
		}
		out = append(out, field{x.name, value})
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

// was writes the attributes of a removed object on one line.
func (d *details) was(o *schema.Object) []line {
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
		what := join(d.scalar(a, o))
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

// fieldLines writes fields below each other.
func fieldLines(fields []field) []line {
	var out []line
	for _, f := range fields {
		out = append(out, beside(f.name, f.value)...)
	}
	return out
}

// beside writes the attribute's name before the first line of its value.
func beside(name string, value []line) []line {
	if len(value) == 0 {
		return nil
	}
	first := &value[0]
	first.spans = append([]span{say(pad(name, first.indent-bodyStart))}, first.spans...)
	first.indent = bodyStart
	return value
}
