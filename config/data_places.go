package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The functions that read values from a text.
var decoders = []string{"csvdecode", "yamldecode", "jsondecode"}

// decodes reports whether a value of an expression may come from a data file. The
// function gives the expression of a local value, or nil.
func decodes(e hcl.Expression, local func(name string) hcl.Expression) bool {
	seen := map[string]bool{}
	var look func(e hcl.Expression) bool
	look = func(e hcl.Expression) bool {
		node, native := e.(hclsyntax.Expression)
		if !native {
			return e != nil // JSON is not looked into
		}
		found := false
		_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
			call, ok := n.(*hclsyntax.FunctionCallExpr)
			found = found || ok && slices.Contains(decoders, call.Name)
			return nil
		})
		for _, t := range e.Variables() {
			switch root := t.RootName(); {
			case found:
				return true
			case root == "var", root == "each":
			case root != "local" || len(t) == 1:
				found = true // an object, which may have it from there
			default:
				if name, ok := stepName(t[1]); ok && !seen[name] {
					seen[name] = true
					found = look(local(name))
				}
			}
		}
		return found
	}
	return look(e)
}

// decodes reports whether values of the block may come from a data file.
func (b *builder) decodes() bool {
	local := func(name string) hcl.Expression {
		if lc := b.locals[name]; lc != nil {
			return lc.attr.Expr
		}
		return nil
	}
	if b.r.forEach != nil && decodes(b.r.forEach.Expr, local) {
		return true
	}
	return slices.ContainsFunc(b.r.fields, func(f field) bool { return decodes(f.expr, local) })
}

// locals gives the expressions of local values in native files, which are read when the
// first one is asked for.
func (r reopened) locals(paths []string) func(name string) hcl.Expression {
	var exprs map[string]hcl.Expression
	return func(name string) hcl.Expression {
		if exprs == nil {
			exprs = map[string]hcl.Expression{}
			for _, path := range paths {
				f := r.open(path)
				if f.body == nil {
					continue
				}
				for _, b := range f.body.Blocks {
					if b.Type != "locals" {
						continue
					}
					for _, a := range b.Body.Attributes {
						exprs[schema.NFC(a.Name)] = a.Expr
					}
				}
			}
		}
		return exprs[name]
	}
}

// exprs lists the expressions of the block at a place: that of the attribute, where it is
// there, or else all.
func (r reopened) exprs(at schema.Pos, attribute string) []hcl.Expression {
	b, ok := r.open(at.File).at[at]
	if !ok {
		return nil
	}
	attrs, _ := b.body.JustAttributes()
	if a := attrs[attribute]; a != nil {
		return []hcl.Expression{a.Expr}
	}
	var out []hcl.Expression
	for _, a := range attrs {
		out = append(out, a.Expr)
	}
	return out
}

// A place of values is a block, or one attribute of it.
type valuePlace struct {
	block     schema.Pos
	attribute string
}

// dataPlaces knows where values may come from data files.
type dataPlaces struct {
	files reopened
	local func(name string) hcl.Expression
	known map[valuePlace]dataPlace
}

type dataPlace struct {
	exprs []hcl.Expression
	data  bool // a value of them may come from a data file
}

func (p *dataPlaces) at(block schema.Pos, attribute string) dataPlace {
	this := valuePlace{block, attribute}
	out, known := p.known[this]
	if !known {
		out.exprs = p.files.exprs(block, attribute)
		out.data = slices.ContainsFunc(out.exprs, func(e hcl.Expression) bool { return decodes(e, p.local) })
		p.known[this] = out
	}
	return out
}

// query describes the rows that a finding about an object means. It is false where no data
// file has to do with it.
func (p *dataPlaces) query(f *schema.Finding, object declared) (rowQuery, bool) {
	if f.Pos.File == "" {
		return rowQuery{}, false
	}
	q := object.query()
	q.value = object.valueIn(f)
	if p.writes(f, q.value) {
		if f.Value != "" {
			return q, false // the mistake is not in the row
		}
		q.value = ""
	}
	return q, len(q.keys) > 0 && p.in(f.Pos, "") || q.value != "" && p.in(f.Pos, f.Attribute)
}

// in reports whether the attribute of a block may have values from data files, or any
// attribute where none is named. Of an entry, whose block is not at that place, nothing is
// known, and it counts as one that may.
func (p *dataPlaces) in(block schema.Pos, attribute string) bool {
	found := p.at(block, attribute)
	return found.data || len(found.exprs) == 0
}

// writes reports whether the value that a finding means is written out in its block.
func (p *dataPlaces) writes(f *schema.Finding, value string) bool {
	return value != "" && slices.ContainsFunc(p.at(f.Pos, f.Attribute).exprs, func(e hcl.Expression) bool { return memberRange(e, value) != nil })
}
