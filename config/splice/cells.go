package splice

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A Reading is how the expressions of a block with for_each read a row of a CSV file.
type Reading struct {
	// Key is the expression of each.key, for a row with the name of Var; nil if it is not known.
	Key hclsyntax.Expression
	Var string
	// Label returns the text by which an index into an expression names a value, such as
	// "clerk" of role["clerk"].
	Label func(collection hclsyntax.Expression, want any) (string, bool)
	// Cell returns what a column has now.
	Cell func(column string) string
}

// Cells returns the cells that a row needs, by column, so that an expression has a value in the form of
// schema.Attribute.Any. It knows the expressions that rosters are read by; whether the cells have the
// effect is for the caller to check.
func (r *Reading) Cells(e hclsyntax.Expression, want any) (map[string]string, error) {
	out := map[string]string{}
	return out, r.solve(e, want, eachColumn, out)
}

// Reads reports whether an expression depends on the row.
func Reads(e hclsyntax.Expression) bool {
	return slices.ContainsFunc(e.Variables(), func(t hcl.Traversal) bool { return t.RootName() == "each" })
}

// A columns function returns the column that an expression reads, if it reads nothing else.
type columns func(hclsyntax.Expression) (string, bool)

// eachColumn takes each.value.email for the column email.
func eachColumn(e hclsyntax.Expression) (string, bool) {
	names := steps(e)
	if len(names) != 3 || names[0] != "each" || names[1] != "value" {
		return "", false
	}
	return names[2], true
}

// variable takes row.email for the column email, and row alone for the column "".
func variable(name string) columns {
	return func(e hclsyntax.Expression) (string, bool) {
		names := steps(e)
		switch {
		case name == "" || len(names) == 0 || names[0] != name:
			return "", false
		case len(names) == 1:
			return "", true
		}
		return names[1], len(names) == 2
	}
}

// steps returns the names in an expression such as each.value.email or row["first name"].
func steps(e hclsyntax.Expression) []string {
	t, is := e.(*hclsyntax.ScopeTraversalExpr)
	if !is {
		return nil
	}
	var out []string
	for _, step := range t.Traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			out = append(out, step.Name)
		case hcl.TraverseAttr:
			out = append(out, step.Name)
		case hcl.TraverseIndex:
			if step.Key.Type() != cty.String {
				return nil
			}
			out = append(out, step.Key.AsString())
		}
	}
	return out
}

// sameText are functions that change nothing about a text, a number or a list that is already as
// wanted.
var sameText = map[string]bool{
	"lower": true, "upper": true, "title": true, "trimspace": true, "tostring": true, "tonumber": true, "tobool": true,
	"toset": true, "tolist": true, "sort": true, "distinct": true, "compact": true,
}

func (r *Reading) solve(e hclsyntax.Expression, want any, names columns, out map[string]string) error {
	if column, ok := names(e); ok {
		text, ok := plainText(want)
		if now, twice := out[column]; !ok || twice && now != text {
			return refuse(e.Range(), computed)
		}
		out[column] = text
		return nil
	}
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return r.solve(e.Expression, want, names, out)
	case *hclsyntax.TemplateWrapExpr:
		return r.solve(e.Wrapped, want, names, out)
	case *hclsyntax.ScopeTraversalExpr:
		if r.Key != nil && slices.Equal(steps(e), []string{"each", "key"}) {
			return r.solve(r.Key, want, variable(r.Var), out)
		}
	case *hclsyntax.IndexExpr:
		if label, ok := r.Label(e.Collection, want); ok {
			return r.solve(e.Key, label, names, out)
		}
	case *hclsyntax.ConditionalExpr:
		if isNull(e.TrueResult) {
			return r.solve(e.FalseResult, want, names, out)
		}
		if isNull(e.FalseResult) {
			return r.solve(e.TrueResult, want, names, out)
		}
	case *hclsyntax.TemplateExpr:
		return r.template(e, want, names, out)
	case *hclsyntax.FunctionCallExpr:
		if sameText[e.Name] && len(e.Args) == 1 {
			return r.solve(e.Args[0], want, names, out)
		}
		if e.Name == "split" && len(e.Args) == 2 {
			return r.split(e, want, names, out)
		}
	case *hclsyntax.UnaryOpExpr:
		if is, ok := want.(bool); ok && e.Op == hclsyntax.OpLogicalNot {
			return r.solve(e.Val, !is, names, out)
		}
	case *hclsyntax.BinaryOpExpr:
		return r.compare(e, want, names, out)
	case *hclsyntax.TupleConsExpr:
		return r.tuple(e, want, names, out)
	case *hclsyntax.ForExpr:
		return r.list(e, want, names, out)
	}
	return refuse(e.Range(), computed)
}

