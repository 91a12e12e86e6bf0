package render

import (
	"github.com/rolecall-dev/rolecall/provider/schema"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

const (
	widest      = 120 // columns of a line of members, because longer ones are hard to read
	mostMembers = 40  // of a set without Verbose
)

// flow writes added or removed members: a few one per line, more in columns.
func (d *details) flow(a *schema.Attribute, members []string, col int, comes bool) []line {
	if len(members) > fewMembers {
		return d.wide(a, members, col, comes)
	}
	var out []line
	for _, m := range d.ordered(members) {
		out = append(out, row(col, d.mark(a, m, comes)...).hanging(col+2))
	}
	return out
}

// wide writes members in as many columns as fit, column by column.
func (d *details) wide(a *schema.Attribute, members []string, col int, comes bool) []line {
	n := len(members)
	if !d.Verbose && n > mostMembers+2 {
		n = mostMembers
	}
	cells := make([][]span, 0, n+1)
	cell := 0
	for _, m := range d.ordered(members)[:n] {
		c := d.mark(a, m, comes)
		cells = append(cells, c)
		cell = max(cell, width(c))
	}
	if rest := len(members) - n; rest > 0 {
		cells = append(cells, []span{as(dim, "… "+text.Number(rest)+" more")})
	}
	if d.view {
		return columns(cells, cell, col, 0)
	}
	return columns(cells, cell, col, min(d.Width, widest))
}

// mark writes a plus or a minus before a member.
func (v *values) mark(a *schema.Attribute, member string, comes bool) []span {
	mark, s := "+ ", added
	if !comes {
		mark, s = "- ", removed
	}
	return append([]span{as(s, mark)}, recolour(s, v.member(a, member))...)
}

// columns writes cells of at most the given width column by column.
func columns(cells [][]span, cell, col, until int) []line {
	const between = 3
	across := max(1, (until-col+between)/(cell+between))
	down := (len(cells) + across - 1) / across
	out := make([]line, down)
	for y := range out {
		l := row(col).hanging(col + 2)
		for i := y; i < len(cells); i += down {
			l.spans = append(l.spans, cells[i]...)
			if i+down < len(cells) {
				l.spans = append(l.spans, say(spaces(cell-width(cells[i])+between)))
			}
		}
		out[y] = l
	}
	return out
}
