package tines

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Resolve sets the permissions of roles that are based on a default role, from those of the
// live tenant. The API has no such call: the app of Tines does the same when a role is created
// from another one.
func (c *client) Resolve(ctx context.Context, desired []schema.Object) (provider.Resolved, error) {
	var out provider.Resolved
	for i := range desired {
		o := &desired[i]
		if o.Addr.Kind != roleKind.Name || !o.Has("based_on") {
			continue
		}
		all, err := c.allRoles(ctx)
		if err != nil {
			return out, err
		}
		out.Findings = append(out.Findings, expandRole(o, all)...)
	}
	return out, nil
}

// resolveOffline says which roles are not known without the tenant.
func resolveOffline(desired []schema.Object) []string {
	for i := range desired {
		if o := &desired[i]; o.Kind == &roleKind && o.Has("based_on") && !o.Has("permissions") {
			return []string{"Only Tines knows the permissions of default roles, and so of the roles that are based on them."}
		}
	}
	return nil
}

// expandRole sets the permissions of a role from its base. If it cannot, they stay unset and a
// finding says why.
func expandRole(o *schema.Object, all []wireRole) []schema.Finding {
	r := o.Body.(*Role)
	if r.BasedOn == "" || o.Has("permissions") {
		return nil // validateRole reports it
	}
	base := baseOf(r.BasedOn, all)
	switch {
	case base == nil:
		return []schema.Finding{unknownBase(o, all)}
	case slices.Contains(base.Permissions, allowAll):
		return []schema.Finding{o.Problem("tines/endless-base", "based_on", "This role does not show its permissions",
			fmt.Sprintf("Tines shows %s for %s instead of a list. Base the role on another default role, "+
				"or write the whole list into permissions. The tenant's roles show %s.", allowAll, base.Name, orNone(catalogueOf(all))))}
	}
	var out []schema.Finding
	for _, p := range r.Disable {
		if !slices.Contains(base.Permissions, p) {
			out = append(out, o.Problem("tines/nothing-to-disable", "disable", "The default role does not grant this",
				fmt.Sprintf("%s does not grant %s, so disable has no effect.%s", base.Name, p, schema.DidYouMean(p, base.Permissions))).About(p).Warn())
		}
	}
	at := roleKind.Index("permissions")
	roleKind.Attributes[at].SetAny(o.Body, slices.DeleteFunc(slices.Concat(base.Permissions, r.Enable), func(p string) bool {
		return slices.Contains(r.Disable, p)
	}))
	o.Set = o.Set.With(at)
	return out
}

// baseOf returns the default role with the id or name, or nil.
func baseOf(name string, all []wireRole) *wireRole {
	for i := range all {
		if all[i].Type == typeDefault && (string(all[i].ID) == name || all[i].Name == name) {
			return &all[i]
		}
	}
	return nil
}

func unknownBase(o *schema.Object, all []wireRole) schema.Finding {
	name, custom := o.Body.(*Role).BasedOn, false
	var names []string
	for i := range all {
		if all[i].Type == typeDefault {
			names = append(names, all[i].Name)
		} else if all[i].Name == name {
			custom = true
		}
	}
	slices.Sort(names)
	if custom {
		return o.Problem("tines/unknown-base", "based_on", "A role can only be based on a default role",
			fmt.Sprintf("%s is a custom role. To start from it, write permissions = concat(role.<block>.permissions, [...]). The default roles are %s.",
				name, text.List(names, 10)))
	}
	return o.Problem("tines/unknown-base", "based_on", "The tenant has no such default role",
		fmt.Sprintf("There is no default role %q.%s The default roles are %s.", name, schema.DidYouMean(name, names), orNone(names)))
}

// catalogueOf returns every permission that a live role shows: Tines has no list of them.
func catalogueOf(all []wireRole) []string {
	var out []string
	for i := range all {
		out = append(out, all[i].Permissions...)
	}
	return slices.DeleteFunc(schema.Canonical(out), func(p string) bool { return p == allowAll })
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return text.List(names, 40)
}

// folded returns the same text for names that people, or Tines, may take for one.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return '_'
		}
		return r
	}, strings.ToLower(name))
}

// Permissions lists the permissions that the roles of the tenant show, with these roles. Tines
// has no list of permissions.
func (c *client) Permissions(ctx context.Context, _ []schema.Object) (provider.Permissions, error) {
	all, err := c.allRoles(ctx)
	if err != nil {
		return provider.Permissions{}, err
	}
	out := provider.Permissions{
		Attribute: "permissions",
		Notes: []string{"Tines has no list of permissions, so these are the ones that a role of the tenant shows. " +
			"A permission that no role shows may still exist."},
	}
	if hiding := opaqueRoles(all); len(hiding) > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("Tines shows %s for %s instead of a list.", allowAll, text.List(hiding, 5)))
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
