package describe

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// template is what marks a string of a .hcl.json file as an expression.
const template = `[$%]\{`

type object = map[string]any

// JSONSchema returns a JSON Schema (draft 2020-12) for the .hcl.json files of a
// directory that speaks of the products. Each file may hold a part, so nothing is
// required at the top. Where a value is expected, a string with an expression
// ("${var.name}") is accepted as well.
func JSONSchema(products []*schema.Product) map[string]any {
	blocks := object{
		"//":       object{"description": "A comment."},
		"rolecall": oneOrMany(bodySchema(object{"required_version": textSchema("Versions of rolecall that may read these files: \">= 0.1.0\".")}, nil)),
		"locals":   oneOrMany(object{"type": "object", "description": "Named values, used as local.NAME."}),
		"variable": labelled(1, variableSchema()),
	}
	providers, removed := object{}, object{}
	bodies := map[string][]any{}
	labels := map[string]int{}
	for _, p := range products {
		providers[p.Name] = oneOrMany(providerSchema(p))
		for _, k := range p.Kinds {
			bodies[k.Name] = append(bodies[k.Name], kindSchema(k))
			labels[k.Name] = max(1, len(k.Labels()))
			if !k.Virtual && !k.Existing {
				removed[k.Name] = labelled(1, bodySchema(object{"provider": textSchema("Provider block that the object belongs to.")}, nil))
			}
		}
	}
	blocks["provider"] = oneOrMany(object{"type": "object", "additionalProperties": false, "properties": providers})
	blocks["removed"] = described(oneOrMany(object{"type": "object", "additionalProperties": false, "properties": removed}),
		"Objects that go, also where their kind is additive: by kind and key.")
	for name, all := range bodies {
		body := all[0]
		if len(all) > 1 { // kinds of several products share the name
			body = object{"anyOf": all}
		}
		blocks[name] = labelled(labels[name], body)
	}
	return object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "rolecall configuration",
		"description": "A .hcl.json file of a rolecall configuration.",
		"type":        "object", "properties": blocks, "additionalProperties": false,
	}
}

func providerSchema(p *schema.Product) object {
	properties, required := attributesSchema(p.Settings)
	properties["alias"] = textSchema("Name of this block where there are several for the product.")
	for _, r := range providerRows(p) {
		properties[r.name] = described(r.schema, r.doc)
	}
	tables := providerBlocks(p)
	kinds := object{}
	for _, k := range managed(p) {
		manage := rowsSchema(tables[0].rows)
		manage["properties"].(object)["on_removal"] = described(enumSchema(removalWordsOf(k)), "What happens to an object that leaves the files.")
		kinds[k.Name] = oneOrMany(manage)
	}
	properties["manage"] = oneOrMany(object{"type": "object", "additionalProperties": false, "properties": kinds})
	properties["limits"] = oneOrMany(rowsSchema(tables[1].rows))
	return described(bodySchema(properties, required), p.Doc)
}

func rowsSchema(rows []row) object {
	properties := object{}
	for _, r := range rows {
		properties[r.name] = described(r.schema, r.doc)
	}
	return bodySchema(properties, nil)
}

func kindSchema(k *schema.Kind) object {
	properties, required := attributesSchema(k)
	properties["for_each"] = object{
		"type":        []string{"object", "array", "string"},
		"description": "A map or a set: one object for each element, which is each.key and each.value.",
	}
	properties["provider"] = textSchema("Provider block that the object belongs to, where there are several: partoo.north.")
	if !k.Existing {
		properties["previously"] = described(listSchema(), "Earlier keys of the object: it is renamed and keeps what it has.")
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
		return listSchema()
	case schema.TypeSets:
		return object{"type": []string{"array", "string", "null"}, "pattern": template, "items": listSchema()}
	case schema.TypeMap:
		return object{"type": []string{"object", "string", "null"}, "pattern": template, "additionalProperties": object{"type": "string"}}
	}
	if len(a.OneOf) > 0 {
		return enumSchema(a.OneOf)
	}
	return object{"type": []string{"string", "null"}}
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

func textSchema(doc string) object { return object{"type": "string", "description": doc} }

func described(s object, doc string) object {
	s["description"] = doc
	return s
}

func variableSchema() object {
	validation := bodySchema(object{
		"condition":     object{"type": []string{"boolean", "string"}, "description": "Must be true for the value to be accepted."},
		"error_message": textSchema("What to tell whoever gave another value."),
	}, []string{"condition", "error_message"})
	return described(bodySchema(object{
		"type":        textSchema("string, number, bool, list(string), ..."),
		"default":     object{"description": "Value where none is given."},
		"description": textSchema("What the variable is for."),
		"validation":  oneOrMany(validation),
	}, nil), "A value from outside, used as var.NAME.")
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

// labelled is a block type with n labels: each is the name of a property.
func labelled(n int, body any) object {
	s := oneOrMany(body)
	for range n {
		s = oneOrMany(object{"type": "object", "propertyNames": object{"minLength": 1}, "additionalProperties": s})
	}
	return s
}

// oneOrMany accepts what s accepts, or a list of it: blocks may be repeated.
func oneOrMany(s any) object {
	return object{"if": object{"type": "array"}, "then": object{"items": s}, "else": s}
}
