package partoo

import "github.com/rolecall-dev/rolecall/provider/schema"

// A Group labels businesses. Its key is "Section/Group".
type Group struct {
	Section    string // key of the section
	Name       string
	Businesses []string // ids
	StoreCodes []string // input: become ids in Businesses
}

var groupKind = schema.Kind{
	Name: "group",
	Doc: "A group is a label on businesses, such as France inside the section Country. Group managers see businesses " +
		"through groups. Partoo has no call to move a group to another section. A group that an automated import feeds cannot be changed.",
	Attributes: []schema.Attribute{
		schema.Ref("section", "Section that the group is in.",
			func(g *Group) *string { return &g.Section }).
			To("section").With(schema.Key | schema.Required | schema.Immutable).Like(`section.continent`),
		schema.String("name", "Name of the group, unique in its section. Partoo forbids , ; and / in it. "+
			"To rename the group in place, write the old name in previously.",
			func(g *Group) *string { return &g.Name }).
			With(schema.Key | schema.Label | schema.Required).Check(upTo(0, notInGroups)).Like(`"Europe"`),
		schema.Set("businesses", "Ids of the businesses in the group: always the whole list, [] for none. "+
			"Where neither this nor store_codes is written, the businesses are left alone, and a new group starts empty.",
			func(g *Group) *[]string { return &g.Businesses }).
			With(schema.EmptyMayMeanAll | schema.FoldHex).Check(businessID).Like(`["5409c35a97bbc544d8e26737"]`),
		schema.Set("store_codes", "Store codes of businesses in the group. They are looked up and added to businesses.",
			func(g *Group) *[]string { return &g.StoreCodes }).
			With(schema.ConfigOnly | schema.EmptyMayMeanAll).Like(`["0012", "0013"]`),
	},
}
