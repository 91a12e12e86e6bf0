package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// unsettable says why a file cannot set an attribute, or nil where it can.
func unsettable(row *schema.Attribute, at hcl.Range) *hcl.Diagnostic {
	switch {
	case row.Is(schema.ReadOnly):
		return problem("config/read-only", &at, quoted(row.Name)+" cannot be set",
			"The product sets %s itself. Delete this line.", row.Name)
	case row.Is(schema.Computed):
		return problem("config/read-only", &at, quoted(row.Name)+" cannot be set",
			"rolecall works out %s itself. Delete this line. Its meaning: %s", row.Name, row.Doc)
	}
	return nil
}
