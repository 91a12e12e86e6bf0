package tines

import "github.com/rolecall-dev/rolecall/provider/schema"

// A Team is a place with stories, credentials and cases, and with members.
type Team struct {
	Name    string
	Members map[string]string // input: e-mail -> key of a role; become memberships
}

var teamKind = schema.Kind{
	Name:     "team",
	Doc:      "A team owns stories, credentials and cases, and has members.",
	Removals: []schema.Action{schema.Forget, schema.Delete},
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the team.", func(t *Team) *string { return &t.Name }).
			With(schema.Key | schema.Label | schema.Required).Like(`"SOC"`),
		schema.RefMap("members", "Members of the team.", func(t *Team) *map[string]string { return &t.Members }).
			To("role").With(schema.Input).Like(`{ "ana@zoo.example" = role.analyst }`),
	},
}
