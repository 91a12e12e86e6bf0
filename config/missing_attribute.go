package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// rephrase replaces the text of a diagnostic about something that is not there by
// one that says what there is.
func rephrase(d *hcl.Diagnostic, secret bool) bool {
	switch d.Summary {
	case "Unsupported attribute", "Invalid index", "Missing map element", "Attempt to get attribute from null value", "Attempt to index null value":
	default:
		return false
	}
	var base cty.Value
	var name, step string
	switch e := d.Expression.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		base, name, step = brokenStep(e.Traversal, d.EvalContext)
	case *hclsyntax.IndexExpr:
		key, diags := e.Key.Value(d.EvalContext)
		if diags.HasErrors() || !key.IsWhollyKnown() {
			return false
		}
		if key.IsNull() || key.Type() == cty.String && key.AsString() == "" {
			return emptyIndex(d, e, key)
		}
		if secret || key.Type() != cty.String {
			return false
		}
		base, diags = e.Collection.Value(d.EvalContext)
		if diags.HasErrors() {
			return false
		}
		name, step = "this", key.AsString()
		if c, ok := e.Collection.(*hclsyntax.ScopeTraversalExpr); ok {
			name = written(c.Traversal)
		}
	case *hclsyntax.RelativeTraversalExpr:
		var diags hcl.Diagnostics
		if base, diags = e.Source.Value(d.EvalContext); diags.HasErrors() || len(e.Traversal) == 0 {
			return false
		}
		name = "this"
		step, _ = stepName(e.Traversal[0])
	}
	return step != "" && base != cty.NilVal && describeMissing(d, base, name, step, secret)
}

// emptyIndex says that the name in brackets is empty or null, as an empty cell of a file
// gives it.
func emptyIndex(d *hcl.Diagnostic, e *hclsyntax.IndexExpr, key cty.Value) bool {
	is, empty, origin := "empty", `""`, "An empty cell of a CSV file is an empty text: fill it in."
	if key.IsNull() {
		is, empty, origin = "null", "null", "An empty field of a file is null: fill it in."
	}
	collection, name := referenceIn(e.Collection), referenceIn(e.Key)
	d.Summary, d.Detail = "The name in brackets is "+is, origin
	if collection != "" && name != "" {
		whole := fmt.Sprintf("%s[%s]", collection, name)
		d.Summary = shorten(name) + " is " + is
		d.Detail = fmt.Sprintf("%s needs a name, and %s is %s. %s To leave the attribute unset there, write (%s == %s ? null : %s).",
			whole, name, is, origin, name, empty, whole)
	}
	d.Extra = extra{code: "config/empty-name"}
	return true
}

// brokenStep finds the step at which a traversal fails: the value before it, how
// that is written, and the name that it does not have.
func brokenStep(t hcl.Traversal, ctx *hcl.EvalContext) (base cty.Value, name, step string) {
	for i := 1; i < len(t); i++ {
		if _, diags := t[:i+1].TraverseAbs(ctx); !diags.HasErrors() {
			continue
		}
		base, diags := t[:i].TraverseAbs(ctx)
		if diags.HasErrors() {
			return cty.NilVal, "", ""
		}
		step, _ = stepName(t[i])
		return base, written(t[:i]), step
	}
	return cty.NilVal, "", ""
}

// maxHintNames is how many elements a value may have for its messages to offer one of
// them: thousands of messages may be about one value.
const maxHintNames = 1000

// describeMissing says that base has no step.
func describeMissing(d *hcl.Diagnostic, base cty.Value, name, step string, secret bool) bool {
	hint := func(names []string) string {
		if secret {
			return ""
		}
		return suggestion(step, names)
	}
	typ := base.Type()
	switch {
	case base.IsNull():
		d.Summary = shorten(name) + " is null"
		d.Detail = fmt.Sprintf("%s has no value, so %q cannot be taken from it.", name, step)
	case handleIn(base) != nil:
		h := handleIn(base)
		d.Summary = capitalize(h.resource.kind.Name) + " has no attribute " + quoted(step)
		d.Detail = fmt.Sprintf("%s is %s.%s", h.resource.name, an(h.resource.kind.Name), hint(attributeNames(typ)))
	case typ.IsMapType() && isResource(typ.ElementType()):
		d.Summary = shorten(name) + " has no " + quoted(step)
		names, _ := mapKeys(base)
		d.Detail = fmt.Sprintf("%s has for_each, so its objects are named by each.key: %s[\"key\"].%s", name, name, hint(names))
	case typ.IsObjectType(), typ.IsMapType():
		d.Summary = shorten(name) + " has no " + quoted(step)
		names, many := mapKeys(base)
		if d.Detail = fmt.Sprintf("There is no %q in it.", step); !many {
			d.Detail += hint(names)
		}
		if len(names) == 0 && !many && base.IsKnown() {
			d.Detail = "It is empty."
		}
		if near := schema.Nearest(step, names); near != "" && !hclsyntax.ValidIdentifier(near) {
			d.Detail += fmt.Sprintf(" Write it as %s[%q].", name, near)
		}
		if strings.HasPrefix(name, "each.value") {
			d.Detail += " Where the rows come from a CSV file, its first line has these names."
		}
	case typ.IsPrimitiveType():
		d.Summary = shorten(name) + " has no " + quoted(step)
		d.Detail = fmt.Sprintf("It is a %s, and only objects and maps have names in them.", typ.FriendlyName())
	default:
		return false
	}
	d.Extra = extra{code: "config/no-such-attribute"}
	return true
}

func attributeNames(typ cty.Type) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(typ.AttributeTypes())), func(s string) bool { return s == handleName })
}

func mapKeys(val cty.Value) (names []string, many bool) {
	switch typ := val.Type(); {
	case typ.IsObjectType() && len(typ.AttributeTypes()) > maxHintNames:
		return nil, true
	case typ.IsObjectType():
		return attributeNames(typ), false
	case !val.IsKnown():
		return nil, false
	case val.LengthInt() > maxHintNames:
		return nil, true
	}
	return slices.Sorted(maps.Keys(val.AsValueMap())), false
}
