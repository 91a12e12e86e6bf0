package roserocket

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Group is a user group. It decides which boards are shared with whom.
type Group struct {
	Name        string
	Description string
	Members     []string // ids of users
	Type        string
}

const localType = "local"

var groupKind = schema.Kind{
	Name:   "user_group",
	Unique: true, // 409 where the name is in use
	Doc: "A user group is a list of users with whom boards are shared. Rose Rocket's API makes groups and changes their members. It documents no way " +
		"to rename or delete one, or to change its description: that is done " + byHand + ", and a block that leaves the files is forgotten. " +
		"Groups of another type than local come from somewhere else, such as a directory, and are only compared.",
	Removals: []schema.Action{schema.Forget},
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the group, unique in the organization.",
			func(g *Group) *string { return &g.Name }).
			With(schema.Key | schema.Label | schema.Required).Like(`"Dispatch"`),
		schema.String("description", "What the group is for. It can be set only when the group is made.",
			func(g *Group) *string { return &g.Description }).
			With(schema.LongText).Like(`"Plans the day"`),
		schema.RefSet("members", "Users in the group: always the whole list, [] for none. Without it, members are left alone.",
			func(g *Group) *[]string { return &g.Members }).
			To("user").With(schema.WeakRef | schema.FoldHex | schema.CarriesRights | schema.EmptyMayMeanAll).Check(memberID).Like(`[user.ana, "00000000-0000-4000-8000-000000000102"]`),
		schema.String("type", "What manages the group: local for Rose Rocket itself.",
			func(g *Group) *string { return &g.Type }).
			With(schema.ReadOnly).Like(`"local"`),
	},
	Grants:  groupGrants,
	Grantee: "members",
}

// groupGrants says what each member has: the boards that are shared with the group.
func groupGrants(o *schema.Object, _ schema.Lookup) []schema.Grant {
	return []schema.Grant{{Right: "boards shared with " + o.Body.(*Group).Name}}
}

// held says which attributes of a live group cannot be changed, and why.
func held(kind string) (schema.Mask, string) {
	if kind != localType && kind != "" {
		return schema.Everything, fmt.Sprintf("its type is %q, and only local groups are managed in Rose Rocket", kind)
	}
	return groupKind.Mask("name", "description"), "Rose Rocket's API has no call for it. Do it by hand " + byHand
}
