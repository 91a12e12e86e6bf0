package config

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"sync"
)

// Why large directories are read as a stream.
//
// A syntax tree has some fifty times the size of its text, and the objects that come
// of it a small part of that. So pieces of text that hold nothing but objects are
// set aside until everything else is declared. Then some of them at a time are
// parsed, taken apart, made objects of and forgotten, while the next are parsed.
//
// A block that mentions what was not met yet waits for the end, as all blocks do in
// a small directory. Few have to: pieces are read in the order in which kinds refer
// to each other.
//
// What is wrong can be told only by one who knows all files. So where anything is
// wrong, or a piece is not what it looked like, everything is dropped and read again
// as a whole. What is said never depends on the order of reading.

// windowSize is how many pieces are read at a time.
const windowSize = 64

// split sets aside the pieces of the file that hold nothing but objects, and parses
// the others.
func (s *source) split() {
	var first []piece
	for _, p := range cut(s.path, s.src) {
		if p.mayDeclare() {
			first = append(first, p)
		} else {
			s.later = append(s.later, p)
		}
	}
	var fine bool
	s.native, fine = parsePieces(first)
	s.src, s.unclear = nil, !fine
}

// mayDeclare reports whether the piece may have a block of a type that is the same
// for every product: in formatted files only the outermost blocks are not indented.
func (p piece) mayDeclare() bool {
	for word := range p.words() {
		if slices.Contains(fixedBlocks, string(word)) {
			return true
		}
	}
	return false
}

// words lists the names at the beginning of lines.
func (p piece) words() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for line := range bytes.Lines(p.src) {
			n := 0
			for n < len(line) && (line[n] == '_' || 'a' <= line[n] && line[n] <= 'z') {
				n++
			}
			if n > 0 && !yield(line[:n]) {
				return
			}
		}
	}
}

// stream makes the objects of the pieces that were set aside, unless something is
// wrong already. Whether it came to its end, again tells.
func (l *loader) stream() {
	for _, t := range l.tenants {
		t.doubts = &quotedRefs{labels: map[*group]map[string]bool{}}
	}
	windows := slices.Collect(slices.Chunk(l.laterInOrder(), windowSize))
	read := func() []*loader { return nil }
	for i := 0; i <= len(windows) && !l.again; i++ {
		parts := read()
		if i < len(windows) {
			read = l.readAhead(windows[i])
		}
		l.absorb(parts)
	}
	read()
	for _, t := range l.tenants {
		l.again = l.again || t.doubts.justified()
		t.doubts = nil
		for _, g := range t.groups {
			inFileOrder(g.resources)
		}
	}
	inFileOrder(l.resources)
}

// laterInOrder lists the pieces in the order in which kinds refer to each other.
func (l *loader) laterInOrder() []piece {
	rank := map[string]int{}
	for i, k := range l.kinds() {
		rank[k.Name] = i
	}
	var out []piece
	for _, s := range l.sources {
		for _, p := range s.later {
			for word := range p.words() {
				p.rank = max(p.rank, rank[string(word)])
			}
			out = append(out, p)
		}
		s.later = nil
	}
	slices.SortStableFunc(out, func(a, b piece) int { return cmp.Compare(a.rank, b.rank) })
	return out
}

// readAhead parses pieces and takes their blocks apart, side by side, while the
// caller does something else. What it returns waits for that, and gives loaders with
// what was found: the blocks, what is wrong with them, and whether they are nothing
// else.
func (l *loader) readAhead(pieces []piece) func() []*loader {
	labels := map[string]int{}
	for _, k := range l.kinds() {
		labels[k.Name] = max(1, len(k.Labels()))
	}
	start := *l // as it is now: the caller changes it
	start.diags, start.resources = nil, nil
	var out []*loader
	var g sync.WaitGroup
	g.Go(func() {
		out = parallelChunks(len(pieces), 1, func(from, to int) []*loader {
			part := start
			part.readPieces(pieces[from:to], labels)
			return []*loader{&part}
		})
		clear(pieces) // the text is not needed any more
	})
	return func() []*loader { g.Wait(); return out }
}

// readPieces reads blocks of kinds, which are given with the number of their labels.
func (l *loader) readPieces(pieces []piece, labels map[string]int) {
	for _, p := range pieces {
		body, ok := p.parse()
		if !ok {
			l.again = true
			return
		}
		for _, native := range body.Blocks {
			if len(native.Labels) != labels[native.Type] || slices.Contains(native.Labels, "") {
				l.again = true
				return
			}
			b := native.AsHCLBlock()
			normalLabels(b)
			if r := l.resourceOf(b); r != nil {
				l.decodeBody(r)
				l.resources = append(l.resources, r)
			}
		}
	}
}

// absorb declares what was read and makes the objects that can be made already.
func (l *loader) absorb(parts []*loader) {
	from := len(l.resources)
	for _, p := range parts {
		l.again = l.again || p.again
		l.report(p.diags...)
		for _, r := range p.resources {
			l.register(r)
		}
	}
	if l.again = l.again || l.diags.HasErrors(); l.again {
		return
	}
	for _, r := range l.resources[from:] {
		if l.resolve(r) {
			l.evaluateResource(r, r.block.DefRange)
		}
	}
	l.finishAll(l.resources[from:])
	l.again = l.diags.HasErrors()
}

func inFileOrder(resources []*resource) {
	slices.SortStableFunc(resources, func(a, b *resource) int { return comparePlaces(a.block.DefRange, b.block.DefRange) })
}
