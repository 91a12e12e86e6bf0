package config

import (
	"bytes"
	"regexp"
	"slices"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Large directories are read with little memory.
//
// A syntax tree needs about fifty times the memory of its text, and the objects that are
// made from it a small part of that. So in a large directory pieces of text that hold only
// blocks of kinds are not parsed at first: their headers alone are read, which declares
// their blocks. A piece is parsed when the first of its blocks is evaluated, or shortly
// before, and its syntax tree is released when all of its blocks are objects.
//
// Headers are found by the layout of formatted files. Where a piece turns out to hold
// something else, where its syntax is wrong, and where declarations have an error,
// everything is dropped and read again with all files parsed at first, as a small directory
// is. So the diagnostics never depend on the size of a directory.
//
// The rest of the package sees a deferral only: loader.load calls declare, and
// evaluator.evaluateResource calls parsed for each block before it looks into it.

// largeSize is the number of bytes of all files from which a directory is large.
const largeSize = 64 << 10

// evaluatedTogether is how many blocks are evaluated before their objects are made, and
// how many more are parsed meanwhile.
const evaluatedTogether = 512

// A deferredPiece is a piece of a file with blocks that are declared and not parsed.
type deferredPiece struct {
	piece
	resources []*resource // one for each block
	decoding  sync.Once
	blocks    []*resource // the same, as they are parsed; nil where the piece holds something else
	diags     hcl.Diagnostics
}

// loadDeferring loads a directory, and defers the blocks of a large one. It is false where
// everything has to be loaded again without that.
func (l *loader) loadDeferring() bool {
	l.deferral.allowed = true
	l.load()
	return !l.deferral.failed
}

// A deferral parses blocks when they are evaluated.
type deferral struct {
	*reporter
	allowed  bool          // where the directory is large
	active   bool          // it is large
	failed   bool          // everything has to be loaded again
	declared *declarations // for use while blocks are parsed; nil where nothing is deferred
}

// begin reports whether blocks of the files are deferred: where the files need much memory.
func (d *deferral) begin(sources []*source) bool {
	size := 0
	for _, s := range sources {
		size += len(s.src)
	}
	d.active = d.allowed && size > largeSize
	return d.active
}

// deferPieces sets aside the pieces of a file that hold only blocks of kinds, and parses
// the others.
func (s *source) deferPieces() {
	for _, p := range cut(s.path, s.src) {
		if !p.mayDeclare() {
			s.deferred = append(s.deferred, p)
			continue
		}
		body, fine := p.parse()
		s.native, s.unclear = append(s.native, body), s.unclear || !fine
	}
	s.src = nil
}

// mayDeclare reports whether the piece may have a block of a type that is the same
// for every product: in formatted files only the outermost blocks are not indented.
func (p piece) mayDeclare() bool {
	for line := range bytes.Lines(p.src) {
		if slices.Contains(fixedBlocks, string(line[:wordLength(line)])) {
			return true
		}
	}
	return false
}

// wordLength returns the length of the name at the beginning of a line.
func wordLength(line []byte) int {
	n := 0
	for n < len(line) && (line[n] == '_' || 'a' <= line[n] && line[n] <= 'z') {
		n++
	}
	return n
}

// declare declares the blocks of the pieces that were set aside.
func (d *deferral) declare(all *declarations, sources []*source) {
	for _, s := range sources {
		for _, p := range s.deferred {
			deferred := &deferredPiece{piece: p}
			for _, b := range p.headers(len(all.tenants) > 1) {
				r := all.resourceOf(b)
				if r == nil || len(b.Labels) != r.group.labels || slices.Contains(b.Labels, "") {
					d.failed = true
					return
				}
				r.deferred = deferred
				deferred.resources = append(deferred.resources, r)
			}
			if len(deferred.resources) == 0 && !p.blank() {
				d.failed = true
				return
			}
			all.resources = append(all.resources, deferred.resources...)
		}
		s.deferred = nil
	}
	d.declared = all.fork()
}

// blank reports whether the piece holds nothing that needs to be read.
func (p piece) blank() bool {
	body, fine := p.parse()
	return fine && len(body.Blocks) == 0
}

// headers finds the headers of the outermost blocks, with the beginning of their place.
// With providers, a block also has the attribute that names its provider.
func (p piece) headers(providers bool) []*hcl.Block {
	var out []*hcl.Block
	at := p.start
	for line := range bytes.Lines(p.src) {
		if b := headerIn(line); b != nil {
			b.DefRange = hcl.Range{Filename: p.path, Start: at, End: at}
			if providers {
				b.Body = p.providerAfter(at)
			}
			out = append(out, b)
		}
		at.Line, at.Byte = at.Line+1, at.Byte+len(line)
	}
	return out
}

// headerIn reads the header of a block, such as role "keeper" {, at the beginning of a
// line. It is nil where there is none in the usual form.
func headerIn(line []byte) *hcl.Block {
	n := wordLength(line)
	if n == 0 {
		return nil
	}
	b := &hcl.Block{Type: string(line[:n]), Body: hcl.EmptyBody()}
	for rest := line[n:]; ; {
		rest = bytes.TrimLeft(rest, " \t")
		if bytes.HasPrefix(rest, []byte("{")) {
			return b
		}
		if !bytes.HasPrefix(rest, []byte(`"`)) {
			return nil
		}
		label, after, closed := bytes.Cut(rest[1:], []byte(`"`))
		if !closed || bytes.IndexByte(label, '\\') >= 0 {
			return nil
		}
		b.Labels, rest = append(b.Labels, schema.NFC(string(label))), after
	}
}

// blockEnd and providerLine find, in formatted files, the end of a block and the line in it
// that names its provider.
var (
	blockEnd     = []byte("\n}")
	providerLine = regexp.MustCompile(`(?m)^  provider *=.*$`)
)

// providerAfter reads the attribute that names the provider of the block at a place.
func (p piece) providerAfter(at hcl.Pos) hcl.Body {
	block, _, _ := bytes.Cut(p.src[at.Byte-p.start.Byte:], blockEnd)
	file, _ := parseConfig(providerLine.Find(block), p.path, at)
	return file.Body
}

// parsed makes sure that the block of a resource is parsed. It is false where everything
// has to be loaded again.
func (d *deferral) parsed(r *resource) bool {
	p := r.deferred
	switch {
	case d.failed:
		return false
	case p == nil:
		return true
	}
	p.decode(d.declared)
	d.report(p.diags...)
	if d.failed = p.blocks == nil; d.failed {
		return false
	}
	for i, r := range p.resources {
		*r = *p.blocks[i]
	}
	return true
}

// parseAhead parses the blocks of the first chunk while the caller does something else.
// The function that it returns waits for that.
func (d *deferral) parseAhead(chunks [][]*resource) (wait func()) {
	if len(chunks) == 0 || d.failed {
		return func() {}
	}
	var pieces []*deferredPiece
	for _, r := range chunks[0] {
		if r.deferred != nil && (len(pieces) == 0 || pieces[len(pieces)-1] != r.deferred) {
			pieces = append(pieces, r.deferred)
		}
	}
	var g sync.WaitGroup
	g.Go(func() {
		parallelChunks(len(pieces), 1, func(from, to int) []struct{} {
			for _, p := range pieces[from:to] {
				p.decode(d.declared)
			}
			return nil
		})
	})
	return g.Wait
}

// decode parses the piece and decodes its blocks, once. It writes to nothing but the piece,
// so pieces can be decoded side by side.
func (p *deferredPiece) decode(declared *declarations) {
	p.decoding.Do(func() {
		body, fine := p.parse()
		p.src = nil
		if !fine || len(body.Blocks) != len(p.resources) {
			return
		}
		here := declared.fork()
		blocks := make([]*resource, len(p.resources))
		for i, native := range body.Blocks {
			b := native.AsHCLBlock()
			normalLabels(b)
			r, header := here.resourceOf(b), p.resources[i]
			if r == nil || r.group != header.group || !slices.Equal(b.Labels, header.block.Labels) {
				return
			}
			here.decodeBody(r)
			blocks[i] = r
		}
		p.blocks, p.diags = blocks, here.diags
	})
}
