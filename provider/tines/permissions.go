package tines

import (
	"context"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Permissions lists what the roles of the tenant grant, with the roles that grant it.
// Tines has no list of permissions.
func (c *client) Permissions(ctx context.Context, _ []schema.Object) (provider.Permissions, error) {
	all, err := c.allRoles(ctx)
	if err != nil {
		return provider.Permissions{}, err
	}
	out := provider.Permissions{
		Attribute: "permissions",
		Notes: []string{"Tines has no list of permissions, so these are the ones that at least one role of the tenant shows. " +
			"A permission that no role shows may exist all the same."},
	}
	if hiding := opaqueRole(all); len(hiding) > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("Tines shows %s for %s in the place of a list.", allowAll, text.List(hiding, 5)))
	}
	grants := map[string][]string{}
	for i := range all {
		for _, p := range all[i].Permissions {
			grants[p] = append(grants[p], all[i].Name)
		}
	}
	for _, p := range catalogueOf(all) {
		slices.Sort(grants[p])
		out.List = append(out.List, provider.Permission{Name: p, GrantedBy: slices.Compact(grants[p])})
	}
	return out, nil
}
