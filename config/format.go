package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format returns the text of one configuration file in its one layout: indents
// by two spaces, equals signs of neighbouring attributes in one column, one
// newline at the end. Lines end as the first line does, in LF or CRLF. A text with syntax errors is not touched; they come back
// as diagnostics and the text is nil.
//
// Formatting a formatted text changes nothing.
func Format(src []byte, filename string) ([]byte, hcl.Diagnostics) {
	if at := invalidUTF8(src); at >= 0 {
		line := 1 + bytes.Count(src[:at], []byte("\n"))
		at := hcl.Pos{Line: line, Column: 1, Byte: at}
		return nil, hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "File is not UTF-8 text",
			Detail:   "A byte in this line is not UTF-8. Save the file with the encoding UTF-8 and try again.",
			Subject:  &hcl.Range{Filename: filename, Start: at, End: at},
		}}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	ends := lineEnds(src)
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	if _, diags := parseConfig(src, filename, hcl.InitialPos); diags.HasErrors() {
		return nil, unclosed(diags)
	}
	out := hclwrite.Format(src)
	if trimmed := bytes.TrimRight(out, " \t\n"); len(trimmed) == 0 {
		return nil, nil
	} else if len(trimmed) < len(out) {
		out = trimmed
	}
	if out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	return bytes.ReplaceAll(out, []byte("\n"), ends), nil
}

// lineEnds returns what the first line of a text ends in.
func lineEnds(src []byte) []byte {
	if line, _, found := bytes.Cut(src, []byte("\n")); found && bytes.HasSuffix(line, []byte("\r")) {
		return []byte("\r\n")
	}
	return []byte("\n")
}
