package render

import "github.com/rolecall-dev/rolecall/provider/schema"

// A line of members wider than this is hard to read, however wide the terminal.
const widest = 120

// flow shows the members of a set that all come, or all go, in as many columns as
// fit; they are read downwards, like a directory.
func (p *page) flow(v *values, a *schema.Attribute, members []string, col int, comes bool) []line {
	mark, s := whether(comes, "+ ", "- "), whether(comes, added, removed)
	if len(members) == 0 {
		return []line{row(col, as(dim, "(none)"))}
	}
	n := len(members)
	if !p.Verbose && n > 2*mostMembers {
		n = 2 * mostMembers
	}
	cells := make([][]span, 0, n+1)
	cell := 0
	for _, m := range members[:n] {
		c := append([]span{as(s, mark)}, recolour(s, v.member(a, m))...)
		cells = append(cells, c)
		cell = max(cell, width(c))
	}
	if n < len(members) {
		cells = append(cells, []span{as(s, mark), as(dim, Number(len(members)-n)+" more")})
	}
	return columns(cells, cell, col, min(p.Width, widest))
}

// columns lays cells of at most the given width out downwards.
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

func whether[T any](is bool, yes, no T) T {
	if is {
		return yes
	}
	return no
}
