package partoo

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A catalogue is the permissions that the organization's plans offer, by name.
type catalogue map[string]wirePermission

// readCatalogue reads the permissions, once.
func (c *client) readCatalogue(ctx context.Context) (catalogue, error) {
	return c.permissions.Value(func() (catalogue, error) {
		var w wirePermissions
		call := rest.Call{Op: "list permissions", Path: "/permissions", Query: c.query(), Validate: func() error { return w.check() }}
		if err := c.rest.Do(ctx, call, &w); err != nil {
			return nil, err
		}
		all := catalogue{}
		for _, s := range w.Sections {
			for _, sub := range s.Subsections {
				for _, p := range sub.Permissions {
					p.section, p.place = strings.Trim(s.Name+" / "+sub.Name, " /"), len(all)
					all[p.Name] = p
				}
			}
		}
		return all, nil
	})
}

// Permissions lists the permissions that Partoo offers to the organization.
func (c *client) Permissions(ctx context.Context, _ []schema.Object) (provider.Permissions, error) {
	all, err := c.readCatalogue(ctx)
	if err != nil {
		return provider.Permissions{}, err
	}
	out := provider.Permissions{
		Attribute: "permissions",
		Notes:     []string{"Partoo offers a permission when the organization's plans include it."},
	}
	for _, p := range slices.SortedFunc(maps.Values(all), func(a, b wirePermission) int { return cmp.Compare(a.place, b.place) }) {
		out.List = append(out.List, provider.Permission{Name: p.Name, Section: p.section, DependsOn: p.DependsOn, DisabledFor: p.DisabledForRoles})
	}
	return out, nil
}

// missing returns the permissions that a set depends on, at any depth, and does not contain,
// each with the member of the set that needs it. A permission that is not in the catalogue
// depends on nothing.
func (all catalogue) missing(permissions []string) map[string]string {
	out := map[string]string{}
	for _, p := range permissions {
		for queue := []string{p}; len(queue) > 0; queue = queue[1:] {
			for _, need := range all[queue[0]].DependsOn {
				if _, found := out[need]; found || contains(permissions, need) {
					continue // its own dependencies are found from there
				}
				out[need] = p
				queue = append(queue, need)
			}
		}
	}
	return out
}

// contains reports whether a sorted set has the member.
func contains(set []string, s string) bool {
	_, found := slices.BinarySearch(set, s)
	return found
}
