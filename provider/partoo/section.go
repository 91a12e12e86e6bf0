package partoo

import "github.com/rolecall-dev/rolecall/provider/schema"

// A Section holds groups that mean the same sort of thing, such as countries.
type Section struct {
	Name string
}

var sectionKind = schema.Kind{
	Name:   "section",
	Unique: true, // "name must be unique"
	Doc: "A section holds groups of one sort, such as Country or Service. Inside an access, groups of the same section " +
		"mean OR and groups of different sections mean AND. A section that an automated import feeds cannot be changed.",
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the section, unique in the organization. Partoo forbids , ; and / in it. "+
			"To rename the section in place, write the old name in previously.",
			func(s *Section) *string { return &s.Name }).
			With(schema.Key | schema.Label | schema.Required).Check(upTo(0, notInGroups)).Like(`"Continent"`),
	},
}
