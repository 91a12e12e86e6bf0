package config

import (
	"bytes"
	"runtime"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/sync/errgroup"
)

// Why large files are parsed in pieces.
//
// The parser first lists all tokens of what it is given, in a slice that it
// copies as it grows, and a token is thirty times the size of its text. In pieces
// that garbage stays small, and all processors have something to do where there is
// one large file.
//
// A piece ends after a line that is one closing brace. Such a line may also stand
// in a comment or in a text of several lines. But then the piece before it is not
// complete and is no HCL; so where anything is wrong with any piece, the whole is
// parsed at once, which also gives the diagnostics their right places.

const (
	wholeSize = 64 << 10 // bytes up to which a file is parsed at once
	pieceSize = 4 << 10  // bytes from which a piece ends at the next chance
)

// A piece is a part of a file with whole blocks.
type piece struct {
	src   []byte
	start hcl.Pos
}

// parseNative parses a file of native syntax into one or several bodies.
func parseNative(path string, src []byte) ([]*hclsyntax.Body, hcl.Diagnostics) {
	if len(src) > wholeSize {
		if bodies, ok := parsePieces(path, cut(src)); ok {
			return bodies, nil
		}
	}
	file, diags := hclsyntax.ParseConfig(src, path, hcl.InitialPos)
	return []*hclsyntax.Body{file.Body.(*hclsyntax.Body)}, unclosed(diags)
}

// cut divides a file where blocks end.
func cut(src []byte) []piece {
	var out []piece
	at := hcl.InitialPos
	for len(src) > 0 {
		n := end(src)
		out = append(out, piece{src[:n], at})
		at.Byte += n
		at.Line += bytes.Count(src[:n], []byte("\n"))
		src = src[n:]
	}
	return out
}

// end finds where a piece ends: after the first line that is a brace and comes
// after enough text.
func end(src []byte) int {
	for from := pieceSize; from < len(src); {
		i := bytes.Index(src[from:], []byte("\n}"))
		if i < 0 {
			break
		}
		from += i + len("\n}")
		rest := src[from:]
		if bytes.HasPrefix(rest, []byte("\r\n")) {
			return from + 2
		}
		if bytes.HasPrefix(rest, []byte("\n")) {
			return from + 1
		}
	}
	return len(src)
}

// parsePieces parses pieces side by side. It is false where anything is to be told.
func parsePieces(path string, pieces []piece) ([]*hclsyntax.Body, bool) {
	out := make([]*hclsyntax.Body, len(pieces))
	fine := make([]bool, len(pieces))
	workers := runtime.GOMAXPROCS(0)
	var g errgroup.Group
	for w := range workers {
		g.Go(func() error {
			for i := w; i < len(pieces); i += workers {
				file, diags := hclsyntax.ParseConfig(pieces[i].src, path, pieces[i].start)
				out[i] = file.Body.(*hclsyntax.Body)
				// A name may be given once in the whole file.
				if fine[i] = len(diags) == 0 && len(out[i].Attributes) == 0; !fine[i] {
					break
				}
			}
			return nil
		})
	}
	_ = g.Wait() // what goes wrong is in fine
	for _, ok := range fine {
		if !ok {
			return nil, false
		}
	}
	return out, true
}
