package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// A variable is one variable block with the value that it was given.
type variable struct {
	name     string
	block    *hcl.Block
	typ      cty.Type // cty.DynamicPseudoType if the block has no type
	defaults *typeexpr.Defaults
	rules    []*hcl.Block // validation blocks
	uses                  // failed: its value cannot be used; secret: sensitive = true, so it is never shown
	value    cty.Value    // cty.NilVal until one is given
	from     string       // where the value comes from, for messages
}

var variableBody = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "type"}, {Name: "default"}, {Name: "description"}, {Name: "sensitive"}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "validation"}},
}

// declareVariable reads a variable block.
func (d *declarer) declareVariable(b *hcl.Block) {
	v := &variable{name: b.Labels[0], block: b, typ: cty.DynamicPseudoType}
	if other, ok := d.variables[v.name]; ok {
		d.report(problem("config/duplicate", b.DefRange.Ptr(), "Variable "+quoted(v.name)+" is declared twice",
			"It was already declared at %s. Keep one of the two.", lineOf(other.block.DefRange)))
		return
	}
	d.variables[v.name] = v
	if !hclsyntax.ValidIdentifier(v.name) {
		d.report(problem("config/labels", b.LabelRanges[0].Ptr(), "Name of a variable is not valid",
			"%q cannot be written as var.%s. Use letters, digits, _ and -, and begin with a letter.", v.name, v.name))
	}
	content := d.content(b, variableBody)
	v.rules = content.Blocks
	if a := content.Attributes["type"]; a != nil {
		typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(a.Expr)
		d.report(diags...)
		if v.failed = diags.HasErrors(); !v.failed {
			v.typ, v.defaults = typ, defaults
		}
	}
	if a := content.Attributes["description"]; a != nil {
		d.literal(a, cty.String)
	}
	if a := content.Attributes["sensitive"]; a != nil {
		if val, ok := d.literal(a, cty.Bool); ok {
			v.secret = val.True()
		}
	}
	if a := content.Attributes["default"]; a != nil {
		d.setDefault(v, a)
	}
}

func (d *declarer) setDefault(v *variable, a *hcl.Attribute) {
	defer d.watch.during(a.Range)()
	val, diags := evaluateExpr(a.Expr, nil)
	d.report(diags...)
	if diags.HasErrors() {
		v.failed = true
		return
	}
	val, err := v.convert(val)
	if err != nil {
		v.failed = true
		d.report(problem("config/variable-type", a.Expr.Range().Ptr(), "Default of "+quoted(v.name)+" has the wrong type",
			"The variable is declared as %s: %s.", typeexpr.TypeString(v.typ), err))
		return
	}
	v.value, v.from = val, "the variable's default"
}

// convert brings a value to the variable's type, with the defaults of optional
// attributes filled in.
func (v *variable) convert(val cty.Value) (cty.Value, error) {
	if v.defaults != nil && !val.IsNull() {
		val = v.defaults.Apply(val)
	}
	if err := keepsTexts(val, v.typ); err != nil {
		return cty.NilVal, err
	}
	if v.typ.IsCollectionType() {
		val = unifyLarge(val)
	}
	return convert.Convert(val, v.typ)
}

// keepsTexts reports a number or a bool that would become a text of the type: 47 and 0047
// are one number and two texts.
func keepsTexts(val cty.Value, typ cty.Type) error {
	from := val.Type()
	switch {
	case val.IsNull() || !val.IsKnown():
		return nil
	case typ == cty.String && (from == cty.Number || from == cty.Bool):
		return fmt.Errorf("%s must be a text; put it in quotes", describe(val))
	case typ.IsObjectType() && (from.IsObjectType() || from.IsMapType()):
		for name, t := range typ.AttributeTypes() {
			if v, ok := entryIn(val, name); ok {
				if err := keepsTexts(v, t); err != nil {
					return err
				}
			}
		}
	case typ.IsTupleType() && from.IsTupleType() && from.Length() == typ.Length():
		for i, t := range typ.TupleElementTypes() {
			if err := keepsTexts(val.Index(cty.NumberIntVal(int64(i))), t); err != nil {
				return err
			}
		}
	case typ.IsCollectionType() && typ.ElementType() == cty.DynamicPseudoType:
		return mixedTexts(val, false)
	case typ.IsCollectionType() && val.CanIterateElements():
		for it := val.ElementIterator(); it.Next(); {
			if _, v := it.Element(); v.IsKnown() {
				if err := keepsTexts(v, typ.ElementType()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// entryIn returns one entry of an object or a map.
func entryIn(val cty.Value, name string) (cty.Value, bool) {
	if val.Type().IsObjectType() {
		if !val.Type().HasAttribute(name) {
			return cty.NilVal, false
		}
		return val.GetAttr(name), true
	}
	key := cty.StringVal(name)
	if !val.HasIndex(key).True() {
		return cty.NilVal, false
	}
	return val.Index(key), true
}

// evaluate gives every variable its value and returns the object behind "var". A variable
// that failed is unknown there.
func (r *variableReader) evaluate() cty.Value {
	r.setAll()
	all := map[string]cty.Value{}
	for name, v := range r.variables {
		if v.value == cty.NilVal && !v.failed {
			v.failed = true
			if r.unreadValues {
				continue // the value may stand there
			}
			r.report(problem("config/no-value", v.block.DefRange.Ptr(), "Variable "+quoted(name)+" has no value",
				"Give it a default here, or a value with --var %s=…, --var-file, a file named *.auto.vars.hcl or the environment variable ROLECALL_VAR_%s.", name, name))
		}
	}
	for name, v := range r.variables {
		if all[name] = v.value; v.failed {
			all[name] = cty.DynamicVal
		}
	}
	return cty.ObjectVal(all)
}

// validateVariables checks the variables against their validation blocks.
func (e *evaluator) validateVariables() {
	for _, v := range e.variables {
		for _, b := range v.rules {
			e.validate(v, b)
		}
	}
}

var validationBody = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "condition"}, {Name: "error_message"}},
}

// validate checks a variable's value against one of its validation blocks.
func (e *evaluator) validate(v *variable, b *hcl.Block) {
	content := e.content(b, validationBody)
	condition, message := content.Attributes["condition"], content.Attributes["error_message"]
	if condition == nil || message == nil {
		e.report(problem("config/missing-attribute", b.DefRange.Ptr(), "Validation is not complete",
			"A validation block needs a condition, which is true for good values, and an error_message for the others."))
		return
	}
	s := e.scopeOf(nil, "a validation block", condition.Expr, message.Expr)
	if v.failed || s.failed {
		return
	}
	holds, ok := e.value("condition", condition.Expr, s, cty.Bool)
	if !ok || holds.True() {
		return
	}
	text, ok := e.value("error_message", message.Expr, s, cty.String)
	if !ok {
		return
	}
	d := problem("config/invalid-variable", condition.Expr.Range().Ptr(), "Variable "+quoted(v.name)+" is not valid",
		"The value comes from %s.", v.from)
	d.Detail = text.AsString() + "\n" + d.Detail // a message may have several lines
	e.report(d)
}
