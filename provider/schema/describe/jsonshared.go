package describe

import (
	"regexp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Products may have kinds of the same name, such as user. The attributes of a block with that
// name depend on its product: that of its provider attribute, or the only one of the
// directory. A schema sees one file, so it uses the provider blocks of the file. If there are
// none and the block names no provider, it accepts the attributes of each product.

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

// anyProduct accepts the body of the product that it names, or any of the bodies if it names
// none. With conditions instead of alternatives, an editor can report what is wrong with the
// body of that product.
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

// unnamed returns what a body without a provider must be if p is the only product, or nil if
// that is required already.
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
