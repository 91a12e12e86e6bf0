package splice

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A File is a parsed file of native syntax. Offsets of edits and of the syntax tree are those of its
// text with LF at the ends of lines and without a byte order mark.
type File struct {
	Path string
	Body *hclsyntax.Body

	original []byte
	src      []byte
	returns  []int // offsets in src before which the original has a CR
	mark     int   // bytes of the byte order mark
	tokens   hclsyntax.Tokens
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// Parse parses a file. Files with errors cannot be changed.
func Parse(path string, original []byte) (*File, error) {
	f := &File{Path: path, original: original}
	text := bytes.TrimPrefix(original, byteOrderMark)
	f.mark = len(original) - len(text)
	for i := range text {
		if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
			f.returns = append(f.returns, len(f.src))
			continue
		}
		f.src = append(f.src, text[i])
	}
	parsed, diags := hclsyntax.ParseConfig(f.src, path, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, fmt.Errorf("%s has errors: %w", path, diags)
	}
	f.Body = parsed.Body.(*hclsyntax.Body)
	if f.tokens, diags = hclsyntax.LexConfig(f.src, path, hcl.InitialPos); diags.HasErrors() {
		return nil, fmt.Errorf("%s has errors: %w", path, diags)
	}
	return f, nil
}

// offset returns where the original has an offset of src. A line end begins at its CR.
func (f *File) offset(at int) int {
	return f.mark + at + sort.SearchInts(f.returns, at)
}

// lineEnds gives inserted lines the ends that the first line of the file has.
func (f *File) lineEnds(text string) []byte {
	if first := bytes.IndexByte(f.src, '\n'); len(f.returns) > 0 && f.returns[0] == first {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text)
}

// Comments returns the comments of a file, in order.
func (f *File) Comments() []string { return f.CommentsOutside(nil) }

// CommentsOutside returns the comments that no edit replaces.
func (f *File) CommentsOutside(edits []Edit) []string {
	var out []string
	for _, t := range f.tokens {
		within := func(e Edit) bool { return e.Start <= t.Range.Start.Byte && t.Range.End.Byte <= e.End }
		if t.Type == hclsyntax.TokenComment && !slices.ContainsFunc(edits, within) {
			out = append(out, strings.TrimRight(string(t.Bytes), "\n"))
		}
	}
	return out
}

// lineStart returns the offset at which the line of an offset begins.
func (f *File) lineStart(at int) int { return bytes.LastIndexByte(f.src[:at], '\n') + 1 }

// lineEnd returns the offset after the end of the line of an offset, or the end of the file.
func (f *File) lineEnd(at int) int {
	if i := bytes.IndexByte(f.src[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(f.src)
}

// indent returns the white space at the beginning of the line of an offset.
func (f *File) indent(at int) string {
	line := f.src[f.lineStart(at):at]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// firstOnLine reports whether only white space is before the offset in its line.
func (f *File) firstOnLine(at int) bool {
	return len(bytes.TrimLeft(f.src[f.lineStart(at):at], " \t")) == 0
}

// after returns the first token that begins at an offset or after it.
func (f *File) after(at int) hclsyntax.Token {
	i := sort.Search(len(f.tokens), func(i int) bool { return f.tokens[i].Range.Start.Byte >= at })
	if i == len(f.tokens) {
		i--
	}
	return f.tokens[i]
}

// remove returns the deletion of a range, without the comments in it.
func (f *File) remove(start, end int) []Edit {
	var out []Edit
	for _, t := range f.tokens {
		from, to := t.Range.Start.Byte, t.Range.End.Byte
		if t.Type != hclsyntax.TokenComment || to <= start || from >= end {
			continue
		}
		if start < from {
			out = append(out, Edit{Start: start, End: from})
		}
		start = to
	}
	if start < end {
		out = append(out, Edit{Start: start, End: end})
	}
	return out
}

// A Refusal says that something is not written out, so it has to be changed by hand.
type Refusal struct {
	At  hcl.Range
	Why string // completes "<place> "
}

func (r *Refusal) Error() string { return r.Why }

func refuse(at hcl.Range, why string) error { return &Refusal{at, why} }
