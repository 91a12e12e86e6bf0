package describe

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// template is what marks a string of a .hcl.json file as an expression.
const template = `[$%]\{`

type object = map[string]any

// JSONSchema returns a JSON Schema (draft 2020-12) for the .hcl.json files of a directory that
// uses the products. Each file may contain a part of the configuration, so nothing is required
// at the top. A string with an expression ("${var.name}") is accepted for every value.
func JSONSchema(products []*schema.Product) map[string]any {
	d := definitions{}
	blocks := object{
		"//":       object{"description": "A comment."},
		"rolecall": d.oneOrMany("rolecall", bodySchema(object{"required_version": textSchema("Versions of rolecall that may read these files: \">= 0.1.0\".")}, nil)),
		"locals":   d.oneOrMany("locals", object{"type": "object", "description": "Named values, used as local.NAME."}),
		"variable": d.labelled("variable", 1, d.variable()),
	}
	providers, removed, accepted := object{}, object{}, object{}
	acceptance := d.labelled("accept.kind", 1, bodySchema(object{
		"provider":     textSchema("Provider block that the object belongs to."),
		"until":        textSchema("Last day, such as \"2027-01-31\", in UTC."),
		"reason":       textSchema("Why the difference is accepted."),
		"fingerprints": object{"type": "array", "items": object{"type": "string"}, "description": "Fingerprints of the accepted differences, from rolecall drift --verbose."},
	}, []string{"until", "reason"}))
	var all shared
	for _, p := range products {
		providers[p.Name] = d.oneOrMany("provider."+p.Name, d.provider(p))
		for _, k := range p.Kinds {
			all.add(p, k, d.add(p.Name+"."+k.Name, kindSchema(p, k)))
			if removable(k) && removed[k.Name] == nil {
				body := bodySchema(object{"provider": textSchema("Provider block that the object belongs to.")}, nil)
				removed[k.Name] = d.labelled("removed."+k.Name, 1, body)
			}
			if !k.Virtual && accepted[k.Name] == nil {
				accepted[k.Name] = acceptance
			}
		}
	}
	blocks["provider"] = d.oneOrMany("provider", closed(providers))
	blocks["removed"] = described(d.oneOrMany("removed", closed(removed)), "Objects to remove, by kind and key, even if their kind is additive.")
	blocks["accept"] = described(d.oneOrMany("accept", closed(accepted)), "Differences that rolecall drift does not report until a day, by kind and key.")
	blocks["check"] = described(d.labelled("check", 1, bodySchema(object{
		"provider":      textSchema("Provider block that the check is about."),
		"for_each":      object{"type": []string{"object", "string"}, "pattern": template, "description": "A map or a set: the condition is evaluated for each element, which is each.key and each.value."},
		"condition":     object{"type": []string{"boolean", "string"}, "description": "Must be true."},
		"error_message": textSchema("What is wrong if the condition is false."),
		"severity":      described(enumSchema([]string{"error", "warning"}), "Whether a failure stops apply; \"error\" if left out."),
	}, []string{"condition", "error_message"})), "Conditions about who can do what, by name.")
	for _, k := range all.kinds {
		blocks[k.name] = d.labelled(k.name, k.labels, k.anyProduct())
	}
	out := object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "rolecall configuration",
		"description": "A .hcl.json file of a rolecall configuration.",
		"type":        "object", "properties": blocks, "additionalProperties": false,
	}
	if len(products) > 1 {
		out["allOf"] = d.alone(products, &all)
	}
	out["$defs"] = object(d)
	return out
}

// definitions are the parts of a schema that are referred to by name, so that
// nothing is written twice.
type definitions object

// add defines a part and returns a reference to it.
func (d definitions) add(name string, s any) object {
	if _, taken := d[name]; taken {
		panic("describe: two definitions of " + name)
	}
	d[name] = s
	return object{"$ref": "#/$defs/" + name}
}

// oneOrMany accepts what s accepts, or a list of it: blocks may be repeated.
func (d definitions) oneOrMany(name string, s any) object {
	ref := d.add(name+".block", s)
	return object{"if": object{"type": "array"}, "then": object{"items": ref}, "else": ref}
}

// labelled is a block type with n labels: each is the name of a property.
func (d definitions) labelled(name string, n int, body any) object {
	s := d.oneOrMany(name, body)
	for range n {
		name += ".label"
		s = d.oneOrMany(name, object{"type": "object", "propertyNames": object{"minLength": 1}, "additionalProperties": s})
	}
	return s
}

func (d definitions) provider(p *schema.Product) object {
	properties, required := attributesSchema(p.Settings)
	properties["alias"] = textSchema("Name of this block where there are several for the product.")
	for _, r := range providerRows(p) {
		properties[r.name] = described(r.schema, r.doc)
	}
	kinds := object{}
	for _, k := range managed(p) {
		manage := rowsSchema(manageTable(p).rows)
		manage["properties"].(object)["on_removal"] = described(enumSchema(schema.ActionNames(k.RemovalActions())), "What happens to an object whose block is removed from the files.")
		if k.Parent() == nil {
			delete(manage["properties"].(object), "scope")
		}
		kinds[k.Name] = d.oneOrMany("manage."+p.Name+"."+k.Name, manage)
	}
	properties["manage"] = d.oneOrMany("manage."+p.Name, closed(kinds))
	properties["limits"] = d.oneOrMany("limits."+p.Name, rowsSchema(limitsTable().rows))
	return described(bodySchema(properties, required), p.Doc)
}

