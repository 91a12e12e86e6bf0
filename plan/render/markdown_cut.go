package render

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An item is a part of a page that is shown or omitted as a whole.
type item struct {
	text  string
	short string                      // instead of the text if there is little space; "" if there is none
	write func() (text, short string) // returns both, if they are not known yet; see render
	rank  rank
	what  quantity // what the page lacks without the item
	state itemState
}

type itemState uint8

const (
	complete itemState = iota
	shortened
	omitted
)

// render writes the texts, which takes time and is not needed for what does not fit.
func (i *item) render() {
	if i.write != nil {
		i.text, i.short = i.write()
		i.write = nil
	}
}

func (i *item) shown() string {
	if i.state == shortened {
		return i.short
	}
	return i.text
}

// A quantity counts what an item is about.
type quantity struct {
	n         int
	one, many string
	kind      string        // of a change
	action    schema.Action // of a change
}

// A rank is the position of an item when a page is cut: items of higher ranks are omitted first.
type rank uint8

const (
	rankTenant rank = iota
	rankDanger      // who gains privileged rights, and the changes that cause it
	rankLossOfAll
	rankLimit // what forbids the plan
	rankWarning
	rankDelete // also refused changes
	rankDeactivate
	rankLoss
	rankWiden // updates that grant rights
	rankGain
	rankUpdate
	rankCreate
	rankRest
)

// mostBackticks is the longest run of backticks in a fence of a page that is cut, because both lines
// of each fence are longer than it.
const mostBackticks = 16

// cut omits items until the page has at most so many bytes, and writes the notice. It keeps the
// items in the order of their ranks. Those of one rank and section are all complete, or all shortened
// if they do not fit, so that names come before values; the space that is left in the end is for
// values. If not even names fit, it omits the item and all after it. An item of more than a tenth of the page is shortened or omitted alone, so that it does not
// hide others.
func (c *comment) cut(most int) {
	var candidates []candidate
	for _, s := range c.sections {
		for i := range s.items {
			s.items[i].state = omitted
			candidates = append(candidates, candidate{s, &s.items[i]})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.item.rank, b.item.rank) })
	all := candidates
	c.notice = c.missing()
	b := budget{most: most, begun: map[*section]bool{}}
	b.left = most - len(c.begin()) - len(c.end()) - len(withoutValues(len(candidates)<<10, len(candidates)<<10)) // the notice is longest now
	for len(candidates) > 0 && !b.full {
		same := 1
		for same < len(candidates) && candidates[same].item.rank == candidates[0].item.rank && candidates[same].section == candidates[0].section {
			same++
		}
		b.keep(candidates[:same])
		candidates = candidates[same:]
	}
	b.complete(all)
	c.notice = c.missing()
}

// A candidate is an item and its section.
type candidate struct {
	section *section
	item    *item
}

// A budget is the space that is left in a page.
type budget struct {
	most, left int
	begun      map[*section]bool // sections with an item
	full       bool              // an item did not fit
}

// complete shows the values of shortened items as far as they fit.
func (b *budget) complete(all []candidate) {
	for _, p := range all {
		more := len(p.item.text) - len(p.item.short)
		if p.item.state == shortened && more <= b.left && !b.large(p, p.item.text) {
			p.item.state = complete
			b.left -= more
		}
	}
}

// keep keeps items of one rank as far as they fit.
func (b *budget) keep(candidates []candidate) {
	fit := b.fit(candidates)
	for _, p := range candidates {
		it := p.item
		it.render()
		state := complete
		if it.short != "" && (!fit || b.large(p, it.text)) {
			state = shortened
		}
		text := it.text
		if state == shortened {
			text = it.short
		}
		switch size := b.size(p, text); {
		case b.large(p, text):
		case size > b.left:
			b.full = true
			return
		default:
			it.state = state
			b.left -= size
			b.begun[p.section] = true
		}
	}
}

// fit reports whether items fit completely. It does not count those that are large.
func (b *budget) fit(candidates []candidate) bool {
	left, begun := b.left, maps.Clone(b.begun)
	for _, p := range candidates {
		p.item.render()
		if b.large(p, p.item.text) {
			continue
		}
		if left -= len(p.item.text); !begun[p.section] {
			left -= p.section.frame()
			begun[p.section] = true
		}
		if left < 0 {
			return false
		}
	}
	return true
}

// large reports whether a text is too large to be kept beside others.
func (b *budget) large(p candidate, text string) bool {
	return len(text) > b.most/10 || p.section.fence && backticks(text) > mostBackticks
}

// size is the space that a text takes, with its section if that has no item yet.
func (b *budget) size(p candidate, text string) int {
	if b.begun[p.section] {
		return len(text)
	}
	return len(text) + p.section.frame()
}

// frame is the size of a section without its items.
func (s *section) frame() int {
	n := len(s.open) + len(s.close)
	if s.fence {
		n += 2*mostBackticks + len("diff\n\n\n") + len(missingLine(s.count()))
	}
	return n
}

func (s *section) count() int {
	n := 0
	for i := range s.items {
		n += s.items[i].what.n
	}
	return n
}
