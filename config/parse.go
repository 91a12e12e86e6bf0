package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// All text is parsed by the functions of this file. The parsers and the evaluation call
// themselves for each level of nesting, and a stack that overflows ends the program.
// So each function measures the text first and refuses one that is nested too deep.

const (
	codeTooDeep = "config/too-deep"

	// maxDepth is how many brackets, quotes and template sequences may be open at one place.
	maxDepth = 1000
	// maxOperators is how many operators, indexes and template directives one
	// expression may have. Each is a level inside the one before it.
	maxOperators = 10_000
	// maxJSONValues is how many values one JSON file may have. Each needs about
	// 1,000 bytes of memory.
	maxJSONValues = 1_000_000
)

// parseConfig parses text of native syntax. The body of the file is never nil.
func parseConfig(src []byte, path string, start hcl.Pos) (*hcl.File, hcl.Diagnostics) {
	if d := tooDeep(src, path, start, hclsyntax.LexConfig, true); d != nil {
		return &hcl.File{Body: &hclsyntax.Body{}, Bytes: src}, hcl.Diagnostics{d}
	}
	return hclsyntax.ParseConfig(src, path, start)
}

// parseTemplate parses a template. The expression is nil if the text is nested too deep.
func parseTemplate(src []byte, path string, start hcl.Pos) (hclsyntax.Expression, hcl.Diagnostics) {
	if d := tooDeep(src, path, start, hclsyntax.LexTemplate, false); d != nil {
		return nil, hcl.Diagnostics{d}
	}
	return hclsyntax.ParseTemplate(src, path, start)
}

// parseExpression parses an expression. It is nil if the text is nested too deep.
func parseExpression(src []byte, path string, start hcl.Pos) (hclsyntax.Expression, hcl.Diagnostics) {
	if d := tooDeep(src, path, start, hclsyntax.LexExpression, false); d != nil {
		return nil, hcl.Diagnostics{d}
	}
	return hclsyntax.ParseExpression(src, path, start)
}

type lexer func([]byte, string, hcl.Pos) (hclsyntax.Tokens, hcl.Diagnostics)

// tooDeep reports text that is nested too deep. Few texts have enough brackets and
// operators for that; only those are divided into tokens. Lines says whether a new
// line ends an expression outside of all brackets.
func tooDeep(src []byte, path string, start hcl.Pos, lex lexer, lines bool) *hcl.Diagnostic {
	if nestingBytes(src) <= maxDepth {
		return nil
	}
	tokens, _ := lex(src, path, start) // the parser reports what is wrong with them
	return measure(tokens, lines)
}

// nestingBytes counts the bytes that may begin a level of nesting.
func nestingBytes(src []byte) int {
	n := 0
	for i, c := range src {
		switch c {
		case '[', '{', '(', '!', '-', '+', '*', '/', '%', '?', '&', '|', '<', '>':
			n++
		case '=':
			if i > 0 && src[i-1] == '=' {
				n++
			}
		}
	}
	return n
}

// A level is a bracket, a quote or a template sequence that is open.
type level struct {
	closer    hclsyntax.TokenType
	operators int  // of the expression that is being read
	lines     bool // a new line ends the expression
	fresh     bool // nothing was read yet
}

// closingOf returns what closes a token that opens a level, and false for other tokens.
func closingOf(t hclsyntax.TokenType) (hclsyntax.TokenType, bool) {
	switch t {
	case hclsyntax.TokenOQuote:
		return hclsyntax.TokenCQuote, true
	case hclsyntax.TokenOHeredoc:
		return hclsyntax.TokenCHeredoc, true
	}
	closer := closerOf(t)
	return closer, closer != hclsyntax.TokenNil
}

// isOperator reports whether the token makes an expression one level deeper without a
// bracket that stays open.
func isOperator(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenPlus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent,
		hclsyntax.TokenQuestion, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual,
		hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq,
		hclsyntax.TokenOBrack, hclsyntax.TokenTemplateControl: // an index; a directive such as if
		return true
	}
	return false
}

// measure reports the first token that is nested too deep. A closing bracket that does
// not match counts for nothing, so no mistake in the text makes it less deep.
func measure(tokens hclsyntax.Tokens, lines bool) *hcl.Diagnostic {
	open, operators := []level{{lines: lines}}, 0
	for i := range tokens {
		t := &tokens[i]
		top := &open[len(open)-1]
		newline := t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment
		if top.fresh && !newline {
			top.fresh = false
			top.lines = top.lines && string(t.Bytes) != "for" // a for expression goes on over lines
		}
		switch {
		case newline && top.lines && bytes.HasSuffix(t.Bytes, []byte("\n")), t.Type == hclsyntax.TokenComma:
			operators, top.operators = operators-top.operators, 0
		case isOperator(t.Type):
			operators, top.operators = operators+1, top.operators+1
		case t.Type == top.closer && len(open) > 1:
			operators -= top.operators
			open = open[:len(open)-1]
		}
		if closer, opens := closingOf(t.Type); opens {
			brace := t.Type == hclsyntax.TokenOBrace
			open = append(open, level{closer: closer, lines: brace, fresh: brace})
		}
		switch {
		case len(open) > maxDepth+1:
			return nestedTooDeep(t.Range)
		case operators > maxOperators:
			return problem(codeTooDeep, t.Range.Ptr(), "Too many operators",
				"This expression has more than %d operators, indexes or template directives. Divide it into several locals, or compute less in it.", maxOperators)
		}
	}
	return nil
}

func nestedTooDeep(at hcl.Range) *hcl.Diagnostic {
	return problem(codeTooDeep, &at, "Brackets are nested too deep",
		"More than %d brackets are open here. Look for brackets that are never closed.", maxDepth)
}
