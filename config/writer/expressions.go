package writer

import "github.com/rolecall-dev/rolecall/provider/schema"

// Expressions write values for files that have other blocks already. Values refer to declared
// objects where they can.
type Expressions struct{ w *writer }

// NewExpressions returns the expressions of a tenant. It uses Tenant and Existing.
func NewExpressions(in Input) *Expressions {
	w := &writer{Input: in, product: in.Tenant.Product, sets: map[string]map[string]string{}}
	for _, k := range w.product.Kinds {
		if value := setAttribute(k); k.Virtual && value >= 0 && len(k.Labels()) == 1 {
			w.sets[k.Name] = w.existingSets(k, &k.Attributes[value])
		}
	}
	return &Expressions{w}
}

// Text writes one text of an attribute: the key of an object as a reference, if a file declares it.
func (e *Expressions) Text(a *schema.Attribute, text string) string {
	if r, ok := e.w.find(a, text); ok {
		return r.String()
	}
	return quote(text)
}

// Find returns how expressions name an object or, of an attribute that refers through a virtual kind, a
// set; it is false if no file declares it.
func (e *Expressions) Find(a *schema.Attribute, value any) (Reference, bool) {
	switch value := value.(type) {
	case string:
		return e.w.find(a, value)
	case []string:
		label, ok := e.w.sets[a.Via][setText(value)]
		return Reference{Kind: a.Via, Label: label}, ok
	}
	return Reference{}, false
}

// Set writes a set of an attribute.
func (e *Expressions) Set(a *schema.Attribute, set []string) string {
	if label, ok := e.w.sets[a.Via][setText(set)]; ok && a.Type == schema.TypeSets {
		return Reference{Kind: a.Via, Label: label}.String()
	}
	out := expression{list: true}
	for _, text := range set {
		out.members = append(out.members, e.Text(a, text))
	}
	return out.inline()
}

// Value writes the whole value of an attribute in one line.
func (e *Expressions) Value(a *schema.Attribute, body any) string {
	return e.w.expression(a, body).inline()
}
