package render

import (
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostTokens is the number of words or lines up to which two texts are compared, because comparing is
// quadratic. Longer texts are shown one after the other.
const mostTokens = 4_000

// textLines writes how a long text changes: by words if it is one paragraph, otherwise by lines.
// Unchanged parts are shortened.
func textLines(before, after string, indent int, verbose bool) []line {
	if !strings.Contains(before+after, "\n") {
		return wordLines(before, after, indent, verbose)
	}
	pieces := compare(strings.Split(before, "\n"), strings.Split(after, "\n"))
	var out []line
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if p.op == diffmatchpatch.DiffDelete && i+1 < len(pieces) && len(p.tokens) == 1 &&
			pieces[i+1].op == diffmatchpatch.DiffInsert && len(pieces[i+1].tokens) == 1 {
			out = append(out, wordLines(p.tokens[0], pieces[i+1].tokens[0], indent, verbose)...)
			i++
			continue
		}
		out = append(out, p.lines(indent, verbose, i == 0, i == len(pieces)-1)...)
	}
	return out
}

// paragraphs writes a long text that is added or removed.
func paragraphs(text string, indent int, comes bool) []line {
	p := piece{diffmatchpatch.DiffInsert, strings.Split(text, "\n")}
	if !comes {
		p.op = diffmatchpatch.DiffDelete
	}
	return p.lines(indent, true, true, true)
}

// lines writes a piece line by line.
func (p piece) lines(indent int, verbose, first, last bool) []line {
	tokens, mark, s := p.tokens, "  ", dim
	switch p.op {
	case diffmatchpatch.DiffDelete:
		mark, s = "- ", removed
	case diffmatchpatch.DiffInsert:
		mark, s = "+ ", added
	default:
		if !verbose {
			tokens = elide(tokens, 2, 1, first, last, func(n int) string { return "… " + text.Count(n, "line", "lines") + " unchanged" })
		}
	}
	var out []line
	for _, t := range tokens {
		out = append(out, row(indent, as(s, mark+text.Clean(t))).hanging(indent+2))
	}
	return out
}

// wordLines writes a paragraph before and after, and marks the words that differ.
func wordLines(before, after string, indent int, verbose bool) []line {
	old, now := as(removed, "- "), as(added, "+ ")
	var gone, come []span
	pieces := compare(strings.Fields(before), strings.Fields(after))
	for i, p := range pieces {
		tokens := p.tokens
		if p.op == diffmatchpatch.DiffEqual && !verbose {
			tokens = elide(tokens, 5, 4, i == 0, i == len(pieces)-1, func(int) string { return "…" })
		}
		s := text.Clean(strings.Join(tokens, " "))
		if p.op != diffmatchpatch.DiffInsert {
			gone = append(gone, as(removed, gapBefore(gone)), as(styleIf(p.op, removed, removedWord), s))
		}
		if p.op != diffmatchpatch.DiffDelete {
			come = append(come, as(added, gapBefore(come)), as(styleIf(p.op, added, addedWord), s))
		}
	}
	var out []line
	if before != "" {
		out = append(out, row(indent, append([]span{old}, gone...)...).hanging(indent+2))
	}
	if after != "" {
		out = append(out, row(indent, append([]span{now}, come...)...).hanging(indent+2))
	}
	return out
}

func gapBefore(spans []span) string {
	if len(spans) == 0 {
		return ""
	}
	return " "
}

func styleIf(op diffmatchpatch.Operation, same, differs style) style {
	if op == diffmatchpatch.DiffEqual {
		return same
	}
	return differs
}

// elide keeps some tokens next to differences, and replaces the middle by one word if that saves
// more than a few tokens.
func elide(tokens []string, keep, save int, first, last bool, word func(int) string) []string {
	head, tail := keep, keep
	if first {
		head = 0
	}
	if last {
		tail = 0
	}
	n := len(tokens) - head - tail
	if n <= save {
		return tokens
	}
	out := append([]string(nil), tokens[:head]...)
	out = append(out, word(n))
	return append(out, tokens[len(tokens)-tail:]...)
}

// A piece is tokens that are equal, deleted or inserted.
type piece struct {
	op     diffmatchpatch.Operation
	tokens []string
}

// compare compares two lists of tokens. It has no time limit, because equal texts must give equal
// results; mostTokens limits their size.
func compare(before, after []string) []piece {
	if len(before)+len(after) > mostTokens {
		return []piece{{diffmatchpatch.DiffDelete, before}, {diffmatchpatch.DiffInsert, after}}
	}
	var known []string
	number := map[string]rune{}
	runes := func(tokens []string) []rune {
		out := make([]rune, len(tokens))
		for i, t := range tokens {
			r, ok := number[t]
			if !ok {
				r = rune(len(known) + 1)
				number[t] = r
				known = append(known, t)
			}
			out[i] = r
		}
		return out
	}
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0
	var out []piece
	for _, d := range dmp.DiffMainRunes(runes(before), runes(after), false) {
		p := piece{op: d.Type}
		for _, r := range d.Text {
			p.tokens = append(p.tokens, known[r-1])
		}
		out = append(out, p)
	}
	return out
}