func (d definitions) variable() object {
	validation := bodySchema(object{
		"condition":     object{"type": []string{"boolean", "string"}, "description": "Must be true for the value to be accepted."},
		"error_message": textSchema("Message for a value that does not meet the condition."),
	}, []string{"condition", "error_message"})
	return described(bodySchema(object{
		"type":        textSchema("string, number, bool, list(string), ..."),
		"default":     object{"description": "Value where none is given."},
		"description": textSchema("What the variable is for."),
		"validation":  d.oneOrMany("validation", validation),
	}, nil), "A value from outside, used as var.NAME.")
}

func rowsSchema(rows []row) object {
	properties := object{}
	for _, r := range rows {
		properties[r.name] = described(r.schema, r.doc)
	}
	return bodySchema(properties, nil)
}

func kindSchema(p *schema.Product, k *schema.Kind) object {
	properties, required := attributesSchema(k)
	properties["for_each"] = object{
		"type": []string{"object", "string"}, "pattern": template,
		"description": "A map or a set: one object for each element, which is each.key and each.value.",
	}
	properties["provider"] = object{
		"type": "string", "pattern": ofProduct(p),
		"description": "Provider block that the object belongs to, where there are several: " + p.Name + ".north.",
	}
	properties["allow"] = described(allowSchema(p), "Warnings of lint that the block silences, each with a reason.")
	properties["reason"] = expression("Why the object is there.")
	if expires(k) {
		properties["expires"] = expression("Day from which on the object counts as removed, such as \"2026-12-31\".")
	}
	if ours(k) {
		properties["previously"] = described(listSchema(), "Previous keys of the object: it is renamed and keeps what belongs to it.")
	}
	return described(bodySchema(properties, required), k.Doc)
}

// attributesSchema returns the properties of what a file may set, and the names
// of those that it must set.
func attributesSchema(k *schema.Kind) (object, []string) {
	properties := object{}
	var required []string
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if !settable(a) {
			continue
		}
		properties[a.Name] = described(valueSchema(a), a.Doc)
		if a.Is(schema.Required) && !a.Is(schema.Label) {
			required = append(required, a.Name)
		}
	}
	slices.Sort(required)
	return properties, required
}

func valueSchema(a *schema.Attribute) object {
	switch a.Type {
	case schema.TypeBool:
		return literalSchema("boolean")
	case schema.TypeInt:
		return literalSchema("integer")
	case schema.TypeSet:
		if len(a.OneOf) > 0 {
			return object{"type": []string{"array", "string", "null"}, "pattern": template, "items": enumSchema(a.OneOf)}
		}
		s := listSchema()
		s["items"] = withTerm(a, object{"type": "string"})
		return s
	case schema.TypeSets:
		return object{"type": []string{"array", "string", "null"}, "pattern": template, "items": withTerm(a, listSchema())}
	case schema.TypeMap:
		if len(a.OneOf) > 0 {
			return mapSchema(a, enumSchema(a.OneOf))
		}
		return mapSchema(a, withTerm(a, object{"type": []string{"string", "null"}}))
	case schema.TypeBoolMap:
		return mapSchema(a, literalSchema("boolean"))
	case schema.TypeSetMap:
		return mapSchema(a, object{"type": []string{"array", "string", "null"}, "items": object{"type": "string"}})
	}
	if len(a.OneOf) > 0 {
		return enumSchema(a.OneOf)
	}
	return object{"type": []string{"string", "null"}}
}

// mapSchema accepts an object with such values, under the attribute's names where
// these are known.
func mapSchema(a *schema.Attribute, value object) object {
	s := object{"type": []string{"object", "string", "null"}, "pattern": template}
	if len(a.Names) == 0 {
		s["additionalProperties"] = value
		return s
	}
	properties := object{}
	for _, name := range a.Names {
		properties[name] = value
	}
	s["properties"], s["additionalProperties"] = properties, false
	return s
}

// withTerm also accepts an entry in the form of an object, which can have a day on which it expires, if the
// attribute refers to other objects.
func withTerm(a *schema.Attribute, entry object) object {
	if len(a.Kinds) == 0 {
		return entry
	}
	properties := object{
		"expires": expression("Day from which on the entry counts as removed, such as \"2026-12-31\"."),
		"reason":  expression("Why the entry is there."),
	}
	for _, kind := range a.EntryKinds() {
		properties[kind] = described(object{"type": []string{"string", "array"}}, "What the entry refers to.")
	}
	return object{"anyOf": []any{entry, closed(properties)}}
}

// literalSchema accepts a value of the JSON type, or an expression.
func literalSchema(typ string) object {
	return object{"type": []string{typ, "string", "null"}, "pattern": template}
}

func listSchema() object {
	return object{"type": []string{"array", "string", "null"}, "pattern": template, "items": object{"type": "string"}}
}

func enumSchema(values []string) object {
	all := []any{nil}
	for _, v := range values {
		all = append(all, v)
	}
	return object{"anyOf": []any{object{"enum": all}, object{"type": "string", "pattern": template}}}
}

// expression is a text, or null.
func expression(doc string) object {
	return object{"type": []string{"string", "null"}, "description": doc}
}

func textSchema(doc string) object { return object{"type": "string", "description": doc} }

func described(s object, doc string) object {
	s["description"] = doc
	return s
}

// bodySchema is a body with the properties and no others, but for comments.
func bodySchema(properties object, required []string) object {
	properties["//"] = object{"description": "A comment."}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// closed is an object with the properties and no others.
func closed(properties object) object {
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}
