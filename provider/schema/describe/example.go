package describe

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Example writes a block of the kind from the examples of its attributes. It uses the
// attributes that are useful for most objects, and omits each one that the rules of the kind
// do not allow beside those before it. It returns "" if a required attribute has no example.
func Example(k *schema.Kind) string {
	var names, values, labels []string
	o := schema.Object{Kind: k, Body: k.New()}
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if !settable(a) || a.Example == "" {
			if a.Is(schema.Required) {
				return ""
			}
			continue
		}
		if !telling(a) || !fits(&o, i) {
			continue
		}
		if a.Is(schema.Label) {
			labels = append(labels, a.Example)
			continue
		}
		names, values = append(names, a.Name), append(values, a.Example)
	}
	if len(k.Labels()) == 0 {
		labels = append(labels, fmt.Sprintf("%q", "example"))
	}
	return block(k.Name, labels, names, values)
}

// telling reports whether most objects set the attribute.
func telling(a *schema.Attribute) bool {
	if a.Is(schema.Required) || a.Is(schema.Key) {
		return true
	}
	return a.Type != schema.TypeBool && !a.Is(schema.WriteOnce)
}

// fits sets attribute i of the object to its example, unless the kind's rules
// then find an error.
func fits(o *schema.Object, i int) bool {
	v, ok := value(&o.Kind.Attributes[i])
	if !ok {
		return false
	}
	trial := o.Clone()
	trial.Kind.Attributes[i].SetAny(trial.Body, v)
	trial.Set = trial.Set.With(i)
	if o.Kind.Validate != nil {
		for _, f := range o.Kind.Validate(&trial) {
			if f.Severity == schema.Error {
				return o.Kind.Attributes[i].Is(schema.Required)
			}
		}
	}
	*o = trial
	return true
}

// value turns the attribute's example into what a body holds. A reference
// becomes the name of what it refers to.
func value(a *schema.Attribute) (any, bool) {
	e, diags := hclsyntax.ParseExpression([]byte(a.Example), "example", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, false
	}
	switch a.Type {
	case schema.TypeMap, schema.TypeBoolMap, schema.TypeSetMap:
		return entries(a, e)
	}
	t, ok := texts(e)
	switch a.Type {
	case schema.TypeString:
		return strings.Join(t, ""), ok && len(t) == 1
	case schema.TypeSet:
		return t, ok
	case schema.TypeSets:
		return [][]string{t}, ok
	}
	v, diags := e.Value(nil)
	switch {
	case diags.HasErrors():
		return nil, false
	case a.Type == schema.TypeBool && v.Type() == cty.Bool:
		return v.True(), true
	case a.Type == schema.TypeInt && v.Type() == cty.Number:
		n, _ := v.AsBigFloat().Int64()
		return n, true
	}
	return nil, false
}

// entries turns a map that is written out into what a body holds.
func entries(a *schema.Attribute, e hclsyntax.Expression) (any, bool) {
	pairs, diags := hcl.ExprMap(e)
	if diags.HasErrors() {
		return nil, false
	}
	all, switches, lists := map[string]string{}, map[string]bool{}, map[string][]string{}
	for _, p := range pairs {
		name, diags := p.Key.Value(nil)
		if diags.HasErrors() || name.Type() != cty.String {
			return nil, false
		}
		value := p.Value.(hclsyntax.Expression)
		if a.Type == schema.TypeBoolMap {
			on, diags := value.Value(nil)
			if diags.HasErrors() || on.Type() != cty.Bool {
				return nil, false
			}
			switches[name.AsString()] = on.True()
			continue
		}
		t, ok := texts(value)
		if !ok || a.Type == schema.TypeMap && len(t) != 1 {
			return nil, false
		}
		all[name.AsString()], lists[name.AsString()] = strings.Join(t, ""), t
	}
	switch a.Type {
	case schema.TypeBoolMap:
		return switches, true
	case schema.TypeSetMap:
		return lists, true
	}
	return all, true
}

// texts lists the texts in an expression: literals, and the last step of each
// reference.
func texts(e hclsyntax.Expression) ([]string, bool) {
	switch e := e.(type) {
	case *hclsyntax.TupleConsExpr:
		var out []string
		for _, inner := range e.Exprs {
			t, ok := texts(inner)
			if !ok {
				return nil, false
			}
			out = append(out, t...)
		}
		return out, true
	case *hclsyntax.ScopeTraversalExpr:
		switch step := e.Traversal[len(e.Traversal)-1].(type) {
		case hcl.TraverseAttr:
			return []string{step.Name}, true
		case hcl.TraverseIndex:
			return []string{step.Key.AsString()}, step.Key.Type() == cty.String
		}
		return nil, false
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() {
		return nil, false
	}
	return []string{v.AsString()}, true
}

// block lays a block out as rolecall fmt does.
func block(typ string, labels, names, values []string) string {
	var b strings.Builder
	b.WriteString(typ)
	for _, l := range labels {
		b.WriteString(" " + l)
	}
	if len(names) == 0 {
		return b.String() + " {}\n"
	}
	b.WriteString(" {\n")
	width := 0
	for _, n := range names {
		width = max(width, len(n))
	}
	for i, n := range names {
		fmt.Fprintf(&b, "  %-*s = %s\n", width, n, values[i])
	}
	b.WriteString("}\n")
	return b.String()
}
