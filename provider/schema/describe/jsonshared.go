package describe

import (
	"regexp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Products may have kinds of one name, such as user. What a block of that name may
// say depends on its product: the one that its provider attribute names, or the
// only one that the directory speaks of. A schema sees one file, so it takes the
// file's own provider blocks for those of the directory. Where there are none and
// the block names no provider, it accepts what any of the products does.

// shared collects the kinds of all products by name, in the order of the products.
type shared struct {
	kinds []*sharedKind
	at    map[string]*sharedKind
}

type sharedKind struct {
	name     string
	labels   int
	products []*schema.Product
	bodies   []object // of each product
}

func (s *shared) add(p *schema.Product, k *schema.Kind, body object) {
	one := s.at[k.Name]
	if one == nil {
		if s.at == nil {
			s.at = map[string]*sharedKind{}
		}
		one = &sharedKind{name: k.Name, labels: max(1, len(k.Labels()))}
		s.kinds, s.at[k.Name] = append(s.kinds, one), one
	}
	one.products, one.bodies = append(one.products, p), append(one.bodies, body)
}

// ofProduct matches the names of a product's provider blocks, as JSON writes them.
func ofProduct(p *schema.Product) string { return "^" + regexp.QuoteMeta(p.Name) + `(\..+)?$` }

// anyProduct is a body by the product that it names, and any of the bodies where it
// names none. Asking first, rather than trying one after the other, lets an editor
// say what is wrong with the one that is meant.
func (k *sharedKind) anyProduct() object {
	if len(k.bodies) == 1 {
		return k.bodies[0]
	}
	all := make([]any, len(k.bodies))
	for i, b := range k.bodies {
		all[i] = b
	}
	out := object{"anyOf": all}
	for i := len(k.bodies) - 1; i >= 0; i-- {
		named := object{"required": []string{"provider"}, "properties": object{"provider": object{"pattern": ofProduct(k.products[i])}}}
		out = object{"if": named, "then": k.bodies[i], "else": out}
	}
	return out
}

// alone says, for each product, what holds in a file whose provider blocks are all
// its own: a block that names no provider is the product's.
func (d definitions) alone(products []*schema.Product, all *shared) []any {
	var out []any
	for _, p := range products {
		blocks := object{}
		for _, k := range all.kinds {
			if rule := k.unnamed(p); rule != nil {
				blocks[k.name] = d.labelled("in."+p.Name+"."+k.name, k.labels, rule)
			}
		}
		if len(blocks) == 0 {
			continue
		}
		only := d.add("only."+p.Name, object{"type": "object", "required": []string{p.Name}, "additionalProperties": false, "properties": object{p.Name: true}})
		list := object{"type": "array", "minItems": 1, "items": only}
		out = append(out, object{
			"if":   object{"required": []string{"provider"}, "properties": object{"provider": object{"anyOf": []any{only, list}}}},
			"then": object{"properties": blocks},
		})
	}
	return out
}

// unnamed is what a body of the kind has to be that names no provider where p is
// the only product, or nil where that is said already.
func (k *sharedKind) unnamed(p *schema.Product) object {
	for i, q := range k.products {
		switch {
		case q == p && len(k.products) == 1:
			return nil
		case q == p:
			return object{"if": object{"required": []string{"provider"}}, "then": true, "else": k.bodies[i]}
		}
	}
	return object{"required": []string{"provider"}}
}
