package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// The numbers of changes of a kind that are shown without Verbose. A reader must not miss removals, so
// many more of them are shown one by one.
const (
	mostChanges  = 10
	mostExamples = 3 // of new objects, if there are too many to show all
	mostRemovals = 100
	fewAlike     = 3 // this many equal differences are shown once
	mostNames    = 5 // of objects that are shown together
	mostValues   = 4 // different values that are counted for objects that are not shown
)

// actionGroup writes the changes of one kind and action: equal differences once, then single changes
// up to a limit, then a summary of the others.
func (p *changeList) actionGroup(changes []*plan.Change) {
	first := changes[0].Action
	most := mostOf(first)
	if first == schema.Update && !p.Verbose {
		p.updates(changes, most)
		return
	}
	if p.Verbose || len(changes) <= most+2 {
		most = len(changes)
	} else if first == schema.Create {
		most = mostExamples
	}
	most = max(most, p.markedFirst(changes))
	blocks := make([]block, most)
	for i, c := range changes[:most] {
		blocks[i] = p.blockOf(c)
	}
	p.blocks(blocks)
	p.more(changes[most:])
}

// mostOf returns how many changes of an action are shown one by one.
func mostOf(a schema.Action) int {
	if a.Removes() || a == schema.Refuse {
		return mostRemovals
	}
	return mostChanges
}

// blocks writes blocks, with blank lines between them if one has several lines. A reason that several
// consecutive blocks share is written once, after the last.
func (p *changeList) blocks(blocks []block) {
	tall := slices.ContainsFunc(blocks, func(b block) bool { return len(b.body) > 1 })
	for i := 0; i < len(blocks); {
		end := i + 1
		for end < len(blocks) && blocks[i].reason != "" && blocks[end].reason == blocks[i].reason {
			end++
		}
		for j, b := range blocks[i:end] {
			if tall && i+j > 0 {
				p.gap()
			}
			p.block(b, end == i+1)
		}
		if end > i+1 {
			p.line(row(bodyStart, as(dim, "all "+text.Number(end-i)+": "+text.Clean(blocks[i].reason))))
		}
		i = end
	}
}

// updates writes different changes one by one, and similar ones, or rows of a matrix, as one block.
func (p *changeList) updates(changes []*plan.Change, most int) {
	var shown []block
	var rest []*plan.Change
	marked := p.markedFirst(changes)
	for _, c := range changes[:marked] {
		shown = append(shown, p.blockOf(c))
	}
	all := p.similar(changes[marked:])
	for i, g := range all {
		switch {
		case i >= most && len(all) > most+2:
			rest = append(rest, g.changes...)
		case len(g.changes) >= fewAlike && g.matrix:
			shown = append(shown, p.matrix(g.changes))
		case len(g.changes) >= fewAlike:
			shown = append(shown, p.together(g.first, g.changes))
		default:
			for _, c := range g.changes {
				shown = append(shown, p.blockOf(c))
			}
		}
	}
	p.blocks(shown)
	p.more(rest)
}

// A similarGroup is changes that are written as one block.
type similarGroup struct {
	changes []*plan.Change
	first   block // of the first of them
	matrix  bool  // they differ in names, which are counted
}

// similar groups changes, in the order of the first change of each group.
func (m *changeBlocks) similar(changes []*plan.Change) []*similarGroup {
	var out []*similarGroup
	at := map[string]*similarGroup{}
	ofBlock := map[schema.Pos]int{}
	for _, c := range changes {
		ofBlock[c.Pos]++
	}
	for i, c := range changes {
		key := ""
		if !m.whole {
			key = m.shape(c, ofBlock)
		}
		matrix := key != ""
		var b block
		if !matrix {
			b = m.blockOf(c)
			if key = signature(b); len(b.body) == 0 {
				key = fmt.Sprint(i)
			}
		}
		g := at[key]
		if g == nil {
			g = &similarGroup{first: b, matrix: matrix}
			at[key] = g
			out = append(out, g)
		}
		g.changes = append(g.changes, c)
	}
	return out
}

// signature is equal for similar blocks.
func signature(b block) string {
	var s strings.Builder
	s.WriteString(b.reason)
	s.WriteString(b.doubt)
	for _, l := range b.body {
		s.WriteByte('\n')
		for _, sp := range l.spans {
			s.WriteString(sp.text)
		}
	}
	return s.String()
}

// together returns one block for several similar changes.
func (m *changeBlocks) together(b block, same []*plan.Change) block {
	c := same[0]
	s := styleOf(c.Action)
	b.head = row(margin, as(s, symbol(c.Action)+" "+m.verb(c)+" "),
		as(strong, text.Number(len(same))+" "+manyOf(kindOf(c), c.Addr.Kind)), as(dim, " alike")).hanging(bodyStart)
	b.head.spans = append(b.head.spans, unverified(c)...)
	most := mostNames
	if m.whole {
		most = len(same)
	}
	names := row(bodyStart, as(dim, some(keys(same), most)))
	b.body = append(slices.Clone(b.body), names)
	return b
}

func keys(changes []*plan.Change) []string {
	out := make([]string, len(changes))
	for i, c := range changes {
		out[i] = c.Addr.Key
	}
	return out
}

// some lists the first names and counts the others: "a, b and 3 more".
func some(names []string, most int) string {
	if len(names) <= most+1 {
		most = len(names)
	}
	shown := make([]string, most)
	for i, n := range names[:most] {
		shown[i] = text.Clean(n)
	}
	return listed(shown, len(names)-most)
}

// someClean is some for names that are clean.
func someClean(names []string, most int) string {
	if len(names) <= most+1 {
		most = len(names)
	}
	return listed(names[:most], len(names)-most)
}

// listed lists clean names and counts the others.
func listed(shown []string, rest int) string {
	list := strings.Join(shown, ", ")
	if rest > 0 {
		list += " and" + nbsp + text.Number(rest) + nbsp + "more"
	}
	return list
}

// more summarizes the changes that are not shown: their number, the first names, and frequent values.
func (p *changeList) more(rest []*plan.Change) {
	if len(rest) == 0 {
		return
	}
	c := rest[0]
	p.gap()
	p.line(p.moreHead(c, len(rest)))
	p.line(row(bodyStart, as(dim, some(keys(rest), mostNames))))
	p.lines(fieldLines(frequent(p.values, rest)))
	p.line(row(bodyStart, as(dim, "--verbose shows each of them")))
}

func (m *changeBlocks) moreHead(c *plan.Change, n int) line {
	return row(margin, as(styleOf(c.Action), symbol(c.Action)+" "+m.verb(c)+" "),
		as(strong, text.Number(n)+" more "+manyOf(kindOf(c), c.Addr.Kind))).hanging(bodyStart)
}
