package tines

import "github.com/rolecall-dev/rolecall/provider/schema"

// A MappingRow brings the people of one group of the identity provider into one
// team.
type MappingRow struct {
	Group string
	Team  string // key of a team
	Role  string // key of a role
}

var mappingKind = schema.Kind{
	Name:   "scim_mapping",
	Plural: "SCIM mapping rows",
	Doc: "A row of the mapping by which an identity provider places people: who is in the group has the role in the team. Tines replaces the " +
		"whole mapping at every write, so rolecall reads it first and changes only its own rows. The order of rows stays, new ones come last, and " +
		"where a person reaches a team by several groups, the first row counts. The group of the tenant owners is never changed.",
	Attributes: []schema.Attribute{
		schema.String("group", "Name of the group in the identity provider, letter by letter.", func(r *MappingRow) *string { return &r.Group }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Like(`"Analysts"`),
		schema.Ref("team", "Team that the people of the group are in.", func(r *MappingRow) *string { return &r.Team }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).To("team").Like(`team.soc`),
		schema.Ref("role", "What they may do there.", func(r *MappingRow) *string { return &r.Role }).
			With(schema.Required | schema.CarriesRights).To("role").Like(`role.analyst`),
	},
	// The people of the group are known to the identity provider alone, so the row stands
	// for them.
	Grants: func(o *schema.Object, look schema.Lookup) []schema.Grant {
		r := o.Body.(*MappingRow)
		return roleGrants(r.Team, r.Role, look)
	},
}
