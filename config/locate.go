package config

import (
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
func Diagnostics(findings []schema.Finding) hcl.Diagnostics {
	files := reopened{}
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
		return comparePlaces(placeOf(a), placeOf(b))
	})
	return out
}

// Locate finds the narrowest range in the files that a finding is about: the
// member that it names, where that is written out, else the attribute, else the
// block or the entry in short. It is nil where the finding has no place.
func Locate(f schema.Finding) *hcl.Range { return reopened{}.locate(f) }

// diagnosticOf makes a diagnostic of a finding, which is told in one paragraph. The
// range may be nil.
func diagnosticOf(f schema.Finding, at *hcl.Range) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: f.Summary, Detail: text.Clean(f.Detail), Subject: at, Extra: extra{code: f.Code}}
	if f.Severity == schema.Warning {
		d.Severity = hcl.DiagWarning
	}
	if f.Addr.Key != "" {
		d.Extra = extra{code: f.Code, address: f.Addr.String()}
	}
	return d
}

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
		return rangeOf(f.Pos)
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

// memberRange finds where a text is written inside an expression: as a text or as
// the last name of a reference. It is nil where it is not.
func memberRange(e hcl.Expression, text string) *hcl.Range {
	node, ok := e.(hclsyntax.Expression)
	if !ok {
		return jsonMemberRange(e, text)
	}
	var found *hcl.Range
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		if found == nil && spells(n, text) {
			found = n.Range().Ptr()
		}
		return nil
	})
	return found
}

func spells(n hclsyntax.Node, text string) bool {
	switch e := n.(type) {
	case *hclsyntax.TemplateExpr:
		if !e.IsStringLiteral() {
			return false
		}
		val, diags := e.Value(nil)
		return !diags.HasErrors() && strings.EqualFold(val.AsString(), text)
	case *hclsyntax.ScopeTraversalExpr:
		name, ok := stepName(e.Traversal[len(e.Traversal)-1])
		return ok && len(e.Traversal) > 1 && name == text
	}
	return false
}

func jsonMemberRange(e hcl.Expression, text string) *hcl.Range {
	members, diags := hcl.ExprList(e)
	if diags.HasErrors() {
		val, diags := e.Value(nil)
		if diags.HasErrors() || val.IsNull() || val.Type() != cty.String {
			return nil
		}
		if s := val.AsString(); strings.EqualFold(s, text) || strings.HasSuffix(s, "."+text+"}") {
			return e.Range().Ptr()
		}
		return nil
	}
	for _, m := range members {
		if at := jsonMemberRange(m, text); at != nil {
			return at
		}
	}
	return nil
}
