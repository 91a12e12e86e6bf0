package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const summaryCloser = "Unexpected closing bracket"

// A bracket is one opening bracket of a file.
type bracket struct {
	token  hclsyntax.Token
	indent int // of its line, in columns
}

// closerOf returns the token that closes an opening bracket, or TokenNil for another token.
func closerOf(t hclsyntax.TokenType) hclsyntax.TokenType {
	switch t {
	case hclsyntax.TokenOBrace:
		return hclsyntax.TokenCBrace
	case hclsyntax.TokenOBrack:
		return hclsyntax.TokenCBrack
	case hclsyntax.TokenOParen:
		return hclsyntax.TokenCParen
	case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return hclsyntax.TokenTemplateSeqEnd
	}
	return hclsyntax.TokenNil
}

// unbalanced replaces what the parser says about a file whose brackets do not match by
// one error at the bracket: the parser notices it only later, and then what it expects
// is not what is missing. Diagnostics about what comes before the bracket stay.
func unbalanced(path string, src []byte, diags hcl.Diagnostics) hcl.Diagnostics {
	if !diags.HasErrors() {
		return diags
	}
	d := findUnbalanced(path, src)
	if d == nil {
		return diags
	}
	diags = slices.DeleteFunc(diags, func(other *hcl.Diagnostic) bool {
		return other.Subject == nil || other.Subject.Start.Line >= d.Subject.Start.Line
	})
	if d.Summary == summaryCloser && diags.HasErrors() {
		return diags // such as a header without its opening bracket
	}
	return append(diags, d)
}

// findUnbalanced finds the bracket that is not closed, or that closes nothing. It
// returns nil if all brackets match.
func findUnbalanced(path string, src []byte) *hcl.Diagnostic {
	tokens, _ := hclsyntax.LexConfig(src, path, hcl.InitialPos) // the parser has reported what is wrong with them
	var open []bracket
	var outdented *bracket // closed by a bracket that is further to the left than its line
	line, indent := 0, 0
	for _, t := range tokens {
		first := t.Range.Start.Line != line
		if first {
			line, indent = t.Range.Start.Line, t.Range.Start.Column
		}
		if closerOf(t.Type) != hclsyntax.TokenNil {
			open = append(open, bracket{t, indent})
			continue
		}
		closes := func(b bracket) bool { return closerOf(b.token.Type) == t.Type }
		switch {
		case !isCloser(t.Type):
		case len(open) == 0 || !closes(open[len(open)-1]) && !slices.ContainsFunc(open, closes):
			return problem("config/brackets", t.Range.Ptr(), summaryCloser,
				"There is no opening bracket for this %q. Delete it, or add the bracket that opens it.", string(t.Bytes))
		case !closes(open[len(open)-1]):
			return notClosed(open[len(open)-1])
		default:
			last := open[len(open)-1]
			if open = open[:len(open)-1]; first && outdented == nil && indent < last.indent {
				outdented = &last
			}
		}
	}
	switch {
	case len(open) == 0:
		return nil
	case outdented != nil:
		return notClosed(*outdented)
	}
	return notClosed(open[len(open)-1])
}

func isCloser(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		return true
	}
	return false
}

func notClosed(b bracket) *hcl.Diagnostic {
	opening := string(b.token.Bytes)
	closing := map[string]string{"[": "]", "(": ")"}[opening]
	if closing == "" {
		closing = "}"
	}
	return problem("config/brackets", b.token.Range.Ptr(), "This bracket is not closed",
		"Add the %q that closes the %q here.", closing, opening)
}

// syntax puts one error at the cause in the place of what the parser says about a
// quote or a bracket that is not closed.
func syntax(path string, src []byte, diags hcl.Diagnostics) hcl.Diagnostics {
	if diags = unclosed(diags); len(diags) > 0 && Code(diags[len(diags)-1]) == codeUnclosedQuote {
		return diags
	}
	if len(diags) > 0 && Code(diags[0]) == codeTooDeep {
		return diags // nothing else is known about the file
	}
	return unbalanced(path, src, diags)
}

// unclosed says once that a quote is not closed. From there on texts and what
// is between them have changed places, so nothing that the parser says about
// the rest of the file helps anybody.
func unclosed(diags hcl.Diagnostics) hcl.Diagnostics {
	var first *hcl.Diagnostic
	for _, d := range diags {
		if d.Summary == "Invalid multi-line string" && (first == nil || d.Subject.Start.Byte < first.Subject.Start.Byte) {
			first = d
		}
	}
	if first == nil {
		return diags
	}
	diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		return d.Subject != nil && d.Subject.Start.Byte >= first.Subject.Start.Byte
	})
	if slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
		return strings.HasPrefix(d.Summary, "Unclosed template") && d.Subject != nil && d.Subject.Start.Line == first.Subject.Start.Line
	}) {
		return diags // the quote is lost in it
	}
	return append(diags, problem(codeUnclosedQuote, first.Subject, "A quote is not closed",
		"A text in quotes ends on the line on which it begins. Add the missing quote, or write a text of several lines between <<EOT and EOT."))
}
