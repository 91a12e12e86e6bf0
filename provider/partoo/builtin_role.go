package partoo

import "github.com/rolecall-dev/rolecall/provider/schema"

// A BuiltinRole is one of the two roles that every organization has.
type BuiltinRole struct {
	APIID       string
	Permissions []string
}

var builtinRoleKind = schema.Kind{
	Name: "builtin_role",
	Doc: "A built-in role is what a group manager or business manager has without a custom role. Every organization has two. Their permissions " +
		"can change, their names cannot, and they cannot be created or deleted. A built-in role that leaves the file stays as it is: " +
		"Partoo documents no call to reset one.",
	UpdateOnly: true,
	Attributes: []schema.Attribute{
		schema.String("api_id", "Identifier of the built-in role as it is in the organization; its name works as well. "+
			"A wrong one is answered with those that exist.",
			func(r *BuiltinRole) *string { return &r.APIID }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Like(`"GROUP_MANAGER"`),
		schema.Set("permissions", "Names of the permissions that the role grants: always the whole list. The first change makes a copy "+
			"of the built-in role for the organization.",
			func(r *BuiltinRole) *[]string { return &r.Permissions }).
			With(schema.CarriesRights).Like(`["business_edit"]`),
	},
	Validate: emptyNames,
}
