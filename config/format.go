package config

import (
	"bytes"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format returns the text of one configuration file in the one layout: indented by two
// spaces, equals signs of neighbouring attributes in one column, one newline at the end. Lines
// end as the first line does, in LF or CRLF. For a text with syntax errors it returns nil and
// the diagnostics.
//
// Formatting a formatted text changes nothing.
func Format(src []byte, filename string) ([]byte, hcl.Diagnostics) {
	if !utf8.Valid(src) {
		return nil, hcl.Diagnostics{notText(filename, src)}
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
