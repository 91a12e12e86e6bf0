package describe

import "github.com/rolecall-dev/rolecall/provider/schema"

// allowSchema describes the reasons for lints of a product, by their names.
func allowSchema(p *schema.Product) object {
	var names []string
	lints := p.Lints()
	for i := range lints {
		names = append(names, lints[i].Name())
	}
	return object{
		"type": []string{"object", "string", "null"}, "pattern": template,
		"propertyNames": object{"enum": names}, "additionalProperties": object{"type": "string"},
	}
}
