package config

import (
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Which declared object a value is travels with it through expressions, as an
// attribute whose name cannot be written in HCL.
const handleName = "(declared)"

var handleType = cty.CapsuleWithOps("declared object", reflect.TypeFor[instance](), &cty.CapsuleOps{
	HashKey: func(v any) string {
		in := v.(*instance)
		return in.resource.name + "\x00" + in.key
	},
})

// resourceType is the type of every object of a kind in expressions, so that
// conditions and lists of them fit together.
func resourceType(k *schema.Kind) cty.Type {
	attrs := map[string]cty.Type{handleName: handleType}
	for i := range k.Attributes {
		attrs[k.Attributes[i].Name] = k.Attributes[i].Type.Cty()
	}
	return cty.Object(attrs)
}

func isResource(typ cty.Type) bool {
	return typ.IsObjectType() && typ.HasAttribute(handleName) && typ.AttributeType(handleName) == handleType
}

// handleIn returns which declared object the value is, or nil.
func handleIn(val cty.Value) *instance {
	if !isResource(val.Type()) || val.IsNull() || !val.IsKnown() {
		return nil
	}
	h := val.GetAttr(handleName)
	if h.IsNull() || !h.IsKnown() {
		return nil
	}
	return h.EncapsulatedValue().(*instance)
}

// object makes the value behind the name of a kind: its resources by label, all
// of them if few is nil.
func (g *group) object(few map[*resource]bool) cty.Value {
	if len(few) == 1 { // as in most blocks, and thousands of them mention the same one
		for r := range few {
			if r.soleValue == cty.NilVal {
				r.soleValue = nestByLabels(maps.Keys(few), 0)
			}
			return r.soleValue
		}
	}
	if few != nil {
		return nestByLabels(maps.Keys(few), 0)
	}
	if g.allValue == cty.NilVal {
		g.allValue = nestByLabels(slices.Values(g.resources), 0)
	}
	return g.allValue
}

// nestByLabels puts resources into objects by their labels, one level for each label.
func nestByLabels(resources iter.Seq[*resource], depth int) cty.Value {
	inner := map[string][]*resource{}
	for r := range resources {
		inner[r.block.Labels[depth]] = append(inner[r.block.Labels[depth]], r)
	}
	out := make(map[string]cty.Value, len(inner))
	for label, rs := range inner {
		if depth+1 < len(rs[0].block.Labels) {
			out[label] = nestByLabels(slices.Values(rs), depth+1)
		} else {
			out[label] = rs[0].asValue()
		}
	}
	return cty.ObjectVal(out)
}

// asValue gives the resource for expressions: an object, or with for_each a map of
// them by each.key. It is made when it is first asked for.
func (r *resource) asValue() cty.Value {
	if r.value != cty.NilVal {
		return r.value
	}
	switch {
	case r.failed:
		r.value = cty.DynamicVal
	case r.forEach == nil:
		r.value = r.instances[0].asValue()
	case len(r.instances) == 0:
		r.value = cty.MapValEmpty(r.group.typ)
	default:
		all := make(map[string]cty.Value, len(r.instances))
		for i := range r.instances {
			all[r.instances[i].key] = r.instances[i].asValue()
		}
		r.value = cty.MapVal(all)
	}
	return r.value
}

// asValue gives one object for expressions. What is not set is null, and what has
// a mistake is unknown, so that one mistake is reported once.
func (in *instance) asValue() cty.Value {
	k := in.resource.kind
	attrs := make(map[string]cty.Value, len(k.Attributes)+1)
	attrs[handleName] = cty.CapsuleVal(handleType, in)
	for i := range k.Attributes {
		row := &k.Attributes[i]
		switch {
		case in.bad.Has(i):
			attrs[row.Name] = cty.UnknownVal(row.Type.Cty())
		case in.object.Set.Has(i):
			attrs[row.Name] = row.Cty(in.object.Body)
		default:
			attrs[row.Name] = cty.NullVal(row.Type.Cty())
		}
	}
	return cty.ObjectVal(attrs)
}

// referencedKey takes the key of a declared object of one of the attribute's kinds, or a
// text, which is the key of an object that lives without being declared.
func referencedKey(row *schema.Attribute, val cty.Value, t *tenant) (string, *mistake) {
	h := handleIn(val)
	switch {
	case val.IsNull():
		return "", wrongType("must not contain null", "%s is needed here.", oneOfKinds(row.Kinds))
	case val.Type() == cty.String:
		return val.AsString(), quotedReference(row, val.AsString(), t)
	case h == nil && val.Type().IsMapType() && isResource(val.Type().ElementType()):
		return "", wrongType("must name one object", "This is %s. Say which one with [\"key\"].", describe(val))
	case h == nil:
		return "", wrongType("must be a reference", "This is %s. Write a reference such as %s.name, or the key of a live object in quotes.", describe(val), row.Kinds[0])
	case !slices.Contains(row.Kinds, h.resource.kind.Name):
		return "", &mistake{code: "config/wrong-kind", member: -1, summary: "cannot be " + an(h.resource.kind.Name),
			detail: fmt.Sprintf("%s is %s, and %s is needed here.", h.resource.name, an(h.resource.kind.Name), oneOfKinds(row.Kinds))}
	case h.broken && h.object.Addr.Key == "":
		return "", &mistake{reported: true}
	}
	return h.object.Addr.Key, nil
}

// quotedReference reports a reference that is written in quotes.
func quotedReference(row *schema.Attribute, text string, t *tenant) *mistake {
	kind, label, found := strings.Cut(text, ".")
	if !found || t == nil || !slices.Contains(append(slices.Clone(row.Kinds), row.Via), kind) {
		return nil
	}
	g := t.groups[kind]
	if g == nil || g.byLabel[label] == nil {
		return nil
	}
	return &mistake{code: "config/quoted-reference", member: -1, summary: "has a reference in quotes",
		detail: fmt.Sprintf("%q in quotes is the key of a live object. Without quotes, %s is the block at %s.", text, text, lineOf(g.byLabel[label].block.DefRange))}
}

// virtualSet takes the first set of a declared object of the attribute's virtual kind.
func (in *instance) virtualSet(row *schema.Attribute) ([]string, *mistake) {
	k := in.resource.kind
	if k.Name != row.Via {
		return nil, &mistake{code: "config/wrong-kind", member: -1, summary: "cannot be " + an(k.Name),
			detail: fmt.Sprintf("%s is %s. Each member is a declared %s or a list of %s.", in.resource.name, an(k.Name), row.Via, listKinds(row.Kinds))}
	}
	for i := range k.Attributes {
		if k.Attributes[i].Type != schema.TypeSet {
			continue
		}
		if in.bad.Has(i) {
			return nil, &mistake{reported: true}
		}
		atomic.StoreUint32(&in.taken, 1)
		set, _ := k.Attributes[i].Any(in.object.Body).([]string)
		return slices.Clone(set), nil
	}
	panic("config: virtual kind " + k.Name + " has no set")
}

// oneOfKinds names kinds in a sentence: "a role or builtin_role".
func oneOfKinds(kinds []string) string { return an(strings.Join(kinds, " or ")) }

// listKinds names kinds in the plural: "groups".
func listKinds(kinds []string) string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = k + "s"
	}
	return strings.Join(out, " or ")
}
