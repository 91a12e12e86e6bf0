package config

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// pieceSize is the number of bytes from which a piece ends at the next chance.
const pieceSize = 4 << 10

// A piece is a part of a file with whole blocks. It ends after a line that is one closing
// brace. Such a line may also be part of a comment or of a text of several lines. But then
// the piece before it is not complete and is no HCL; so if anything is wrong with a
// piece, the file has to be parsed as a whole.
type piece struct {
	path  string
	src   []byte
	start hcl.Pos
}

// parse parses the piece. It is false if there is anything to report.
func (p piece) parse() (*hclsyntax.Body, bool) {
	file, diags := parseConfig(p.src, p.path, p.start)
	body := file.Body.(*hclsyntax.Body)
	// A name may be given once in the whole file.
	return body, len(diags) == 0 && len(body.Attributes) == 0 && len(checkKeys(body)) == 0
}

// splitPieces divides a file where blocks end.
func splitPieces(path string, src []byte) []piece {
	var out []piece
	at := hcl.InitialPos
	for len(src) > 0 {
		n := pieceEnd(src)
		out = append(out, piece{path: path, src: src[:n], start: at})
		at.Byte += n
		at.Line += bytes.Count(src[:n], []byte("\n"))
		src = src[n:]
	}
	return out
}

// pieceEnd finds where a piece ends: after the first line that is a brace and comes
// after enough text.
func pieceEnd(src []byte) int {
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

// isBlank reports whether the piece holds nothing that needs to be read.
func (p piece) isBlank() bool {
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
// line. It is nil if there is none in the usual form.
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

// providerLine finds, in a formatted block, the line that names its provider.
var providerLine = regexp.MustCompile(`(?m)^  provider *=.*$`)

// providerAfter reads the attribute that names the provider of the block at a place.
func (p piece) providerAfter(at hcl.Pos) hcl.Body {
	block, _, _ := bytes.Cut(p.src[at.Byte-p.start.Byte:], []byte("\n}"))
	file, _ := parseConfig(providerLine.Find(block), p.path, at)
	return file.Body
}
