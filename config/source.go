package config

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/config/filetree"
)

// A source is one parsed file.
type source struct {
	tree     *filetree.Tree
	name     string            // in the directory
	path     string            // in messages
	src      []byte            // until it is parsed
	native   []*hclsyntax.Body // of native syntax, until its blocks were taken
	deferred []piece           // of native syntax, whose blocks are parsed when they are evaluated
	rest     hcl.Body          // of a JSON file: the properties that were not taken yet
	unclear  bool              // something is wrong, and deferPieces cannot say what
	broken   bool              // it could not be read or parsed as a whole
	diags    hcl.Diagnostics
}

// read reads the file, and parses JSON.
func (s *source) read() {
	src, d := readFile(s.tree, s.name, s.path)
	if d == nil {
		d = loneReturn(s.path, src)
	}
	switch {
	case d != nil:
		s.recordDiagnostics(hcl.Diagnostics{d})
	case isJSON(s.path):
		file, diags := parseJSON(src, s.path)
		if file != nil {
			s.rest = file.Body
		}
		s.recordDiagnostics(diags)
	default:
		s.src = src
	}
}

// parse parses the text of native syntax.
func (s *source) parse() {
	if s.src == nil {
		return
	}
	file, diags := parseConfig(s.src, s.path, hcl.InitialPos)
	body := file.Body.(*hclsyntax.Body)
	s.recordDiagnostics(syntax(s.path, s.src, diags))
	s.native, s.src = []*hclsyntax.Body{body}, nil
	s.diags = append(s.diags, checkKeys(body)...)
}

// recordDiagnostics takes what is wrong with the syntax.
func (s *source) recordDiagnostics(diags hcl.Diagnostics) {
	for _, d := range diags {
		d.Extra = extra{code: Code(d), syntax: true}
	}
	s.diags, s.broken = diags, diags.HasErrors()
}

// parse parses text as a whole, native syntax or JSON by the file's name.
func parse(path string, src []byte) (*hcl.File, hcl.Diagnostics) {
	if isJSON(path) {
		return parseJSON(src, path)
	}
	file, diags := parseConfig(src, path, hcl.InitialPos)
	return file, append(syntax(path, src, diags), checkKeys(file.Body.(*hclsyntax.Body))...)
}

func isJSON(path string) bool { return strings.HasSuffix(path, ".json") }

// readFile reads a text file of a tree, or says why it cannot be read. The path is
// the one for messages.
func readFile(files *filetree.Tree, name, path string) ([]byte, *hcl.Diagnostic) {
	whole := &hcl.Range{Filename: path, Start: hcl.InitialPos, End: hcl.InitialPos}
	src, size, err := files.Read(name, maxFileSize)
	switch {
	case errors.Is(err, filetree.ErrIsDirectory):
		return nil, problem("config/unreadable", whole, "Directory is named like a configuration file",
			"%s is a directory, but its name is that of a configuration file. Rename the directory.", path)
	case errors.Is(err, filetree.ErrNotRegular):
		return nil, problem("config/unreadable", whole, "Not a regular file",
			"%s is a device, a pipe, a socket or a file of the kernel. Configuration is read from regular files.", path)
	case errors.Is(err, filetree.ErrDangling), errors.Is(err, filetree.ErrTooManyLinks):
		return nil, problem("config/unreadable", whole, "File cannot be read", "%s %s.", path, err)
	case err != nil:
		if r, ok := errors.AsType[*filetree.Refusal](err); ok {
			return nil, problem("config/not-allowed", whole, "File must not be read", "%s %s%s.", path, r.Why, r.Advice())
		}
		return nil, unreadableFile(path, err)
	case size > maxFileSize:
		return nil, problem("config/too-big", whole, "File is too big",
			"%s has %d MB; the limit is %d MB. Split it into several .hcl files in the same directory, which are read together, "+
				"or keep the rows in a CSV file and read them with for_each and csvdecode(file(\"...\")).",
			path, size>>20, maxFileSize>>20)
	}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(src) {
		return nil, notText(path, src)
	}
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")) // line ends are no content
	return src, nil
}

// loneReturn reports a line that ends in CR alone: what follows would belong to it, and a
// comment would go on to the end of the file.
func loneReturn(path string, src []byte) *hcl.Diagnostic {
	i := bytes.IndexByte(src, '\r')
	if i < 0 {
		return nil
	}
	at := hcl.Pos{Line: 1 + bytes.Count(src[:i], []byte("\n")), Column: 1}
	return problem("config/line-ends", &hcl.Range{Filename: path, Start: at, End: at}, "A line ends in CR alone",
		"Line %d has a carriage return (CR) without a line feed. Save the file with LF or CRLF at the end of each line.", at.Line)
}

func notText(path string, src []byte) *hcl.Diagnostic {
	before := src[:invalidUTF8(src)]
	at := hcl.Pos{Line: 1 + bytes.Count(before, []byte("\n")), Byte: len(before)}
	at.Column = 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):])
	return problem("config/not-utf8", &hcl.Range{Filename: path, Start: at, End: at}, "File is not UTF-8",
		"The byte at line %d, column %d is not UTF-8. Save the file as UTF-8.", at.Line, at.Column)
}

func unreadableFile(path string, err error) *hcl.Diagnostic {
	return problem("config/unreadable", &hcl.Range{Filename: path, Start: hcl.InitialPos, End: hcl.InitialPos},
		"File cannot be read", "%s: %s.", path, filetree.Cause(err))
}

// maxFileSize is the size in bytes up to which a file is read. A parsed file needs
// some fifty times its size in memory.
const maxFileSize = 32 << 20
