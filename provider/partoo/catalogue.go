package partoo

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A catalogue is the permissions that the organization's plans offer, by name.
type catalogue map[string]wirePermission

// readCatalogue reads the permissions, once.
func (c *client) readCatalogue(ctx context.Context) (catalogue, error) {
	return c.permissions.Take(func() (catalogue, error) {
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

// missing lists what a set of permissions depends on, at any depth, and does not
// contain: by the missing name, the permission of the set that needs it. What the
// catalogue does not know depends on nothing.
func (all catalogue) missing(permissions []string) map[string]string {
	out := map[string]string{}
	for _, p := range permissions {
		for queue := []string{p}; len(queue) > 0; queue = queue[1:] {
			for _, need := range all[queue[0]].DependsOn {
				if _, told := out[need]; told || contains(permissions, need) {
					continue // its own needs are looked at from there
				}
				out[need] = p
				queue = append(queue, need)
			}
		}
	}
	return out
}

// contains: sets are sorted.
func contains(set []string, s string) bool {
	_, found := slices.BinarySearch(set, s)
	return found
}

// checkPermissions holds the permissions of one role against the catalogue.
// before is what the live role grants; changes says that the plan writes them.
func (all catalogue) check(o *schema.Object, before []string, changes bool) []schema.Finding {
	permissions, _ := o.Any("permissions").([]string)
	var out []schema.Finding
	for _, p := range permissions {
		if _, known := all[p]; !known {
			out = append(out, all.unknown(o, p, contains(before, p)))
		}
	}
	missing := all.missing(permissions)
	if len(missing) == 0 {
		return out
	}
	var add, because []string
	for _, need := range slices.Sorted(maps.Keys(missing)) {
		add = append(add, fmt.Sprintf("%q", need))
		because = append(because, missing[need]+" needs "+need)
	}
	f := o.Problem("partoo/missing-dependency", "permissions", "Permissions lack others that they depend on",
		fmt.Sprintf("%s. Add %s to permissions.", strings.Join(because, ", "), text.List(add, len(add)))).About(missing[slices.Sorted(maps.Keys(missing))[0]])
	if !changes {
		f = f.Warn() // Partoo took it so; the next write may not pass
	}
	return append(out, f)
}

// unknown: what a role has and the catalogue has not is left alone. It can be a
// permission of a plan that ended, or of a custom field.
func (all catalogue) unknown(o *schema.Object, p string, held bool) schema.Finding {
	if held {
		return o.Problem("partoo/unknown-permission", "permissions", "A permission is no longer offered",
			fmt.Sprintf("The role has %q, and Partoo no longer offers it to the organization: a plan may have ended. It is kept. "+
				"Take it out when the role shall not have it.", p)).About(p).Warn()
	}
	detail := fmt.Sprintf("Partoo does not offer the permission %q to the organization. ", p)
	if near := schema.Nearest(p, slices.Sorted(maps.Keys(all))); near != "" {
		detail += fmt.Sprintf("Did you mean %q? ", near)
	}
	return o.Problem("partoo/unknown-permission", "permissions", "Unknown permission",
		detail+"Which permissions there are depends on the organization's plans. Run \"rolecall permissions\" to list them.").About(p)
}

// disabled finds permissions that the catalogue says are of no use to a role. The
// documentation disagrees with itself on what the names in disabled_for_roles
// are, user roles or api_ids, so both are compared. words are all names that
// apply to the role, each with why.
func (all catalogue) disabled(o *schema.Object, words map[string]string) []schema.Finding {
	permissions, _ := o.Any("permissions").([]string)
	var out []schema.Finding
	for _, p := range permissions {
		for _, role := range all[p].DisabledForRoles {
			if why, applies := words[strings.ToLower(role)]; applies {
				out = append(out, o.Problem("partoo/disabled-permission", "permissions", "A permission may have no effect",
					fmt.Sprintf("Partoo disables %q for %s, %s. Take it out, or accept that it may do nothing there.", p, role, why)).About(p).Warn())
				break
			}
		}
	}
	return out
}
