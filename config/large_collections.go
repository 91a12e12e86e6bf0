package config

import (
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// A for expression gives a tuple or an object, with a type for each element. cty makes a
// list, set or map of that by comparing each type with each other one, which takes a
// minute for 30,000 rows. So large ones become lists and maps here, by comparing each
// type with the few different ones that there are.

const (
	// fewElements is how many elements cty compares quickly enough.
	fewElements = 256
	// maxElementTypes is how many different types the elements may have.
	maxElementTypes = 16
)

// unifyLarge makes a list of a large tuple and a map of a large object, as converting it to
// a collection of any type does. Other values are returned as they are.
func unifyLarge(val cty.Value) cty.Value {
	typ := val.Type()
	tuple := typ.IsTupleType() && typ.Length() > fewElements
	if !tuple && !(typ.IsObjectType() && len(typ.AttributeTypes()) > fewElements) || !val.IsKnown() || val.IsNull() || val.IsMarked() {
		return val
	}
	to, ok := unifier(val)
	if !ok {
		return val
	}
	if tuple {
		members := make([]cty.Value, 0, val.LengthInt())
		for it := val.ElementIterator(); it.Next(); {
			_, v := it.Element()
			if v, ok = to.convert(v); !ok {
				return val
			}
			members = append(members, v)
		}
		return cty.ListVal(members)
	}
	members := make(map[string]cty.Value, val.LengthInt())
	for name := range typ.AttributeTypes() {
		v, ok := to.convert(val.GetAttr(name))
		if !ok {
			return val
		}
		members[name] = v
	}
	return cty.MapVal(members)
}

// A unification is how values of a few types become values of one.
type unification struct {
	from []cty.Type
	by   []convert.Conversion // nil for the type itself
	to   cty.Type
}

// unifier finds the type that all elements of a tuple or an object can have. It is false
// if there is none, or if the elements have too many types.
func unifier(val cty.Value) (*unification, bool) {
	u := &unification{}
	for it := val.ElementIterator(); it.Next(); {
		_, v := it.Element()
		if typ := v.Type(); !slices.ContainsFunc(u.from, typ.Equals) {
			if len(u.from) == maxElementTypes {
				return nil, false
			}
			u.from = append(u.from, typ)
		}
	}
	u.to, u.by = convert.UnifyUnsafe(u.from)
	return u, u.to != cty.NilType && !u.to.HasDynamicTypes()
}

func (u *unification) convert(val cty.Value) (cty.Value, bool) {
	by := u.by[slices.IndexFunc(u.from, val.Type().Equals)]
	if by == nil {
		return val, val.Type().Equals(u.to)
	}
	out, err := by(val)
	return out, err == nil && out.Type().Equals(u.to)
}

// fastCollections makes a function that takes large tuples and objects for its collections quickly.
func fastCollections(f function.Function) function.Function { return convertingCollections(f, nil) }

// unifyBranch finishes a result of a conditional expression: both results get one type.
func unifyBranch(val cty.Value, diags hcl.Diagnostics, _ *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if diags.HasErrors() {
		return val, diags
	}
	return unifyLarge(val), diags
}

// cty looks for marks in all parts of the arguments whenever a function is called. For
// functions that look for one element, as lookup(local.directory, r.email), that is more
// work than the function itself, and a minute for 20,000 rows. So their first argument is
// passed in one piece.

// opaqueType is the type of a value that is passed in one piece.
var opaqueType = cty.Capsule("value", reflect.TypeFor[cty.Value]())

// takesOpaque reports whether the first argument of a function is passed in one piece.
func takesOpaque(name string) bool { return name == "lookup" || name == "contains" }

// asOpaque finishes an argument that is passed in one piece. Nulls and values that are
// not known are not changed.
func asOpaque(val cty.Value, diags hcl.Diagnostics, _ *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if diags.HasErrors() || !val.IsKnown() || val.IsNull() || val.IsMarked() || val.Type() == opaqueType {
		return val, diags
	}
	return cty.CapsuleVal(opaqueType, &val), diags
}

// fromOpaque returns a value that may be passed in one piece.
func fromOpaque(val cty.Value) cty.Value {
	if val.Type() == opaqueType && val.IsKnown() && !val.IsNull() {
		return *val.EncapsulatedValue().(*cty.Value)
	}
	return val
}
