package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
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
	path  string
	src   []byte
	start hcl.Pos
}

// parse parses the piece. It is false where anything is to be told.
func (p piece) parse() (*hclsyntax.Body, bool) {
	file, diags := parseConfig(p.src, p.path, p.start)
	body := file.Body.(*hclsyntax.Body)
	// A name may be given once in the whole file.
	return body, len(diags) == 0 && len(body.Attributes) == 0 && len(checkKeys(body)) == 0
}

// parseNative parses a file of native syntax into one or several bodies. What is wrong
// with keys in it comes apart from what is wrong with the syntax.
func parseNative(path string, src []byte) (bodies []*hclsyntax.Body, wrong, keys hcl.Diagnostics) {
	if len(src) > wholeSize {
		if bodies, ok := parsePieces(cut(path, src)); ok {
			return bodies, nil, nil
		}
	}
	file, diags := parseConfig(src, path, hcl.InitialPos)
	body := file.Body.(*hclsyntax.Body)
	return []*hclsyntax.Body{body}, syntax(path, src, diags), checkKeys(body)
}

// cut divides a file where blocks end.
func cut(path string, src []byte) []piece {
	var out []piece
	at := hcl.InitialPos
	for len(src) > 0 {
		n := end(src)
		out = append(out, piece{path: path, src: src[:n], start: at})
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
func parsePieces(pieces []piece) ([]*hclsyntax.Body, bool) {
	out := parallelChunks(len(pieces), 1, func(from, to int) []*hclsyntax.Body {
		var bodies []*hclsyntax.Body
		for _, p := range pieces[from:to] {
			body, ok := p.parse()
			if !ok {
				return nil
			}
			bodies = append(bodies, body)
		}
		return bodies
	})
	return out, len(out) == len(pieces)
}
