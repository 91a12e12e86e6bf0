package config

import (
	stdjson "encoding/json"

	"github.com/apparentlymart/go-textseg/v15/textseg"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

// weighJSONFile reports a JSON file that is nested too deep or has too many values. It
// divides the text into tokens exactly as the parser does, mistakes included.
func weighJSONFile(src []byte, path string) *hcl.Diagnostic {
	depth, values, line := 0, 0, 1
	here := func() hcl.Range {
		at := hcl.Pos{Line: line, Column: 1}
		return hcl.Range{Filename: path, Start: at, End: at}
	}
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '\n':
			line++
		case '[', '{':
			depth++
			values++
		case ']', '}':
			depth = max(0, depth-1)
		case ',':
			values++
		case '"':
			n, nesting := jsonText(src[i:])
			if nesting > maxDepth {
				if d := textTooDeep(src[i:i+n], here()); d != nil {
					return d
				}
			}
			i += n - 1
		}
		switch {
		case depth > maxDepth:
			return nestedTooDeep(here())
		case values > maxJSONValues:
			at := here()
			return problem("config/too-big", &at, "JSON file has too many values",
				"%s has more than %d values. Split it into several files in the same directory, which are read together, "+
					"or keep the rows in a CSV file and read them with for_each and csvdecode(file(\"...\")).", path, maxJSONValues)
		}
	}
	return nil
}

// jsonText returns the length of the text in quotes at the beginning of src, and how many
// bytes of it may begin a level of nesting. As for the parser, the text also ends
// before a control character, and a quote that Unicode joins to the character before
// it does not end it.
func jsonText(src []byte) (n, nesting int) {
	escaped := false
	for n = 1; n < len(src); {
		switch c := src[n]; {
		case c == '\\':
			escaped = !escaped
			nesting++ // the escape of any character
			n++
			continue
		case c == '"':
			n++
			if !escaped {
				return n, nesting + nestingBytes(src[1:n])
			}
		case c < ' ':
			return n, nesting + nestingBytes(src[1:n])
		case c >= 0x80:
			size, _, _ := textseg.ScanGraphemeClusters(src[n:], true) // it has no errors
			n += size
		default:
			n++
		}
		escaped = false
	}
	return n, nesting + nestingBytes(src[1:n])
}

// textTooDeep measures a text of a JSON file both as a template and as an expression,
// which is what the type of a variable is.
func textTooDeep(quoted []byte, at hcl.Range) *hcl.Diagnostic {
	var s string
	if stdjson.Unmarshal(quoted, &s) != nil {
		return nil // the parser reports that
	}
	for _, lex := range []lexer{hclsyntax.LexTemplate, hclsyntax.LexExpression} {
		if d := tooDeep([]byte(s), at.Filename, at.Start, lex, false); d != nil {
			d.Subject = &at
			return d
		}
	}
	return nil
}

// parseJSON parses the text of a JSON file. The texts in it, which are parsed when they
// are evaluated, are measured too. The file is nil if the text is refused.
func parseJSON(src []byte, path string) (*hcl.File, hcl.Diagnostics) {
	if d := weighJSONFile(src, path); d != nil {
		return nil, hcl.Diagnostics{d}
	}
	return json.Parse(src, path)
}