func isNull(e hclsyntax.Expression) bool {
	l, is := e.(*hclsyntax.LiteralValueExpr)
	return is && l.Val.IsNull()
}

// plainText returns the text of a cell for one value.
func plainText(want any) (string, bool) {
	switch want := want.(type) {
	case string:
		return want, true
	case bool:
		return strconv.FormatBool(want), true
	case int64:
		return strconv.FormatInt(want, 10), true
	}
	return "", false
}

// template solves a template with one expression, such as "${each.value.name}@zoo.example".
func (r *Reading) template(e *hclsyntax.TemplateExpr, want any, names columns, out map[string]string) error {
	text, ok := want.(string)
	var inner hclsyntax.Expression
	var before, behind string
	for _, part := range e.Parts {
		l, literal := part.(*hclsyntax.LiteralValueExpr)
		switch {
		case !literal && inner != nil:
			ok = false
		case !literal:
			inner = part
		case inner == nil:
			before += l.Val.AsString()
		default:
			behind += l.Val.AsString()
		}
	}
	if ok = ok && inner != nil && len(text) >= len(before)+len(behind) && strings.HasPrefix(text, before) && strings.HasSuffix(text, behind); !ok {
		return refuse(e.Range(), computed)
	}
	return r.solve(inner, text[len(before):len(text)-len(behind)], names, out)
}

// compare solves each.value.disabled == "true".
func (r *Reading) compare(e *hclsyntax.BinaryOpExpr, want any, names columns, out map[string]string) error {
	is, ok := want.(bool)
	text, literal := Literal(e.RHS)
	if !ok || !literal || e.Op != hclsyntax.OpEqual && e.Op != hclsyntax.OpNotEqual {
		return refuse(e.Range(), computed)
	}
	if is == (e.Op == hclsyntax.OpEqual) {
		return r.solve(e.LHS, text, names, out)
	}
	other, known := map[string]string{"true": "false", "false": "true", "yes": "no", "no": "yes", "1": "0", "0": "1", "x": ""}[text]
	if !known {
		return refuse(e.Range(), computed)
	}
	return r.solve(e.LHS, other, names, out)
}

// members returns the members of a list.
func members(want any) (out []any, ok bool) {
	switch want := want.(type) {
	case []string:
		for _, s := range want {
			out = append(out, s)
		}
	case [][]string:
		for _, s := range want {
			out = append(out, s)
		}
	default:
		return nil, false
	}
	return out, true
}

// split solves split(";", each.value.stores). Members that the cell has already stay in their order.
func (r *Reading) split(e *hclsyntax.FunctionCallExpr, want any, names columns, out map[string]string) error {
	list, ok := want.([]string)
	separator, literal := Literal(e.Args[0])
	if !ok || !literal || separator == "" || slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, separator) }) {
		return refuse(e.Range(), computed)
	}
	var parts []string
	if column, ok := names(e.Args[1]); ok {
		for part := range strings.SplitSeq(r.Cell(column), separator) {
			if slices.Contains(list, strings.TrimSpace(part)) {
				parts = append(parts, part)
			}
		}
	}
	for _, s := range list {
		if !slices.ContainsFunc(parts, func(part string) bool { return strings.TrimSpace(part) == s }) {
			parts = append(parts, s)
		}
	}
	return r.solve(e.Args[1], strings.Join(parts, separator), names, out)
}

// tuple solves a list with one member that the row says.
func (r *Reading) tuple(e *hclsyntax.TupleConsExpr, want any, names columns, out map[string]string) error {
	list, ok := members(want)
	var one hclsyntax.Expression
	for _, m := range e.Exprs {
		text, literal := Literal(m)
		at := slices.IndexFunc(list, func(v any) bool { return v == any(text) })
		switch {
		case literal && at >= 0:
			list = slices.Delete(list, at, at+1)
		case literal || one != nil:
			ok = false
		default:
			one = m
		}
	}
	if !ok || one == nil || len(list) != 1 {
		return refuse(e.Range(), "has one member for each row")
	}
	return r.solve(one, list[0], names, out)
}

// list solves [for name in split(";", each.value.roles) : role[name]].
func (r *Reading) list(e *hclsyntax.ForExpr, want any, names columns, out map[string]string) error {
	list, ok := members(want)
	if !ok || e.KeyExpr != nil {
		return refuse(e.Range(), computed)
	}
	parts := []string{}
	for _, m := range list {
		part := map[string]string{}
		if err := r.solve(e.ValExpr, m, variable(e.ValVar), part); err != nil {
			return err
		}
		text, ok := part[""]
		if !ok {
			return refuse(e.Range(), computed)
		}
		parts = append(parts, text)
	}
	return r.solve(e.CollExpr, parts, names, out)
}
