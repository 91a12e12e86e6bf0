package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An attributeReader evaluates attributes that must give one value of a certain type.
type attributeReader struct {
	*reporter
	watch *watch
}

// count evaluates a whole number between 0 and most, or returns the one before.
func (r *attributeReader) count(a *hcl.Attribute, s *scope, most int64, before int) int {
	val, ok := r.value(a.Name, a.Expr, s, cty.Number)
	if !ok {
		return before
	}
	f := val.AsBigFloat()
	n, _ := f.Int64()
	if !f.IsInt() || n < 0 || n > most {
		r.report(problem("config/wrong-type", a.Expr.Range().Ptr(), a.Name+" is out of range",
			"It must be a whole number from 0 to %d.", most))
		return before
	}
	return int(n)
}

// word evaluates a text that is one of a few words, and returns which one, or -1.
func (r *attributeReader) word(a *hcl.Attribute, s *scope, words []string) int {
	val, ok := r.value(a.Name, a.Expr, s, cty.String)
	if !ok {
		return -1
	}
	i := slices.Index(words, val.AsString())
	if i < 0 {
		r.report(problem("config/invalid-value", a.Expr.Range().Ptr(), a.Name+" cannot be "+quoted(val.AsString()),
			"It is one of: %s.%s", strings.Join(words, ", "), schema.DidYouMean(val.AsString(), words)))
	}
	return i
}

// texts evaluates a list of texts.
func (r *attributeReader) texts(a *hcl.Attribute, s *scope) []textAt {
	val, diags := evaluateExpr(a.Expr, s.ctx)
	r.report(explain(diags, s.secret)...)
	if diags.HasErrors() {
		return nil
	}
	members, p := decodeSet(val, plainText)
	if p != nil {
		r.report(p.at(a.Name, a.Expr, a.Expr.Range(), s.secret))
		return nil
	}
	out := make([]textAt, len(members))
	written, _ := hcl.ExprList(a.Expr)
	for i, text := range members {
		if out[i] = (textAt{text, a.Expr.Range()}); i < len(written) {
			out[i].at = written[i].Range()
		}
	}
	return out
}

// literal evaluates an attribute that must be written out, without variables.
func (r *attributeReader) literal(a *hcl.Attribute, typ cty.Type) (cty.Value, bool) {
	defer r.watch.during(a.Range)()
	val, diags := evaluateExpr(a.Expr, nil)
	r.report(diags...)
	if diags.HasErrors() {
		return val, false
	}
	if val.IsNull() || !val.Type().Equals(typ) {
		r.report(mustBe(a.Name, a.Expr, typ, val, false))
		return val, false
	}
	return val, true
}

// value evaluates an expression that must give a known value of the type.
func (r *attributeReader) value(name string, e hcl.Expression, s *scope, typ cty.Type) (cty.Value, bool) {
	defer r.watch.during(e.Range())()
	val, diags := evaluateExpr(e, s.ctx)
	r.report(explain(diags, s.secret)...)
	if diags.HasErrors() {
		return val, false
	}
	out, err := convert.Convert(val, typ)
	if err != nil || out.IsNull() {
		r.report(mustBe(name, e, typ, val, s.secret))
		return val, false
	}
	return out, true
}

// A textAt is one text of a list with the place where it is written.
type textAt struct {
	text string
	at   hcl.Range
}

// mustBe says that a value has the wrong type.
func mustBe(name string, e hcl.Expression, typ cty.Type, val cty.Value, secret bool) *hcl.Diagnostic {
	word := map[cty.Type]string{cty.Bool: "true or false", cty.Number: "a number", cty.String: "text"}[typ]
	return wrongType("must be "+word, "This is %s.", describe(val)).at(name, e, e.Range(), secret)
}
