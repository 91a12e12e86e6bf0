package config

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Diagnostics turns findings into diagnostics that point into the files, which are
// parsed again for it. A finding without a place becomes one without a subject,
// and WriteDiagnostics prints its address instead. The order is that of the places,
// findings without one last.
func (r Reader) Diagnostics(findings []schema.Finding) hcl.Diagnostics {
	files := r.reopen()
	out := make(hcl.Diagnostics, 0, len(findings))
	for _, f := range findings {
		out = append(out, diagnosticOf(f, files.locate(f)))
	}
	slices.SortStableFunc(out, func(a, b *hcl.Diagnostic) int {
		if (a.Subject == nil) != (b.Subject == nil) {
			if a.Subject == nil {
				return 1
			}
			return -1
		}
		return comparePlaces(subjectOf(a), subjectOf(b))
	})
	return out
}

// diagnosticOf makes a diagnostic of a finding, whose detail is one paragraph. The
// range may be nil.
func diagnosticOf(f schema.Finding, at *hcl.Range) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: f.Summary, Detail: text.Clean(f.Detail) + seeRows(f.Rows), Subject: at}
	if f.Severity == schema.Warning {
		d.Severity = hcl.DiagWarning
	}
	e := extra{code: f.Code, found: f.Rows}
	if f.Addr.Key != "" {
		e.address = f.Addr.String()
	}
	d.Extra = e
	return d
}

// locate finds the narrowest range in the files that a finding is about: the
// member that it names if that is written out, else the attribute, else the
// block or the entry in short form. It is nil if the finding has no place.
func (r reopened) locate(f schema.Finding) *hcl.Range {
	if f.Pos.File == "" || f.Pos.Line == 0 {
		return nil
	}
	file := r.open(f.Pos.File)
	b, ok := file.at[f.Pos]
	switch {
	case !ok:
		if pair, ok := file.entry(f.Pos); ok {
			return pair.Ptr()
		}
		return pointRange(f.Pos)
	case f.Attribute == "":
		return b.header.Ptr()
	}
	content, _, _ := b.body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: f.Attribute}}})
	a := content.Attributes[f.Attribute]
	if a == nil {
		return b.header.Ptr()
	}
	if f.Value != "" {
		if at := memberRange(a.Expr, f.Value); at != nil {
			return at
		}
	}
	return a.Range.Ptr()
}

// elementRange is the range of one member of a list that is written out, else that
// of the whole expression.
func elementRange(e hcl.Expression, i int) hcl.Range {
	if members, diags := hcl.ExprList(e); !diags.HasErrors() && i < len(members) {
		return members[i].Range()
	}
	return e.Range()
}

// memberRange finds where a text is written inside an expression: as a text, as a
// key of a map, or as the last name of a reference. A place with the same upper and
// lower case is preferred. It is nil if there is none.
func memberRange(e hcl.Expression, text string) *hcl.Range {
	var exact, folded *hcl.Range
	visit := func(written string, at hcl.Range) {
		switch {
		case exact == nil && written == text:
			exact = at.Ptr()
		case folded == nil && strings.EqualFold(written, text):
			folded = at.Ptr()
		}
	}
	if node, ok := e.(hclsyntax.Expression); ok {
		_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
			if s, ok := writtenText(n); ok {
				visit(s, n.Range())
			}
			return nil
		})
	} else {
		visitJSON(e, text, visit)
	}
	return cmp.Or(exact, folded)
}

// writtenText returns the text that a part of an expression is.
func writtenText(n hclsyntax.Node) (string, bool) {
	switch e := n.(type) {
	case *hclsyntax.TemplateExpr:
		if !e.IsStringLiteral() {
			return "", false
		}
		val, diags := e.Value(nil)
		return val.AsString(), !diags.HasErrors()
	case *hclsyntax.ScopeTraversalExpr:
		name, ok := stepName(e.Traversal[len(e.Traversal)-1])
		return name, ok && len(e.Traversal) > 1
	case *hclsyntax.ObjectConsKeyExpr:
		name := hcl.ExprAsKeyword(e.Wrapped)
		return name, name != "" && !e.ForceNonLiteral
	}
	return "", false
}

// visitJSON visits the texts of a JSON expression. A reference in a template counts
// as its last name.
func visitJSON(e hcl.Expression, text string, visit func(string, hcl.Range)) {
	if members, diags := hcl.ExprList(e); !diags.HasErrors() {
		for _, m := range members {
			visitJSON(m, text, visit)
		}
		return
	}
	if pairs, diags := hcl.ExprMap(e); !diags.HasErrors() {
		for _, p := range pairs {
			visitJSON(p.Key, text, visit)
			visitJSON(p.Value, text, visit)
		}
		return
	}
	val, diags := e.Value(nil)
	if diags.HasErrors() || val.IsNull() || val.Type() != cty.String {
		return
	}
	s := val.AsString()
	if strings.HasSuffix(s, "."+text+"}") {
		s = text
	}
	visit(s, e.Range())
}
