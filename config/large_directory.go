package config

import (
	"slices"
	"sync"

	"github.com/hashicorp/hcl/v2"
)

// Large directories are read with little memory.
//
// A syntax tree needs about fifty times the memory of its text, and the objects that are
// made from it a small part of that. So in a large directory pieces of text that hold only
// blocks of kinds are not parsed at first: their headers alone are read, which declares
// their blocks. A piece is parsed when the first of its blocks is evaluated, or shortly
// before, and its syntax tree is released when all of its blocks are objects.
//
// Headers are found by the layout of formatted files. If a piece turns out to hold
// something else, if its syntax is wrong, and if declarations have an error,
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
	blocks    []*resource // the same, as they are parsed; nil if the piece holds something else
	diags     hcl.Diagnostics
}

// loadDeferring loads a directory, and defers the blocks of a large one. It is false if
// everything has to be loaded again without that.
func (l *loader) loadDeferring() bool {
	l.deferral.allowed = true
	l.load()
	return !l.deferral.failed
}

// A deferral parses blocks when they are evaluated.
type deferral struct {
	*reporter
	allowed  bool          // the directory is large
	active   bool          // it is large
	failed   bool          // everything has to be loaded again
	declared *declarations // for use while blocks are parsed; nil if nothing is deferred
}

// begin reports whether blocks of the files are deferred: if the files need much memory.
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
	for _, p := range splitPieces(s.path, s.src) {
		if !p.mayDeclare() {
			s.deferred = append(s.deferred, p)
			continue
		}
		body, fine := p.parse()
		s.native, s.unclear = append(s.native, body), s.unclear || !fine
	}
	s.src = nil
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
			if len(deferred.resources) == 0 && !p.isBlank() {
				d.failed = true
				return
			}
			all.resources = append(all.resources, deferred.resources...)
		}
		s.deferred = nil
	}
	d.declared = all.fork()
}

// parsed makes sure that the block of a resource is parsed. It is false if everything
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
