package partoo

import "github.com/rolecall-dev/rolecall/provider/schema"

// An Access is a named set of groups. Partoo has no such object: the groups are
// written into the accesses of the users that refer to it.
type Access struct {
	Name   string
	Groups []string // keys
}

var accessKind = schema.Kind{
	Name:   "access",
	Plural: "accesses",
	Doc: "An access is a set of groups that group managers see businesses through. Groups of the same section mean OR, groups of different " +
		"sections mean AND. It lives in files only: its groups are written into every user that refers to it.",
	Virtual: true,
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the access in files and plans. Partoo does not know it.",
			func(a *Access) *string { return &a.Name }).
			With(schema.Key | schema.Label | schema.Required).Like(`"european_omnivorous_birds"`),
		schema.RefSet("groups", "Groups of the access, at least one: an access without a group would filter nothing.",
			func(a *Access) *[]string { return &a.Groups }).
			To("group").With(schema.Required | schema.EmptyMayMeanAll).Like(`[group.europe, group.birds, group.omnivore]`),
	},
}
