package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// pieceSize is the number of bytes from which a piece ends at the next chance.
const pieceSize = 4 << 10

// A piece is a part of a file with whole blocks. It ends after a line that is one closing
// brace. Such a line may also be part of a comment or of a text of several lines. But then
// the piece before it is not complete and is no HCL; so where anything is wrong with a
// piece, the file has to be parsed as a whole.
type piece struct {
	path  string
	src   []byte
	start hcl.Pos
}

// parse parses the piece. It is false where there is anything to report.
func (p piece) parse() (*hclsyntax.Body, bool) {
	file, diags := parseConfig(p.src, p.path, p.start)
	body := file.Body.(*hclsyntax.Body)
	// A name may be given once in the whole file.
	return body, len(diags) == 0 && len(body.Attributes) == 0 && len(checkKeys(body)) == 0
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
