package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// unsettable says why a file cannot set an attribute, or nil where it can.
func unsettable(k *schema.Kind, row *schema.Attribute, at hcl.Range) *hcl.Diagnostic {
	switch {
	case row.Is(schema.ReadOnly):
		return problem("config/read-only", &at, quoted(row.Name)+" cannot be set",
			"The product sets %s itself. Delete this line.", row.Name)
	case row.Is(schema.Computed):
		var from []string
		for i := range k.Attributes {
			if k.Attributes[i].Is(schema.Input) {
				from = append(from, k.Attributes[i].Name)
			}
		}
		detail := "rolecall works out " + row.Name + " itself, against what the product has. "
		if len(from) > 0 {
			detail += "Write " + strings.Join(from, " or ") + " instead."
		} else {
			detail += "Delete this line."
		}
		return problem("config/read-only", &at, quoted(row.Name)+" cannot be set", "%s", detail)
	}
	return nil
}
